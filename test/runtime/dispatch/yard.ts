/**
 * A railyard with the runtime on it, one for each test file. Every test takes a `Scene` of its own in it: a namespace, a
 * track, its stations and a source repository, so that tests of one file share nothing but the machine.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Station, Ticket, Track } from '../../../lib/api';
import { crds } from '../../../lib/api/crd';
import { startRuntime, type Runtime, type RuntimeOptions } from '../../../runtime/dispatch';
import { STATIONS, TICKETS, TRACKS, APPLICATIONS } from '../../../runtime/resources';
import { Commands } from '../../../runtime/git/command';
import {
  connect,
  metadataOf,
  Store,
  systemClock,
  type Draft,
  type Follower,
  type KubeObject,
  type Resource,
  type ConnectedCluster,
} from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import { startRailyard, type Railyard, type RailyardOptions } from '../../../runtime/railyard';
import type { GitServerOptions } from '../../../runtime/railyard/git';
import type { RegistryOptions } from '../../../runtime/railyard/registry';
import { eventually } from '../../waiting';
import type { Place } from './candidate';
import { Scene, type SceneOptions } from './scene';

const HOST = 'ghcr.io';

type GitIntercept = NonNullable<GitServerOptions['intercept']>;
type RegistryIntercept = NonNullable<RegistryOptions['intercept']>;

/** What a test sees of the cluster, kept by watches of its own. */
interface Eyes {
  readonly tracks: Store<KubeObject & Track>;
  readonly stations: Store<KubeObject & Station>;
  readonly tickets: Store<KubeObject & Ticket>;
  readonly applications: Store<KubeObject>;
}

/** What goes wrong, and who is told of what is asked; a test may change it at any time. */
interface Faults {
  /** Interference with requests to one Git repository, by its name with `.git`. */
  readonly git: Map<string, GitIntercept>;
  /** Interference with requests about one image repository. */
  readonly registry: Map<string, RegistryIntercept>;
  /** Called for every request to the Kubernetes API when it comes in. */
  onRequest: NonNullable<NonNullable<RailyardOptions['kubernetes']>['onRequest']>;
}

export interface YardOptions {
  readonly railyard?: Omit<RailyardOptions, 'folder'>;
  /** Whether the runtime is started at once. @default true */
  readonly started?: boolean;
}

export class Yard {
  private runtime: Runtime | undefined;
  private readonly reflectors: Follower[] = [];
  /** Runs stock Git behind the runtime's back. */
  readonly person: Commands;

  private constructor(
    readonly folder: string,
    readonly railyard: Railyard,
    readonly cluster: ConnectedCluster,
    readonly eyes: Eyes,
    readonly faults: Faults,
  ) {
    this.person = new Commands(folder);
  }

  static async open({ railyard: options = {}, started = true }: YardOptions = {}): Promise<Yard> {
    const folder = await mkdtemp(join(tmpdir(), 'k8sta-yard-'));
    const faults: Faults = { git: new Map(), registry: new Map(), onRequest: () => undefined };
    const railyard = await startRailyard({
      latencyScale: 0,
      ...options,
      folder: join(folder, 'railyard'),
      git: { ...options.git, intercept: (request) => faults.git.get(request.repository)?.(request) },
      registry: {
        ...options.registry,
        intercept: (request) => faults.registry.get(request.repository ?? '')?.(request),
      },
      kubernetes: { ...options.kubernetes, onRequest: (request) => faults.onRequest(request) },
    });
    const cluster = connect({ kubeconfig: railyard.kubeconfigPath });
    const store = <K extends KubeObject>(): Store<K> => new Store<K>({ log: silentLog, identity: metadataOf });
    const eyes: Eyes = { tracks: store(), stations: store(), tickets: store(), applications: store() };
    const yard = new Yard(folder, railyard, cluster, eyes, faults);
    await Promise.all(crds().map((crd) => yard.apply({ ...crd })));
    await yard.watch();
    if (started) await yard.start();
    return yard;
  }

  /** Where a process of its own runs on this yard. */
  get place(): Place {
    const { kubeconfigPath, registryURL } = this.railyard;
    return { folder: this.folder, kubeconfig: kubeconfigPath, registryURL };
  }

  /** Applies, patiently: a kind is served a moment after its definition was applied. */
  apply(object: Draft): Promise<KubeObject> {
    return eventually(`${object.kind} ${object.metadata.name} is taken`, () => this.cluster.apply(object));
  }

  async start(options: Partial<RuntimeOptions> = {}): Promise<void> {
    this.runtime = await startRuntime({
      cluster: this.cluster,
      folder: join(this.folder, 'caches'),
      registryMirrors: new Map([[HOST, this.railyard.registryURL]]),
      settleMs: 0,
      credentialsNamespace: 'k8sta',
      log: silentLog,
      ...options,
    });
  }

  /** Where the runtime takes webhooks. */
  get reception(): Runtime['reception'] {
    if (this.runtime === undefined) throw new Error('the runtime does not run');
    return this.runtime.reception;
  }

  async stopRuntime(): Promise<void> {
    await this.runtime?.stop();
    this.runtime = undefined;
  }

  scene(name: string, options: SceneOptions = {}): Promise<Scene> {
    return Scene.open(this, name, options);
  }

  async close(): Promise<void> {
    await this.stopRuntime();
    await Promise.all(this.reflectors.map((reflector) => reflector.stop()));
    await Promise.all([this.railyard.stop(), this.person.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async watch(): Promise<void> {
    const watched = <K extends KubeObject>(resource: Resource<K>, store: Store<K>): Promise<void> => {
      const reflector = this.cluster.reflector<K, K>({
        resource,
        store,
        project: (object) => object,
        log: silentLog,
        clock: systemClock,
      });
      this.reflectors.push(reflector);
      reflector.start();
      return reflector.synced();
    };
    const { tracks, stations, tickets, applications } = this.eyes;
    await Promise.all([
      watched(TRACKS, tracks),
      watched(STATIONS, stations),
      watched(TICKETS, tickets),
      watched(APPLICATIONS, applications),
    ]);
  }
}
