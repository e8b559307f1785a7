/** The Kubernetes API, as far as the machine can tell it from the real one: versions, conflicts, generations, merges. */

import { ConflictError, TerminalError } from '../../../runtime/errors';
import {
  AlreadyExistsError,
  keyOf,
  LEASES,
  NotFoundError,
  type Draft,
  type KubeObject,
  type ObjectRef,
  type Resource,
} from '../../../runtime/kube';

/** One change of one object. */
export interface Change {
  /** Milliseconds since 1970, by the true clock. */
  readonly time: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly plural: string;
  readonly before: KubeObject | undefined;
  readonly object: KubeObject;
  /** Who wrote it. */
  readonly by: string;
}

type Plain = Readonly<Record<string, unknown>>;
interface WithParts extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** What is meant by a name. */
export interface Precondition {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface WriteOptions {
  readonly by: string;
  readonly subresource?: 'status';
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two pieces of JSON are the same, whatever the order of their fields. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  }
  if (!isPlain(one) || !isPlain(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => same(one[name], other[name]));
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isPlain(patch)) return patch;
  const result: Record<string, unknown> = isPlain(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

/** As it goes over a wire: fields without a value do not, and nothing is shared. */
function overTheWire<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  // A copy has the shape of what it is a copy of.
  if (Array.isArray(value)) return value.map((item: unknown) => overTheWire(item ?? null)) as T;
  if (value instanceof Date) return value.toISOString() as T;
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) if (field !== undefined) copy[name] = overTheWire(field);
  return copy as T;
}

/** A new object has no status, whatever its maker says. */
function without(draft: Draft): object {
  const copy: Record<string, unknown> = { ...draft };
  delete copy['status'];
  return copy;
}

/** Top-level parts in which two objects differ, versions left aside. */
function changedParts(before: KubeObject, after: KubeObject): string[] {
  const [these, those]: [Plain, Plain] = [{ ...before }, { ...after }];
  return [...new Set([...Object.keys(these), ...Object.keys(those)])].filter((part) => {
    if (these[part] === those[part]) return false;
    if (part !== 'metadata') return !same(these[part], those[part]);
    const { resourceVersion, generation } = before.metadata;
    return !same(before.metadata, { ...after.metadata, resourceVersion, generation });
  });
}

export class SimulatedApi {
  /** Everything that ever changed. */
  readonly history: Change[] = [];
  readonly #kinds = new Map<string, Map<string, KubeObject>>();
  readonly #watchers = new Map<string, Set<(change: Change) => void>>();
  #version = 100;
  #uids = 0;

  constructor(private readonly now: () => number) {}

