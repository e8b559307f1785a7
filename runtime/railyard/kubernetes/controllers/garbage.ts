import type { OwnerReference } from '../json';
import type { DeleteOptions, Deletes } from '../objects/deletes';
import type { Writes } from '../objects/writes';
import type { Registry } from '../registry';
import { objectOf, type Entry } from '../store/entry';
import type { Change } from '../store/history';
import type { Store } from '../store/store';
import type { WorkQueue } from './queue';

export const BACKGROUND: DeleteOptions = { dryRun: false, propagation: 'Background', preconditions: {} };

/** What becomes of objects whose owners (`metadata.ownerReferences`) are deleted. */
export class GarbageCollector {
  constructor(
    private readonly store: Store,
    private readonly registry: Registry,
    private readonly work: { readonly writes: Writes; readonly deletes: Deletes; readonly queue: WorkQueue },
  ) {}

  /** Looks at everything that may have lost its owner while the server was down. */
  start(): void {
    for (const entry of this.store.owned()) this.look(entry.uid);
  }

  onChange({ type, entry }: Change): void {
    if (type === 'DELETED') {
      for (const dependent of this.store.ownedBy(entry.uid)) this.look(dependent.uid);
      for (const owner of entry.owners) this.look(owner);
    } else if (entry.owners.length > 0 || entry.deleting) this.look(entry.uid);
  }

  private look(uid: string): void {
    this.work.queue.add(`garbage ${uid}`, () => {
      const entry = this.store.withUid(uid);
      if (!entry) return;
      if (entry.deleting) this.settleDependents(entry);
      else if (entry.owners.length > 0) this.judge(entry);
    });
  }

  /** An object that waits for its dependents: they are orphaned, or deleted first. */
  private settleDependents(entry: Entry): void {
    const finalizers = objectOf(entry).metadata.finalizers ?? [];
    const dependents = this.store.ownedBy(entry.uid);
    if (finalizers.includes('orphan')) {
      for (const dependent of dependents) this.dropReferences(dependent, new Set([entry.uid]));
      this.dropFinalizer(entry, 'orphan');
    } else if (finalizers.includes('foregroundDeletion')) {
      for (const dependent of dependents) this.judge(dependent);
      const blocking = this.store.ownedBy(entry.uid).some((dependent) => blocks(dependent, entry.uid));
      if (!blocking) this.dropFinalizer(entry, 'foregroundDeletion');
    }
  }

  /** Deletes an object when none of its owners is left, and otherwise forgets those that are gone. */
  private judge(entry: Entry): void {
    const references = objectOf(entry).metadata.ownerReferences ?? [];
    const gone = new Set(references.filter((owner) => this.isGone(entry, owner)).map(({ uid }) => uid));
    const leaving = references.filter((owner) => this.isLeaving(owner.uid));
    if (gone.size + leaving.length < references.length) {
      if (gone.size > 0) this.dropReferences(entry, gone);
      return;
    }
    const resource = this.registry.ofKey(entry.resource)?.resource;
    if (!resource || entry.deleting) return;
    const foreground = leaving.length > 0 && this.store.ownedBy(entry.uid).length > 0;
    this.work.deletes.remove(resource, entry, { ...BACKGROUND, propagation: foreground ? 'Foreground' : 'Background' });
  }

  /** Owners of a kind that this server does not know are never taken for gone. */
  private isGone(entry: Entry, owner: OwnerReference): boolean {
    if (!this.registry.ofKind(owner.apiVersion, owner.kind)) return false;
    const found = this.store.withUid(owner.uid);
    return found === undefined || (found.namespace !== '' && found.namespace !== entry.namespace);
  }

  private isLeaving(uid: string): boolean {
    const owner = this.store.withUid(uid);
    if (!owner?.deleting) return false;
    return (objectOf(owner).metadata.finalizers ?? []).includes('foregroundDeletion');
  }

  private dropReferences(entry: Entry, uids: ReadonlySet<string>): void {
    this.work.writes.rewrite(entry, ({ metadata }) => {
      metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((owner) => !uids.has(owner.uid));
    });
  }

  private dropFinalizer(entry: Entry, name: string): void {
    this.work.writes.rewrite(entry, ({ metadata }) => {
      metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== name);
    });
  }
}

function blocks(dependent: Entry, owner: string): boolean {
  const references = objectOf(dependent).metadata.ownerReferences ?? [];
  return references.some((reference) => reference.uid === owner && reference.blockOwnerDeletion === true);
}
