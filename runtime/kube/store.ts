import { messageOf } from '../errors';
import type { Log } from '../log';
import { type Identity, keyOf } from './object';
import { KeysByValue } from './keys';
import { compareVersions } from './version';

/** Called after an object was added (`before` undefined), changed, or deleted (`after` undefined). It must be quick. */
export type Listener<T> = (key: string, before: T | undefined, after: T | undefined) => void;

/** Values under which an object is found, e.g. the tracks of a ticket. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What a cache is made of. */
export interface StoreOptions<T, I extends string> {
  readonly log: Log;

  /** What names an object and its version: {@link metadataOf}, unless a projection keeps it elsewhere. */
  readonly identity: (object: T) => Identity;

  /** Ways to find objects besides their name, by index name. */
  readonly indexes?: Readonly<Record<I, IndexFunction<T>>>;
}

const ALL_NAMESPACES = '';

/**
 * The newest known version of each object, by `namespace/name`. Objects are frozen.
 *
 * Two hands fill it: the reflector with what the server tells, and writers with what the server replied to them, so
 * that the next decision sees its own writes. Time never runs backwards: of two versions of one object the higher
 * resourceVersion stays, and a reply is ignored where the reflector has already told everything up to that version,
 * be it that the object is newer, or deleted. Where versions cannot be ordered only the reflector is believed.
 */
export class Store<T, I extends string = never> {
  readonly #objects = new Map<string, T>();
  readonly #byNamespace = new KeysByValue();
  readonly #byIndex: readonly { name: string; valuesOf: IndexFunction<T>; keys: KeysByValue }[];
  /** For each scope of a reflector, the version up to which everything is known. */
  readonly #horizons = new Map<string, string>();
  readonly #listeners = new Set<Listener<T>>();
  readonly #identity: (object: T) => Identity;
  readonly #log: Log;

