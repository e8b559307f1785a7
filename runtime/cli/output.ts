/** How objects are printed: as they are, by their names, or as a table. */

/* eslint-disable @typescript-eslint/no-require-imports --
   A library is loaded for the one format that needs it. */

import type * as Yaml from 'yaml';
import { GROUP, KINDS } from '../../lib/api';
import type { AnyOfOurs } from './reach';
import { print, type Terminal } from './terminal';
import { columns, oneLine } from './view/text';

/** As kubectl has them. */
export type Format = 'json' | 'yaml' | 'wide' | 'name';

/** Whether it is one that prints the objects themselves. */
export const isRaw = (format: Format | undefined): format is 'json' | 'yaml' | 'name' =>
  format === 'json' || format === 'yaml' || format === 'name';

/** Prints objects for programs: one as itself, several as a list. */
export function printRaw(
  terminal: Terminal,
  format: 'json' | 'yaml' | 'name',
  objects: readonly AnyOfOurs[],
  { single }: { readonly single: boolean },
): void {
  if (format === 'name') {
    const names = objects.map(({ kind, metadata }) => `${KINDS[kind].singular}.${GROUP}/${metadata.name}`);
    return print(terminal.out, ...names);
  }
  const shown = objects.map(withoutBookkeeping);
  printData(terminal, format, single ? shown[0] : { apiVersion: 'v1', kind: 'List', items: shown });
}

/** Any value as JSON or YAML. */
export function printData(terminal: Terminal, format: 'json' | 'yaml', value: unknown): void {
  if (format === 'json') return print(terminal.out, JSON.stringify(value, undefined, 2));
  const { stringify } = require('yaml') as typeof Yaml;
  print(terminal.out, stringify(value).trimEnd());
}

/** Who owns which field is of no interest to whoever reads the object; kubectl leaves it out as well. */
function withoutBookkeeping(object: AnyOfOurs): object {
  const metadata = Object.entries(object.metadata).filter(([name]) => name !== 'managedFields');
  return { ...object, metadata: Object.fromEntries(metadata) as object };
}

/** Rows under headings, each column as wide as it needs to be. Control characters are taken out. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [headings, ...rows.map((row) => row.map((cell) => oneLine(cell) || '-'))];
  const widths = headings.map((_heading, index) => Math.max(...cells.map((row) => columns(row[index] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - columns(cell)) + 3))
      .join('')
      .trimEnd(),
  );
}

/** How long ago, as kubectl says it: `12s`, `4m`, `3h`, `9d`. */
export function age(time: string | undefined, now: Date): string {
  const seconds = Math.floor((now.getTime() - Date.parse(time ?? '')) / 1000);
  if (Number.isNaN(seconds)) return '';
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  if (seconds < 120 * 60) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
