/**
 * Reads resources that are already stored. A server validates what is written, but what was stored under older schemas,
 * or restored past the server, need not be valid: such an object says so, and the rest run.
 */

import { Type, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler';
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
  const { schema, complete } = readerOf(kind);
  const { rules } = DEFINITIONS[kind];
  if (complete.Check(raw) && holdsAll(rules, schema, raw)) {
    // It is all that the schema asks for, and the schema is the source of the type.
    return { resource: raw as Resources[K] };
  }
  const resource = Clean(schema, Default(schema, Clone(raw)));
  const problems = [
    ...[...Errors(schema, resource)].flatMap(explain),
    ...broken(rules, resource, ''),
    ...walk(schema, resource, ''),
  ];
  // No error of the schema is left, and the schema is the source of the type.
  return problems.length === 0 ? { resource: resource as Resources[K] } : { problems: [...new Set(problems)] };
}

interface Reader {
  readonly schema: TSchema;
  /** Lets through what has every default and no field too many, as a server stores it: there is nothing to do to it. */
  readonly complete: TypeCheck<TSchema>;
}

const readers = new Map<Kind, Reader>();

function readerOf(kind: Kind): Reader {
  const known = readers.get(kind);
  if (known !== undefined) return known;
  const { spec, status } = DEFINITIONS[kind];
  const schema = Type.Object({
    apiVersion: Type.Literal(API_VERSION),
    kind: Type.Literal(kind),
    metadata: Metadata,
    spec,
    status: Type.Optional(status),
  });
  const reader = { schema, complete: TypeCompiler.Compile(completed(schema)) };
  readers.set(kind, reader);
  return reader;
}

/** Times that are right at a glance; those at the end of a month are looked at more closely. */
const PLAIN_TIME = '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?Z$';

/** The same schema without optional defaults and unknown fields, and with times as a pattern. */
function completed(schema: TSchema): TSchema {
  if (schema.format === 'date-time') return Type.String({ pattern: PLAIN_TIME });
  if (schema.format !== undefined) return completed(withoutFormat(schema));
  const items = schema.items as TSchema | undefined;
  if (items !== undefined && !Array.isArray(items)) return { ...schema, items: completed(items) };
  const properties = schema.properties as Record<string, TSchema> | undefined;
  if (properties === undefined) return schema;
  const required = new Set([...((schema.required as string[] | undefined) ?? [])]);
  for (const [name, property] of Object.entries(properties)) if (property.default !== undefined) required.add(name);
  return {
    ...schema,
    required: [...required],
    properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, completed(property)])),
    additionalProperties: false,
  };
}

/** The library knows no formats: it would let none through. */
function withoutFormat(schema: TSchema): TSchema {
  const plain = { ...schema };
  delete plain.format;
  return plain;
}

const holdsAll = (rules: readonly Rule[], schema: TSchema, value: unknown): boolean =>
  rules.every((rule) => rule.holds?.(value) !== false) && holds(schema, value);

/** Whether `walk` would find nothing, without making the words for it. */
function holds(schema: TSchema, value: unknown): boolean {
  if (!isRuled(schema)) return true;
  if (!rulesOf(schema).every((rule) => rule.holds?.(value) !== false)) return false;
  const items = schema.items as TSchema | undefined;
  if (Array.isArray(value) && items !== undefined) {
    return value.every((item: unknown) => holds(items, item)) && repeated(schema, value, '').length === 0;
  }
  const properties = schema.properties as Record<string, TSchema> | undefined;
  if (typeof value !== 'object' || value === null || properties === undefined) return true;
  // A value of an object's schema has its fields under their names.
  const fields = value as Readonly<Record<string, unknown>>;
  return ruledMembers(schema, properties).every(
    ([name, property]) => !Object.hasOwn(fields, name) || holds(property, fields[name]),
  );
}

const ruledParts = new WeakMap<TSchema, readonly (readonly [string, TSchema])[]>();

/** The members of an object's schema in which a rule stands anywhere. */
function ruledMembers(
  schema: TSchema,
  properties: Readonly<Record<string, TSchema>>,
): readonly (readonly [string, TSchema])[] {
  const known = ruledParts.get(schema);
  if (known !== undefined) return known;
  const found = Object.entries(properties).filter(([, property]) => isRuled(property));
  ruledParts.set(schema, found);
  return found;
}

function broken(rules: readonly Rule[], value: unknown, path: string): string[] {
  const at = path === '' ? '' : `${path}: `;
  return rules.filter((rule) => rule.holds?.(value) === false).map((rule) => `${at}${rule.message}`);
}

/** The rules that stand at each part of a schema, on the part of the value that they speak of. */
function walk(schema: TSchema, value: unknown, path: string): string[] {
  if (!isRuled(schema)) return [];
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

const ruled = new WeakMap<TSchema, boolean>();

/** Whether a rule, or a list that is a set or a map, stands anywhere in a schema. */
function isRuled(schema: TSchema): boolean {
  const known = ruled.get(schema);
  if (known !== undefined) return known;
  const items = schema.items as TSchema | undefined;
  const properties = schema.properties as Record<string, TSchema> | undefined;
  const own = rulesOf(schema).length > 0 || ['set', 'map'].includes(String(schema['x-kubernetes-list-type']));
  const found =
    own || (items !== undefined && isRuled(items)) || Object.values(properties ?? {}).some((one) => isRuled(one));
  ruled.set(schema, found);
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
