/** From the shim's reply to manifests: lists flattened, nameless objects and duplicates refused. Pure. */

import { failed } from './failed';
import { type Manifest, groupOf, nameOf } from './manifest';
import { isObject } from '../raw';

/** One object and where it stood. */
export interface Placed {
  /** Empty where the renderer does not say. */
  readonly path: string;
  /** Counted from 1: in its file, or in the whole output. */
  readonly document: number;
  readonly object: unknown;
}

/** Levels of maps and lists in one object: what reads and writes manifests may recurse. */
const DEEPEST = 500;

/** Reads `[[path, document, object], ...]`, keeping every digit of long integers. */
export function readReply(text: string): Placed[] {
  const reply = JSON.parse(text, LONG_INTEGER.test(text) ? exactIntegers : undefined) as [string, number, unknown][];
  return reply.map(([path, document, object]) => ({ path, document, object }));
}

const LONG_INTEGER = /\d{16}/;

function exactIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/**
 * The manifests in output order.
 *
 * @param overrides whether the second of two objects with one identity replaces the first, in its place
 * @throws TerminalError (`RenderFailed`) naming the object and its place
 */
export function manifestsOf(
  placed: readonly Placed[],
  destinationNamespace: string | undefined,
  overrides: (first: Placed, second: Placed) => boolean,
): Manifest[] {
  const byIdentity = new Map<string, { manifest: Manifest; from: Placed }>();
  for (const from of placed) {
    for (const { object, where } of flattened(from.object, whereabouts(from))) {
      const manifest = checked(object, where);
      const identity = identityOf(manifest, destinationNamespace);
      const first = byIdentity.get(identity);
      if (first !== undefined && !overrides(first.from, from)) {
        throw failed(`${nameOf(manifest)} stands twice: ${whereabouts(first.from)} and ${where}`);
      }
      byIdentity.set(identity, { manifest, from });
    }
  }
  return [...byIdentity.values()].map(({ manifest }) => manifest);
}

function whereabouts({ path, document }: Placed): string {
  return path === '' ? `object ${document} of the output` : `${path}, document ${document}`;
}

/** The items of a `List` (or `ConfigMapList`, ...), which is no object of its own. */
function flattened(object: unknown, where: string): { object: unknown; where: string }[] {
  if (!isObject(object) || typeof object.kind !== 'string' || !object.kind.endsWith('List')) return [{ object, where }];
  const named = isObject(object.metadata) && object.metadata.name !== undefined;
  if (named || !('items' in object)) return [{ object, where }];
  const items: readonly unknown[] = Array.isArray(object.items) ? object.items : [];
  return items.flatMap((item, i) => flattened(item, `${where}, item ${i + 1}`));
}

function checked(object: unknown, where: string): Manifest {
  if (!isObject(object)) throw failed(`${where}: a Kubernetes object was expected, not ${kindOf(object)}`);
  for (const field of ['apiVersion', 'kind'] as const) text(object[field], field, where);
  const kind = String(object.kind);
  if (!isObject(object.metadata)) throw failed(`${where}: ${kind} has no metadata`);
  text(object.metadata.name, 'metadata.name', `${where}: ${kind}`);
  const { namespace } = object.metadata;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    throw failed(`${where}: ${kind}: metadata.namespace must be text, not ${kindOf(namespace)}`);
  }
  if (namespace) text(namespace, 'metadata.namespace', `${where}: ${kind}`);
  if (deeperThan(object, DEEPEST)) throw failed(`${where}: ${kind} is nested deeper than ${DEEPEST} levels`);
  // Every field of the interface was looked at above.
  return object as unknown as Manifest;
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => deeperThan(item, levels - 1));
}

/** No name that Kubernetes takes has any of these, and a terminal would obey them. */
const CONTROL = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function text(value: unknown, field: string, where: string): void {
  if (value === undefined || value === null || value === '') throw failed(`${where}: ${field} is missing`);
  if (typeof value !== 'string') throw failed(`${where}: ${field} must be text, not ${kindOf(value)}`);
  if (CONTROL.test(value)) throw failed(`${where}: ${field} holds a control character: ${JSON.stringify(value)}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value === 'object' ? 'map' : typeof value}`;
}

/** An object that names no namespace lands in the destination's, so it is the same as one that names that. */
function identityOf(manifest: Manifest, destinationNamespace = ''): string {
  const { name, namespace } = manifest.metadata;
  return JSON.stringify([groupOf(manifest), manifest.kind, namespace || destinationNamespace, name]);
}
