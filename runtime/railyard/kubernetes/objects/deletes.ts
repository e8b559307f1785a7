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
    // A real server names the kind here, not its plural.
    const subject = { ...resource, resource: resource.kind };
    if (uid !== undefined && uid !== entry.uid) {
      throw conflict(
        subject,
        entry.name,
        `the UID in the precondition (${uid}) does not match the UID in record (${entry.uid}). The object might have been deleted and then recreated`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== String(entry.revision)) {
      throw conflict(
        subject,
        entry.name,
        `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${entry.revision}). The object might have been modified`,
      );
    }
  }
}
