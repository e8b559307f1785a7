/** Text as a terminal can bear it: no control characters, folded, padded, with the tone left to the caller. */

import { span as spanOf } from '../../../lib/api/words';

/** Colours by meaning. Each gets finished, padded text and gives it back as wide as it was. */
export interface Palette {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly busy: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly normal: (text: string) => string;
}
export type Tone = keyof Palette;

const same = (text: string): string => text;

/** No colours at all. */
export const plainPalette: Palette = { strong: same, faint: same, good: same, busy: same, bad: same, normal: same };

/**
 * One line that cannot steer a terminal: names and messages come from clusters, registries and commit messages, so
 * control characters (escape sequences with them) and direction overrides are taken out and white space becomes one space.
 */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim();
}

/** How many columns a text takes; every character that we draw with takes one. */
export const columns = (text: string): number => [...text].length;

/** Cut to a width, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/**
 * A text in lines of at most `width`, broken at spaces where there are some.
 *
 * @param most lines at most; the last one ends in an ellipsis when words are missing
 */
export function fold(text: string, width: number, most: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columns(longer) <= room) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = [...word];
    while (rest.length > room) {
      lines.push(rest.slice(0, room).join(''));
      rest = rest.slice(room);
    }
    line = rest.join('');
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), `${cut(kept[most - 1] ?? '', room - 1).replace(/…$/, '')}…`];
}

/** A span of time that something took, to a tenth where it was short. */
export const span = (milliseconds: number): string => spanOf(milliseconds, { tenths: true });
