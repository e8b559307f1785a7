import type { KubernetesObject } from '../json';
import { byKey, entryOf, keyOf, type Entry } from './entry';
import { History, type Change } from './history';
import { Log, type LogRecord } from './log';

const EMPTY = Buffer.alloc(0);

/** All objects of the server, in memory and in its log, under one counter of revisions, as etcd keeps them. */
export class Store {
  private readonly kinds = new Map<string, Map<string, Map<string, Entry>>>();
  private readonly byUid = new Map<string, Entry>();
  private readonly byOwner = new Map<string, Set<string>>();
  private readonly listeners: ((change: Change) => void)[] = [];
  private readonly history: History;
  private livingBytes = 0;

  private constructor(
    private readonly log: Log,
    private revision: number,
    historyLength: number,
  ) {
    this.history = new History(historyLength);
  }

  /** Opens the store in `folder` and goes on where the last one on this folder stood. */
  static open(folder: string, historyLength: number): Store {
    const { log, records } = Log.open(folder);
    const store = new Store(log, 0, historyLength);
    for (const record of records) store.replay(record);
    // Watches from before the restart cannot be resumed: the changes between are only in the log.
    store.history.startAt(store.revision);
    return store;
  }

  /** The revision of the last write. */
  get current(): number {
    return this.revision;
  }

  /** Watches and continued lists from before this revision must start over. */
  get oldest(): number {
    return this.history.oldest;
  }

  /** Calls `listener` after every write, in order, within the write: it must be quick and must not write. */
  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  get(resource: string, namespace: string, name: string): Entry | undefined {
    return this.kinds.get(resource)?.get(namespace)?.get(name);
  }

  withUid(uid: string): Entry | undefined {
    return this.byUid.get(uid);
  }

  /** Entries that name `uid` as an owner. */
  ownedBy(uid: string): Entry[] {
    return [...(this.byOwner.get(uid) ?? [])].flatMap((owned) => this.byUid.get(owned) ?? []);
  }

  /** Every entry that names any owner. */
  owned(): Entry[] {
    return [...this.byUid.values()].filter((entry) => entry.owners.length > 0);
  }

  /** Entries of one kind, of one namespace if given, ordered by namespace and name. */
  list(resource: string, namespace?: string): Entry[] {
    const spaces = this.kinds.get(resource);
    if (!spaces) return [];
    const chosen = namespace === undefined ? [...spaces.values()] : [spaces.get(namespace) ?? new Map<string, Entry>()];
    return chosen.flatMap((space) => [...space.values()]).sort(byKey);
  }

  /** The list as it was at `revision`, which must not be before `oldest`. */
  listAt(revision: number, resource: string, namespace?: string): Entry[] {
    if (revision === this.revision) return this.list(resource, namespace);
    const then = new Map(this.list(resource, namespace).map((entry) => [keyOf(entry), entry]));
    const undone = new Set<string>();
    for (const change of this.history.after(revision)) {
      const { entry, previous } = change;
      const key = keyOf(entry);
      if (entry.resource !== resource || undone.has(key)) continue;
      if (namespace !== undefined && entry.namespace !== namespace) continue;
      undone.add(key);
      if (previous) then.set(key, previous);
      else then.delete(key);
    }
    return [...then.values()].sort(byKey);
  }

  /** Changes after `revision`, which must not be before `oldest`. */
  changesAfter(revision: number): readonly Change[] {
    return this.history.after(revision);
  }

  /** Writes an object under the next revision, which it sets as the object's resourceVersion. */
  put(resource: string, object: KubernetesObject): Entry {
    const revision = this.revision + 1;
    object.metadata.resourceVersion = String(revision);
    const body = Buffer.from(JSON.stringify(object));
    const entry = entryOf(resource, object, revision, body);
    this.log.append({ revision, resource, namespace: entry.namespace, name: entry.name }, body);
    this.revision = revision;
    const previous = this.insert(entry);
    this.announce({ revision, type: previous ? 'MODIFIED' : 'ADDED', entry, previous });
    return entry;
  }

  /** Removes an object; `last` is what watchers are told, under the revision of the removal. */
  remove(resource: string, last: KubernetesObject): Entry {
    const revision = this.revision + 1;
    last.metadata.resourceVersion = String(revision);
    const entry = entryOf(resource, last, revision, Buffer.from(JSON.stringify(last)));
    this.log.append({ revision, resource, namespace: entry.namespace, name: entry.name, deleted: true }, EMPTY);
    this.revision = revision;
    const previous = this.forget(resource, entry.namespace, entry.name);
    this.announce({ revision, type: 'DELETED', entry, previous });
    return entry;
  }

  close(): void {
    this.log.close();
  }

  private replay({ header, body }: LogRecord): void {
    this.revision = Math.max(this.revision, header.revision);
    if (header.resource === undefined) return;
    if (header.deleted) {
      this.forget(header.resource, header.namespace ?? '', header.name ?? '');
      return;
    }
    // Copied, so that one living line does not keep the whole file in memory.
    const own = Buffer.from(body);
    this.insert(entryOf(header.resource, JSON.parse(own.toString('utf8')) as KubernetesObject, header.revision, own));
  }

  private insert(entry: Entry): Entry | undefined {
    let spaces = this.kinds.get(entry.resource);
    if (!spaces) this.kinds.set(entry.resource, (spaces = new Map<string, Map<string, Entry>>()));
    let space = spaces.get(entry.namespace);
    if (!space) spaces.set(entry.namespace, (space = new Map<string, Entry>()));
    const previous = space.get(entry.name);
    if (previous) this.unindex(previous);
    space.set(entry.name, entry);
    this.byUid.set(entry.uid, entry);
    this.livingBytes += entry.body.length;
    for (const owner of entry.owners) {
      const owned = this.byOwner.get(owner);
      if (owned) owned.add(entry.uid);
      else this.byOwner.set(owner, new Set([entry.uid]));
    }
    return previous;
  }

  private forget(resource: string, namespace: string, name: string): Entry | undefined {
    const space = this.kinds.get(resource)?.get(namespace);
    const previous = space?.get(name);
    if (!space || !previous) return undefined;
    space.delete(name);
    if (space.size === 0) this.kinds.get(resource)?.delete(namespace);
    this.unindex(previous);
    return previous;
  }

  private unindex(entry: Entry): void {
    this.livingBytes -= entry.body.length;
    this.byUid.delete(entry.uid);
    for (const owner of entry.owners) {
      const owned = this.byOwner.get(owner);
      owned?.delete(entry.uid);
      if (owned?.size === 0) this.byOwner.delete(owner);
    }
  }

  private announce(change: Change): void {
    this.history.add(change);
    if (this.log.shouldCompact(this.livingBytes)) this.log.compact(this.living());
    for (const listener of this.listeners) listener(change);
  }

  private *living(): Iterable<LogRecord> {
    yield { header: { revision: this.revision }, body: EMPTY };
    for (const { resource, namespace, name, revision, body } of this.byUid.values()) {
      yield { header: { revision, resource, namespace, name }, body };
    }
  }
}
