/** The columns of a kind, as its definition has them for `kubectl get` too. */

import { JSONPath } from 'jsonpath-plus';
import type { Kind, Station, Track } from '../../../lib/api';
import { DEFINITIONS, type PrinterColumn } from '../../../lib/api/kinds';
import { shortCommit } from '../../../lib/api/words';
import { age } from '../output';
import type { AnyOfOurs } from '../reach';

export interface Columns {
  readonly headings: readonly string[];
  readonly row: (object: AnyOfOurs, now: Date) => readonly string[];
}

export interface ColumnOptions {
  /** Namespaces come first. */
  readonly allNamespaces: boolean;
  /** What a person would ask next comes last. */
  readonly wide: boolean;
}

export function columnsOf(kind: Kind, { allNamespaces, wide }: ColumnOptions): Columns {
  const { columns } = DEFINITIONS[kind];
  return {
    headings: [
      ...(allNamespaces ? ['NAMESPACE'] : []),
      'NAME',
      ...columns.map(({ name }) => name.toUpperCase()),
      'AGE',
      ...(wide ? ['WORDS'] : []),
    ],
    row: (object, now) => [
      ...(allNamespaces ? [object.metadata.namespace] : []),
      object.metadata.name,
      ...columns.map((column) => valueOf(column, object)),
      age(object.metadata.creationTimestamp, now),
      ...(wide ? [wordsOf(object)] : []),
    ],
  };
}

function valueOf({ jsonPath }: PrinterColumn, object: AnyOfOurs): string {
  const found: unknown = JSONPath({ path: `$${jsonPath}`, json: object, wrap: true, eval: 'safe' });
  const [value] = Array.isArray(found) ? (found as unknown[]) : [];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The sentence that says most of where it is. */
function wordsOf(object: AnyOfOurs): string {
  switch (object.kind) {
    case 'Ticket':
      return object.status?.failure?.message ?? object.status?.waiting?.message ?? '';
    case 'Station':
      return commitsOf(object);
    case 'Track':
      return looksOf(object);
  }
}

const commitsOf = ({ status }: Station): string =>
  (status?.history?.[0]?.commits ?? [])
    .map(({ application, commit }) => `${application} ${shortCommit(commit)}`)
    .join(', ');

const looksOf = ({ status }: Track): string =>
  (status?.subscriptions ?? [])
    .map(({ name, problem, choice }) => `${name}: ${problem ?? choice ?? 'has not looked yet'}`)
    .join('; ');
