/** Syntax colours for manifests, as pieces of text with a class each: nothing is ever read as markup. */

import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import type { Line } from '../../view/difference';

export interface Piece {
  readonly text: string;
  readonly tone?: string;
}

const lowlight = createLowlight({ yaml });
type Root = ReturnType<typeof lowlight.highlight>;
type Node = Root | Root['children'][number];
/** Of longer texts a line is coloured by itself when it is drawn: all of it is not worth the wait. */
const MOST_AT_ONCE = 100_000;

/** Finds the pieces of a line. */
export type Colours = (line: Line) => readonly Piece[];

export function coloursOf(text: string): Colours {
  if (text.length <= MOST_AT_ONCE) {
    const lines = colourLines(text);
    return (line) => lines[line.number - 1] ?? [{ text: line.text }];
  }
  const known = new Map<number, readonly Piece[]>();
  return (line) => {
    const pieces = known.get(line.number) ?? colourLines(line.text)[0] ?? [];
    known.set(line.number, pieces);
    return pieces;
  };
}

/** The pieces of each line. */
function colourLines(text: string): readonly (readonly Piece[])[] {
  const lines: Piece[][] = [[]];
  const walk = (node: Node, tone: string | undefined): void => {
    if (node.type === 'text') {
      node.value.split('\n').forEach((part, index) => {
        if (index > 0) lines.push([]);
        if (part !== '') lines.at(-1)?.push({ text: part, ...(tone === undefined ? {} : { tone }) });
      });
      return;
    }
    if (node.type !== 'element' && node.type !== 'root') return;
    const [own] = node.type === 'element' && Array.isArray(node.properties.className) ? node.properties.className : [];
    for (const child of node.children) walk(child, typeof own === 'string' ? own : tone);
  };
  walk(lowlight.highlight('yaml', text), undefined);
  return lines;
}
