import { sameJson } from '../json';
import { CLEANUP } from '../kinds/crd';
import { customEndpoints, keyOfDefinition } from '../kinds/custom';
import type { Deletes } from '../objects/deletes';
import type { Writes } from '../objects/writes';
import { apiVersionOf, type Endpoint, type Registry } from '../registry';
import { objectOf, type Entry } from '../store/entry';
import type { Change } from '../store/history';
import type { Store } from '../store/store';
import { BACKGROUND } from './garbage';
import type { WorkQueue } from './queue';

const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/** Serves what CustomResourceDefinitions define, from the write that stores them on; removes the objects of deleted ones. */
export class DefinitionController {
  constructor(
    private readonly store: Store,
    private readonly registry: Registry,
    private readonly work: { readonly writes: Writes; readonly deletes: Deletes; readonly queue: WorkQueue },
    /** Called when a kind is no longer served, or served otherwise than before: its watches end. */
    private readonly withdrawn: (key: string) => void,
  ) {}

  /** Serves the definitions that are stored already. */
  start(): void {
    for (const entry of this.store.list(DEFINITIONS)) this.serve(entry);
  }

  onChange({ type, entry, previous }: Change): void {
    if (entry.resource === DEFINITIONS) {
      if (type === 'DELETED') this.withdraw(entry);
      else this.serve(entry);
      if (type === 'MODIFIED' && previous && specChanged(previous, entry)) {
        this.withdrawn(keyOfDefinition(objectOf(entry)));
      }
    } else if (type === 'DELETED') this.cleanUpOwnerOf(entry.resource);
  }

  private serve(entry: Entry): void {
    const definition = objectOf(entry);
    const key = keyOfDefinition(definition);
    const before = this.registry.all().filter(({ resource }) => resource.key === key);
    this.registry.removeResource(key);
    for (const endpoint of customEndpoints(definition)) {
      const known = before.find((one) => apiVersionOf(one) === apiVersionOf(endpoint));
      this.registry.add({ ...endpoint, schemaSince: schemaSince(endpoint, known, entry) });
    }
    if (entry.deleting) this.queueCleanUp(entry.name, key);
  }

  private withdraw(entry: Entry): void {
    const key = keyOfDefinition(objectOf(entry));
    this.registry.removeResource(key);
    this.withdrawn(key);
  }

  private cleanUpOwnerOf(key: string): void {
    const resource = this.registry.ofKey(key)?.resource;
    if (!resource?.custom) return;
    const definition = this.store.get(DEFINITIONS, '', `${resource.resource}.${resource.group}`);
    if (definition?.deleting) this.queueCleanUp(definition.name, key);
  }

  private queueCleanUp(name: string, key: string): void {
    this.work.queue.add(`definition ${name}`, () => this.cleanUp(name, key));
  }

  private cleanUp(name: string, key: string): void {
    const definition = this.store.get(DEFINITIONS, '', name);
    const resource = this.registry.ofKey(key)?.resource;
    if (!definition?.deleting) return;
    const objects = this.store.list(key);
    if (objects.length === 0) {
      this.work.writes.rewrite(definition, ({ metadata }) => {
        metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
      });
    } else if (resource) {
      for (const object of objects) if (!object.deleting) this.work.deletes.remove(resource, object, BACKGROUND);
    }
  }
}

/** Objects written under an unchanged schema need not be read through it again. */
function schemaSince(endpoint: Endpoint, known: Endpoint | undefined, entry: Entry): number {
  if (known?.schemaSince === undefined) return entry.revision;
  return sameJson(known.schema.source, endpoint.schema.source) ? known.schemaSince : entry.revision;
}

function specChanged(before: Entry, after: Entry): boolean {
  return !sameJson(objectOf(before)['spec'], objectOf(after)['spec']);
}
