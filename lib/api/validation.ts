/**
 * Reads resources that are already stored. A server validates what is written, but what was stored under older schemas,
 * or restored past the server, need not be valid: such an object says so, and the rest run.
 */

import { Type, type TSchema } from '@sinclair/typebox';
import { Errors } from '@sinclair/typebox/errors';
import { Clean, Clone, Default } from '@sinclair/typebox/value';
import { explain } from './explain';
import { DEFINITIONS } from './kinds';
import { API_VERSION } from './names';
import { type Kind, type Station, type Ticket, type Track } from './resource';
import { rulesOf, type Rule } from './schema';

/** A resource with its defaults applied and unknown fields left out; or why there is none, one sentence for each fault. */
export type Parsed<T> = { readonly resource: T } | { readonly problems: readonly string[] };

interface Resources {
  readonly Track: Track;
  readonly Station: Station;
  readonly Ticket: Ticket;
}

const Texts = Type.Record(Type.String(), Type.String());

const Metadata = Type.Object({
  name: Type.String({ minLength: 1 }),
  namespace: Type.String({ minLength: 1 }),
  uid: Type.String({ minLength: 1 }),
  resourceVersion: Type.String({ minLength: 1 }),
  generation: Type.Optional(Type.Integer()),
  creationTimestamp: Type.Optional(Type.String({ format: 'date-time' })),
  deletionTimestamp: Type.Optional(Type.String({ format: 'date-time' })),
  labels: Type.Optional(Texts),
  annotations: Type.Optional(Texts),
});

/** A stored Track, with the defaults that the CRD gives. */
export const parseTrack = (raw: unknown): Parsed<Track> => parse('Track', raw);

/** A stored Station, with the defaults that the CRD gives. */
export const parseStation = (raw: unknown): Parsed<Station> => parse('Station', raw);

/** A stored Ticket, with the defaults that the CRD gives. */
export const parseTicket = (raw: unknown): Parsed<Ticket> => parse('Ticket', raw);

function parse<K extends Kind>(kind: K, raw: unknown): Parsed<Resources[K]> {
  const { spec, status, rules } = DEFINITIONS[kind];
  const schema = Type.Object({
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal(kind),
    metadata: Metadata,
    spec,
    status: Type.Optional(status),
  });
  const resource = Clean(schema, Default(schema, Clone(raw)));
  const problems = [
    ...[...Errors(schema, resource)].flatMap(explain),
    ...broken(rules, resource, ''),
    ...walk(schema, resource, ''),
  ];
  // No error of the schema is left, and the schema is the source of the type.
  return problems.length === 0 ? { resource: resource as Resources[K] } : { problems: [...new Set(problems)] };
}

function broken(rules: readonly Rule[], value: unknown, path: string): string[] {
  const at = path === '' ? '' : `${path}: `;
  return rules.filter((rule) => rule.holds?.(value) === false).map((rule) => `${at}${rule.message}`);
}

/** The rules that stand at each part of a schema, on the part of the value that they speak of. */
function walk(schema: TSchema, value: unknown, path: string): string[] {
  const found = broken(rulesOf(schema), value, path);
  const items = schema.items as TSchema | undefined;
  if (Array.isArray(value) && items !== undefined) {
    value.forEach((item: unknown, index) => found.push(...walk(items, item, `${path}[${index}]`)));
    return [...found, ...repeated(schema, value, path)];
  }
  const properties = schema.properties as Record<string, TSchema> | undefined;
  if (typeof value !== 'object' || value === null || properties === undefined) return found;
  const members = new Map(Object.entries(value));
  for (const [name, property] of Object.entries(properties)) {
    if (members.has(name)) found.push(...walk(property, members.get(name), path === '' ? name : `${path}.${name}`));
  }
  return found;
}

/** What Kubernetes refuses in lists that are sets or maps: the same entry twice. */
function repeated(schema: TSchema, values: readonly unknown[], path: string): string[] {
  const keys = schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined;
  if (keys === undefined && schema['x-kubernetes-list-type'] !== 'set') return [];
  const first = new Map<string, number>();
  return values.flatMap((value, index) => {
    const entry = keys === undefined ? value : keys.map((key) => (value as Record<string, unknown> | null)?.[key]);
    const text = JSON.stringify(entry);
    const earlier = first.get(text);
    if (earlier === undefined) {
      first.set(text, index);
      return [];
    }
    const same =
      keys === undefined ? text : keys.map((key, at) => `${key} ${show((entry as unknown[])[at])}`).join(', ');
    return [`${path}[${index}]: ${same} stands at ${path}[${earlier}] already: leave one of them out`];
  });
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'absent';
