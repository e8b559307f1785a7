/** The Kubernetes port of one process: requests over its wires, and caches that follow with a lag. */

import { TerminalError, TransientError } from '../../../runtime/errors';
import type { Fence } from '../../../runtime/fence';
import {
  EVENTS,
  keyOf,
  type Draft,
  type KubeObject,
  type Objects,
  type Reflection,
  type ReflectorOptions,
  type Resource,
  type SharedCluster,
} from '../../../runtime/kube';
import type { Change, SimulatedApi } from './api';
import type { Faults } from './faults';
import type { Process } from './process';

/** What projections made of objects: they are pure, and the same for every process. */
const projected = new WeakMap<KubeObject, unknown>();

const NAMESPACE = 'k8sta';
/** How long a request may take, in milliseconds, unless its sender is less patient. */
const DEADLINE_MS = 15_000;

export class SimulatedCluster implements SharedCluster {
  readonly server = 'https://simulated';
  readonly context = 'simulated';
  readonly namespace = NAMESPACE;

  constructor(
    private readonly api: SimulatedApi,
    private readonly process: Process,
    private readonly faults: Faults,
    private readonly fence?: Fence,
  ) {}

  behind(fence: Fence): SimulatedCluster {
    return new SimulatedCluster(this.api, this.process, this.faults, fence);
  }

  version = async (): Promise<string> => 'v1.35.0';
  check = async (): Promise<string> => 'v1.35.0';

  async apply(manifest: Draft): Promise<KubeObject> {
    throw new TerminalError(`${manifest.kind} ${manifest.metadata.name}: the machine applies no manifests`);
  }

  reflector<K extends KubeObject, T>(options: ReflectorOptions<K, T>): Reflection<K> {
    return new SimulatedReflector(this.api, this.process, this.faults, options);
  }

  objects<K extends KubeObject>(resource: Resource<K>): Objects<K> {
    const { api, process } = this;
    const by = process.name;
    const write = <R>(verb: string, name: string, perform: () => R, deadlineMs = DEADLINE_MS): Promise<R> =>
      process.call(`${verb} ${resource.kind} ${name}`, perform, {
        kind: 'write',
        patience: () => Math.min(deadlineMs, this.fence?.remainingMs() ?? Infinity),
      });
    const read = <R>(verb: string, name: string, perform: () => R): Promise<R> =>
      process.call(`${verb} ${resource.kind} ${name}`, perform, { kind: 'read' });
    // Events are told to people and decide nothing.
    if (resource.plural === EVENTS.plural) return untold(resource);
    return {
      resource,
      list: () => read('list', '', () => ({ items: api.list(resource), resourceVersion: api.version })),
      get: (ref) => read('get', keyOf(ref), () => api.get(resource, ref)),
      create: (draft, { deadlineMs } = {}) =>
        write('create', keyOf(draft.metadata), () => api.create(resource, draft, by), deadlineMs),
      replace: async (object, { deadlineMs } = {}) =>
        write('replace', guarded(resource, object), () => api.replace(resource, object, by), deadlineMs),
      replaceStatus: async (object) =>
        write('replaceStatus', guarded(resource, object), () => api.replaceStatus(resource, object, by)),
      merge: (ref, patch, { subresource } = {}) =>
        write('merge', keyOf(ref), () => api.merge(resource, ref, patch, { by, ...(subresource && { subresource }) })),
      patch: async (ref) => {
        throw new TerminalError(`${keyOf(ref)}: the machine sends no JSON patches`);
      },
      apply: async (object) => {
        throw new TerminalError(`${keyOf(object.metadata)}: the machine applies nothing`);
      },
      delete: (ref, { uid, resourceVersion } = {}) =>
        write('delete', keyOf(ref), () =>
          api.delete(resource, ref, by, { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }),
        ),
    };
  }
}

/** The name of what is replaced. @throws TerminalError where no version guards the write */
function guarded({ kind }: Resource, { metadata }: KubeObject): string {
  if (metadata.resourceVersion !== '') return keyOf(metadata);
  throw new TerminalError(
    `PUT ${kind} ${keyOf(metadata)}: metadata.resourceVersion is missing, so nothing guards the write`,
  );
}

