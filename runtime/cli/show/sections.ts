/** Text in sections: a heading and what belongs to it, as `describe`, `history` and `why` print it. */

import { oneLine } from '../view/text';

/** Lines under a heading; a pair is a name and its value. Empty values are left out. */
export type Entry = string | readonly [name: string, value: string | undefined];

const INDENT = '  ';

/** A section, or nothing where it has no entries. */
export function section(heading: string, entries: readonly Entry[]): string[] {
  const said = entries.flatMap((entry): Entry[] => {
    if (typeof entry === 'string') return entry === '' ? [] : [oneLine(entry)];
    const value = oneLine(entry[1] ?? '');
    return value === '' ? [] : [[oneLine(entry[0]), value]];
  });
  if (said.length === 0) return [];
  const width = Math.max(0, ...said.map((entry) => (typeof entry === 'string' ? 0 : entry[0].length)));
  const lines = said.map((entry) =>
    typeof entry === 'string' ? `${INDENT}${entry}` : `${INDENT}${entry[0].padEnd(width)}  ${entry[1]}`,
  );
  return [heading, ...lines, ''];
}

/** Sections, one after the other, without the last empty line. */
export const sections = (...parts: readonly (readonly string[])[]): string[] => parts.flat().slice(0, -1);