  constructor({ log, identity, indexes }: StoreOptions<T, I>) {
    this.#log = log;
    this.#identity = identity;
    this.#byIndex = Object.entries<IndexFunction<T>>(indexes ?? {}).map(([name, valuesOf]) => {
      return { name, valuesOf, keys: new KeysByValue() };
    });
  }

  /** How many objects there are. */
  get size(): number {
    return this.#objects.size;
  }

  /** @param key see {@link keyOf} */
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** All objects, or those of one namespace, in no particular order. */
  list(namespace?: string): readonly T[] {
    return namespace === undefined ? [...this.#objects.values()] : this.#those(this.#byNamespace.under(namespace));
  }

  /** The objects that the index function put under this value, in no particular order. */
  find(index: I, value: string): readonly T[] {
    return this.#those(this.#byIndex.find(({ name }) => name === index)?.keys.under(value) ?? []);
  }

  /** @returns a function that ends the calls */
  onChange(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes in what the server replied to a write.
   *
   * @param written the whole object as it is now stored, and one that the reflector's selectors match: of others the
   * server would never tell the deletion
   */
  observe(written: T): void {
    const { namespace, resourceVersion } = this.#identity(written);
    const horizon = this.#horizons.get(this.#scopeOf(namespace));
    const known = horizon === undefined ? 1 : compareVersions(resourceVersion, horizon);
    if (known !== undefined && known > 0) this.#raise(written);
  }

  /** For the reflector: an object as a watch event showed it. */
  put(object: T): void {
    const { resourceVersion, namespace } = this.#identity(object);
    this.#raise(object);
    this.advance(resourceVersion, namespace);
  }

  /** For the reflector: an object is gone. @param last its identity when it went */
  remove(last: Identity): void {
    const key = keyOf(last);
    const held = this.#objects.get(key);
    if (held !== undefined && !this.#isNewer(held, last.resourceVersion)) this.#set(key, undefined);
    this.advance(last.resourceVersion, last.namespace);
  }

  /** For the reflector: everything in the scope is known up to this version. */
  advance(version: string, namespace?: string): void {
    const scope = this.#scopeOf(namespace);
    const horizon = this.#horizons.get(scope);
    if (horizon === undefined || (compareVersions(version, horizon) ?? 1) > 0) this.#horizons.set(scope, version);
  }

  /**
   * For the reflector: the whole scope as a list showed it. What is not in it is gone, except what a writer observed
   * after the list was made. A list older than what is known means that the server was set back, as a restored backup
   * does: then the list alone counts.
   *
   * @param unreadable keys that were listed but could not be read: their last known version stays
   */
  replace(
    objects: readonly T[],
    version: string,
    namespace?: string,
    unreadable: ReadonlySet<string> = new Set(),
  ): void {
    const scope = namespace ?? ALL_NAMESPACES;
    const horizon = this.#horizons.get(scope);
    const setBack = horizon !== undefined && (compareVersions(version, horizon) ?? 0) < 0;
    this.#horizons.set(scope, version);
    const listed = new Set(unreadable);
    for (const object of objects) {
      const key = keyOf(this.#identity(object));
      listed.add(key);
      if (setBack) this.#set(key, object);
      else this.#raise(object);
    }
    for (const held of this.list(namespace)) {
      const key = keyOf(this.#identity(held));
      if (!listed.has(key) && (setBack || !this.#isNewer(held, version))) this.#set(key, undefined);
    }
  }

  #those(keys: Iterable<string>): readonly T[] {
    const found: T[] = [];
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  #scopeOf(namespace: string | undefined): string {
    return namespace !== undefined && this.#horizons.has(namespace) ? namespace : ALL_NAMESPACES;
  }

  /** Takes an object in unless the one held is as new. */
  #raise(object: T): void {
    const identity = this.#identity(object);
    const key = keyOf(identity);
    const held = this.#objects.get(key);
    if (held !== undefined) {
      const { uid, resourceVersion } = this.#identity(held);
      if (uid === identity.uid && resourceVersion === identity.resourceVersion) return;
      if (this.#isNewer(held, identity.resourceVersion)) return;
    }
    this.#set(key, object);
  }

  /** Whether the version held is known to be later than `version`. */
  #isNewer(held: T, version: string): boolean {
    return (compareVersions(this.#identity(held).resourceVersion, version) ?? 0) > 0;
  }

  #set(key: string, after: T | undefined): void {
    const before = this.#objects.get(key);
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, deepFreeze(after));
    if (before !== undefined) this.#unindex(key, before);
    if (after !== undefined) this.#index(key, after);
    // Another object under the same name is a deletion and an addition to whoever listens.
    if (before !== undefined && after !== undefined && this.#identity(before).uid !== this.#identity(after).uid) {
      this.#tell(key, before, undefined);
      this.#tell(key, undefined, after);
    } else this.#tell(key, before, after);
  }

  #index(key: string, object: T): void {
    this.#byNamespace.add(this.#identity(object).namespace ?? '', key);
    for (const { name, valuesOf, keys } of this.#byIndex) {
      for (const value of this.#valuesFor(key, object, name, valuesOf)) keys.add(value, key);
    }
  }

  #unindex(key: string, object: T): void {
    this.#byNamespace.delete(this.#identity(object).namespace ?? '', key);
    for (const { name, valuesOf, keys } of this.#byIndex) {
      for (const value of this.#valuesFor(key, object, name, valuesOf)) keys.delete(value, key);
    }
  }

  #valuesFor(key: string, object: T, index: string, valuesOf: IndexFunction<T>): readonly string[] {
    try {
      return valuesOf(object);
    } catch (error) {
      this.#log.error(
        { key, index, error: messageOf(error) },
        'An index function failed: the object is not found by it',
      );
      return [];
    }
  }

  #tell(key: string, before: T | undefined, after: T | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(key, before, after);
      } catch (error) {
        this.#log.error({ key, error: messageOf(error) }, 'A listener of the cache failed');
      }
    }
  }
}

/** Where whole objects keep their identity. */
export function metadataOf({ metadata }: { readonly metadata: Identity }): Identity {
  return metadata;
}

function deepFreeze<V>(value: V): V {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