/** A client whose writes nobody reads. */
function untold<K extends KubeObject>(resource: Resource<K>): Objects<K> {
  const refused = async (): Promise<never> => {
    throw new TerminalError(`${resource.kind}: only created here`);
  };
  return {
    resource,
    list: async () => ({ items: [], resourceVersion: '0' }),
    get: async () => undefined,
    // Nobody looks at what came of it.
    create: async (draft) => draft as unknown as K,
    replace: refused,
    replaceStatus: refused,
    merge: refused,
    patch: refused,
    apply: refused,
    delete: async () => false,
  };
}

/** Follows one kind: a list, then every change after its lag, in order; where the watch breaks, a list again. */
class SimulatedReflector<K extends KubeObject, T> implements Reflection<K> {
  hasSynced = false;
  #stopped = false;
  #unwatch: () => void = () => undefined;
  /** Nothing is told before what was told earlier. */
  #last = 0;
  #generation = 0;
  readonly #synced: (() => void)[] = [];
  /** What happened after the list was made and before its answer came. */
  #early: Change[] | undefined;

  constructor(
    private readonly api: SimulatedApi,
    private readonly process: Process,
    private readonly faults: Faults,
    private readonly options: ReflectorOptions<K, T>,
  ) {}

  start(): void {
    if (this.#generation === 0) this.#list();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
  }

  async synced(): Promise<void> {
    if (this.hasSynced) return;
    await new Promise<void>((resolve) => this.#synced.push(resolve));
  }

  observe(written: K): void {
    this.options.store.observe(this.#project(written));
  }

  health() {
    return { synced: this.hasSynced, contactAgeMs: 0 };
  }

  #list(): void {
    const { resource, store } = this.options;
    this.#generation += 1;
    const generation = this.#generation;
    this.process
      .call(`list ${resource.kind}`, () => this.#take(generation), { kind: 'read' })
      .then(
        ({ items, version }) => {
          if (this.#stopped || generation !== this.#generation) return;
          store.replace(
            items.map((item) => this.#project(item)),
            version,
          );
          const early = this.#early ?? [];
          this.#early = undefined;
          for (const change of early) this.#tell(change, generation);
          if (this.hasSynced) return;
          this.hasSynced = true;
          for (const resolve of this.#synced) resolve();
        },
        (error: unknown) => {
          if (!(error instanceof TransientError)) throw error;
          this.process.after(1_000, () => this.#list());
        },
      );
  }

  /** The list as it is now; what changes from here on is told after it. */
  #take(generation: number): { items: K[]; version: string } {
    const { resource } = this.options;
    this.#unwatch();
    this.#early = [];
    this.#unwatch = this.api.watch(resource, (change) => {
      if (this.#early === undefined) this.#tell(change, generation);
      else this.#early.push(change);
    });
    return { items: this.api.list(resource), version: this.api.version };
  }

  #tell(change: Change, generation: number): void {
    if (!this.process.alive || this.#stopped) return;
    const { resource } = this.options;
    const effect = `watch ${resource.kind} ${keyOf(change.object.metadata)}`;
    const fault = this.faults.strike(effect, 'watch');
    if (fault?.fate === 'Expired') {
      this.#unwatch();
      this.process.after(fault.ms, () => this.#list());
      return;
    }
    const now = this.process.clock.uptime();
    const at = Math.max(this.#last, now + this.process.latency(effect) + (fault?.fate === 'Lag' ? fault.ms : 0));
    this.#last = at;
    this.process.after(at - now, () => {
      if (this.#stopped || generation !== this.#generation) return;
      // A reflector of a kind is told of objects of that kind.
      const object = change.object as K;
      if (change.type === 'DELETED') this.options.store.remove(object.metadata);
      else this.options.store.put(this.#project(object));
    });
  }

  #project(object: K): T {
    const known = projected.get(object);
    // Whoever projected it was a reflector of the same kind.
    if (known !== undefined) return known as T;
    const value = this.options.project(object);
    projected.set(object, value);
    return value;
  }
}
