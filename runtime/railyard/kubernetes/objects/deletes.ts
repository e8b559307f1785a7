import { objectAt, type KubernetesObject } from '../json';
import type { Resource } from '../registry';
import { conflict } from '../status';
import { objectOf, type Entry } from '../store/entry';
import type { Store } from '../store/store';
import { timestamp } from './times';

/** How a deletion wants to be treated. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  /** What becomes of objects that name this one as owner. */
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What came of a deletion: the object is gone, or waits for its finalizers. */
export interface Deleted {
  readonly gone: boolean;
  readonly object: KubernetesObject;
}

const HOLDS = { Background: undefined, Foreground: 'foregroundDeletion', Orphan: 'orphan' } as const;

/** Deleting objects: at once, or by a deletionTimestamp where finalizers want to be heard first. */
export class Deletes {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  /** @throws StatusError 409 when a precondition does not hold */
  remove(resource: Resource, entry: Entry, options: DeleteOptions): Deleted {
    this.checkPreconditions(resource, entry, options);
    const object = objectOf(entry);
    const { metadata } = object;
    const hold = HOLDS[options.propagation];
    if (hold && metadata.deletionTimestamp === undefined && !metadata.finalizers?.includes(hold)) {
      metadata.finalizers = [...(metadata.finalizers ?? []), hold];
    }
    const waits = (metadata.finalizers ?? []).length > 0 || resource.key === 'namespaces';
    if (!waits) {
      if (!options.dryRun) this.store.remove(resource.key, object);
      return { gone: true, object };
    }
    if (metadata.deletionTimestamp !== undefined) return { gone: false, object };
    metadata.deletionTimestamp = timestamp(this.now());
    metadata.deletionGracePeriodSeconds = 0;
    if (metadata.generation !== undefined) metadata.generation += 1;
    if (resource.key === 'namespaces') object['status'] = { ...objectAt(object['status']), phase: 'Terminating' };
    if (!options.dryRun) this.store.put(resource.key, object);
    return { gone: false, object };
  }

  private checkPreconditions(resource: Resource, entry: Entry, { preconditions }: DeleteOptions): void {
    const { uid, resourceVersion } = preconditions;
    if (uid !== undefined && uid !== entry.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${entry.uid}`;
      throw conflict(resource, entry.name, why);
    }
    if (resourceVersion !== undefined && resourceVersion !== String(entry.revision)) {
      const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${entry.revision}`;
      throw conflict(resource, entry.name, why);
    }
  }
}
