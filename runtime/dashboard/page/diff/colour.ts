/** Syntax colours for manifests, as pieces of text with a class each: nothing is ever read as markup. */

import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

export interface Piece {
  readonly text: string;
  readonly tone?: string;
}

const lowlight = createLowlight({ yaml });
type Root = ReturnType<typeof lowlight.highlight>;
type Node = Root | Root['children'][number];
/** Longer texts are shown plain: colours are not worth the wait. */
const MOST_COLOURED = 400_000;

/** The pieces of each line. */
export function colourLines(text: string): readonly (readonly Piece[])[] {
  if (text.length > MOST_COLOURED) return text.split('\n').map((line) => [{ text: line }]);
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