  /** The version of the world as it is now. */
  get version(): string {
    return String(this.#version);
  }

  list<K extends KubeObject>(resource: Resource<K>): K[] {
    // What was stored under a kind is of that kind's type.
    return [...this.#of(resource).values()] as K[];
  }

  get<K extends KubeObject>(resource: Resource<K>, ref: ObjectRef): K | undefined {
    return this.#of(resource).get(keyOf(ref)) as K | undefined;
  }

  /** @returns a function that ends it */
  watch(resource: Resource, listener: (change: Change) => void): () => void {
    const watchers = this.#watchers.get(resource.plural) ?? new Set();
    this.#watchers.set(resource.plural, watchers);
    watchers.add(listener);
    return () => void watchers.delete(listener);
  }

  create<K extends KubeObject>(resource: Resource<K>, draft: Draft<K>, by: string): K {
    const { name, namespace } = draft.metadata;
    const key = keyOf({ name, ...(namespace === undefined ? {} : { namespace }) });
    if (this.#of(resource).has(key)) throw new AlreadyExistsError(`${resource.kind} ${key} is there already`);
    this.#uids += 1;
    const object = {
      ...overTheWire(without(draft)),
      apiVersion: resource.group ? `${resource.group}/${resource.version}` : resource.version,
      kind: resource.kind,
      metadata: {
        ...overTheWire(draft.metadata),
        uid: `uid-${this.#uids}`,
        resourceVersion: this.#next(),
        generation: 1,
        creationTimestamp: new Date(this.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      },
    } as unknown as K;
    return this.#store(resource, 'ADDED', undefined, object, by);
  }

  /** @throws NotFoundError, ConflictError where the version is not the newest */
  replaceStatus<K extends KubeObject>(resource: Resource<K>, object: K, by: string): K {
    const current = this.#current(resource, object.metadata);
    const { resourceVersion, uid } = object.metadata;
    if (current.metadata.resourceVersion !== resourceVersion || current.metadata.uid !== uid) {
      throw new ConflictError(
        `${resource.kind} ${keyOf(object.metadata)} has changed since version ${resourceVersion}`,
      );
    }
    return this.#write(resource, current, { ...current, status: overTheWire((object as WithParts).status) }, by);
  }

  replace<K extends KubeObject>(resource: Resource<K>, object: K, by: string): K {
    const current = this.#current(resource, object.metadata);
    const kept: WithParts = current;
    const { resourceVersion } = object.metadata;
    if (current.metadata.resourceVersion !== resourceVersion) {
      throw new ConflictError(
        `${resource.kind} ${keyOf(object.metadata)} has changed since version ${resourceVersion}`,
      );
    }
    const { labels, annotations, ownerReferences } = object.metadata;
    const metadata = { ...current.metadata, labels, annotations, ownerReferences };
    const next = overTheWire({ ...object, metadata });
    const status = kept.status === undefined ? {} : { status: kept.status };
    return this.#write(resource, current, { ...next, ...status }, by);
  }

  merge<K extends KubeObject>(resource: Resource<K>, ref: ObjectRef, patch: object, options: WriteOptions): K {
    const current = this.#current(resource, ref);
    const wanted = (patch as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== current.metadata.resourceVersion) {
      throw new ConflictError(`${resource.kind} ${keyOf(ref)} has changed since version ${wanted}`);
    }
    const next = merged(current, overTheWire(patch)) as WithParts;
    // Argo CD's Applications have no status subresource: whoever may write them writes all of them.
    if (resource.group !== 'k8sta.io') return this.#write(resource, current, next, options.by);
    const kept: WithParts = current;
    const parts =
      options.subresource === 'status' ? { ...kept, status: next.status } : { ...next, status: kept.status };
    if (parts.status === undefined) delete (parts as { status?: unknown }).status;
    return this.#write(resource, current, parts, options.by);
  }

  /** @returns whether there was one. @throws ConflictError where it is another one, or another version of it */
  delete(resource: Resource, ref: ObjectRef, by: string, { uid, resourceVersion }: Precondition = {}): boolean {
    const current = this.#of(resource).get(keyOf(ref));
    if (current === undefined) return false;
    const { metadata } = current;
    if (
      (uid ?? metadata.uid) !== metadata.uid ||
      (resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion
    ) {
      throw new ConflictError(`${resource.kind} ${keyOf(ref)} is another one`);
    }
    this.#of(resource).delete(keyOf(ref));
    const gone = { ...current, metadata: { ...current.metadata, resourceVersion: this.#next() } };
    this.#tell({ time: this.now(), type: 'DELETED', plural: resource.plural, before: current, object: gone, by });
    return true;
  }

  #write<K extends KubeObject>(resource: Resource<K>, current: K, wanted: KubeObject, by: string): K {
    const { generation = 1 } = current.metadata;
    const changed = changedParts(current, wanted);
    if (changed.length === 0) return current;
    const metadata = {
      ...wanted.metadata,
      resourceVersion: this.#next(),
      generation: changed.includes('spec') ? generation + 1 : generation,
    };
    // It is the object that was of this kind before, with other parts of the same shape.
    return this.#store(resource, 'MODIFIED', current, { ...wanted, metadata } as unknown as K, by);
  }

  #current<K extends KubeObject>(resource: Resource<K>, ref: ObjectRef): K {
    const current = this.get(resource, ref);
    if (current === undefined) throw new NotFoundError(`${resource.kind} ${keyOf(ref)} does not exist`);
    return current;
  }

  #store<K extends KubeObject>(
    resource: Resource<K>,
    type: 'ADDED' | 'MODIFIED',
    before: K | undefined,
    object: K,
    by: string,
  ): K {
    if (resource.namespaced && object.metadata.namespace === undefined) {
      throw new TerminalError(`${resource.kind} ${object.metadata.name}: it needs a namespace`);
    }
    this.#of(resource).set(keyOf(object.metadata), object);
    this.#tell({ time: this.now(), type, plural: resource.plural, before, object, by });
    return object;
  }

  #tell(change: Change): void {
    // Who leads is no part of the story: the renewals of hours would bury it.
    if (change.plural !== LEASES.plural) this.history.push(change);
    for (const listener of this.#watchers.get(change.plural) ?? []) listener(change);
  }

  #of(resource: Resource): Map<string, KubeObject> {
    const objects = this.#kinds.get(resource.plural) ?? new Map<string, KubeObject>();
    this.#kinds.set(resource.plural, objects);
    return objects;
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }
}
