import type { Deletes } from '../objects/deletes';
import type { Registry } from '../registry';
import { objectOf } from '../store/entry';
import type { Change } from '../store/history';
import type { Store } from '../store/store';
import { BACKGROUND } from './garbage';
import type { WorkQueue } from './queue';

/** Empties namespaces that are being deleted, and removes them when nothing is left in them. */
export class NamespaceController {
  constructor(
    private readonly store: Store,
    private readonly registry: Registry,
    private readonly work: { readonly deletes: Deletes; readonly queue: WorkQueue },
  ) {}

  /** Goes on with deletions that a restart interrupted. */
  start(): void {
    for (const entry of this.store.list('namespaces')) if (entry.deleting) this.look(entry.name);
  }

  onChange({ type, entry }: Change): void {
    if (entry.resource === 'namespaces') {
      if (entry.deleting && type !== 'DELETED') this.look(entry.name);
    } else if (type === 'DELETED' && this.store.get('namespaces', '', entry.namespace)?.deleting) {
      this.look(entry.namespace);
    }
  }

  private look(name: string): void {
    this.work.queue.add(`namespace ${name}`, () => this.empty(name));
  }

  private empty(name: string): void {
    const namespace = this.store.get('namespaces', '', name);
    if (!namespace?.deleting) return;
    let left = 0;
    for (const resource of this.registry.resources().filter(({ namespaced }) => namespaced)) {
      for (const entry of this.store.list(resource.key, name)) {
        if (entry.deleting || !this.work.deletes.remove(resource, entry, BACKGROUND).gone) left += 1;
      }
    }
    const object = objectOf(namespace);
    if (left === 0 && (object.metadata.finalizers ?? []).length === 0) this.store.remove('namespaces', object);
  }
}
