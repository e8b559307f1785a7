import { keyOf, sourcesOf, type Application, type Source } from './application';
import type { ApplicationClient } from './client';
import type { Cluster } from './cluster';
import { SKIP_RECONCILE } from './decisions';
import { ManifestError, readManifests, type Manifest } from './manifests';
import type { Reflector } from './reflector';
import type { Repositories } from './repositories';
import { HEALTH_ANNOTATION, SYNC_ERROR_ANNOTATION, type Script } from './script';

/** How long each thing takes, in milliseconds. */
export interface Latencies {
  /** From a reason to compare to the end of the comparison. */
  readonly compare: number;
  /** From an operation's request to its start. */
  readonly start: number;
  /** From its start to its end. */
  readonly apply: number;
  /** From the end of a sync that changed a workload to Healthy. */
  readonly rollout: number;
  /** Between comparisons that nobody asked for. */
  readonly poll: number;
  /** Factor on the pauses between tries of a sync. */
  readonly retryScale: number;
}

/** What the two loops work with. */
export interface Parts {
  readonly client: ApplicationClient;
  readonly repositories: Repositories;
  readonly cluster: Cluster;
  readonly latencies: Latencies;
  /** Argo CD's own namespace. */
  readonly namespace: string;
  /** Namespaces whose Applications are looked after. */
  readonly namespaces: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

/** What the two loops share: the Applications as last seen, their scripts, their sources, and the way to write. */
export class Workbench {
  readonly counts = { comparisons: 0, operations: 0, writes: 0 };
  private readonly scripts = new Map<string, Script>();
  /** What the files of a commit say, by how they are read. */
  private readonly readings = new WeakMap<ReadonlyMap<string, Buffer>, Map<string, readonly Manifest[]>>();

  constructor(
    readonly parts: Parts,
    private readonly applications: Reflector,
  ) {}

  /** The Application, unless it is gone or to be left alone. */
  find(key: string): Application | undefined {
    const app = this.applications.get(key);
    return app?.metadata.annotations?.[SKIP_RECONCILE] === 'true' ? undefined : app;
  }

  setScript(key: string, script: Script | undefined): void {
    if (script === undefined) this.scripts.delete(key);
    else this.scripts.set(key, script);
  }

  /** The words that tell an Application's health, if any do. */
  healthScript(app: Application, images: readonly string[]): string | undefined {
    const { namespace, name, annotations } = app.metadata;
    const scripted = this.scripts.get(keyOf(app))?.health;
    const words = typeof scripted === 'function' ? scripted({ namespace, name, images }) : scripted;
    return words ?? annotations?.[HEALTH_ANNOTATION];
  }

  /** The message with which its syncs fail, if they are to. */
  syncError(app: Application): string | undefined {
    return this.scripts.get(keyOf(app))?.syncError ?? app.metadata.annotations?.[SYNC_ERROR_ANNOTATION];
  }

  /**
   * What the sources want, at the given revisions or, where those are empty, at what the spec names.
   *
   * @throws ManifestError in the words of Argo CD
   */
  async wanted(
    app: Application,
    revisions: readonly string[],
  ): Promise<{ readonly revisions: readonly string[]; readonly manifests: readonly Manifest[] }> {
    const { sources } = sourcesOf(app);
    const resolved: string[] = [];
    const manifests: Manifest[] = [];
    for (const [index, source] of sources.entries()) {
      try {
        if (source.chart !== undefined)
          throw new ManifestError('the railyard syncs from Git only, not from chart repositories');
        const repoURL = source.repoURL ?? '';
        const revision = revisions[index] || source.targetRevision || '';
        const commit = await this.parts.repositories.resolve(repoURL, revision);
        resolved.push(commit);
        if (source.path === undefined && source.ref !== undefined) continue;
        const files = await this.parts.repositories.files(repoURL, commit, source.path ?? '.');
        manifests.push(...this.manifestsIn(files, source, app.spec.destination.namespace ?? ''));
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        throw new ManifestError(
          `Failed to load target state: failed to generate manifest for source ${index + 1} of ${sources.length}: ` +
            `rpc error: code = Unknown desc = ${error.message}`,
          { cause: error },
        );
      }
    }
    return { revisions: resolved, manifests };
  }

  /** A commit is read three times on its way: compared, synced, and compared again. */
  private manifestsIn(files: ReadonlyMap<string, Buffer>, source: Source, namespace: string): readonly Manifest[] {
    const readings = this.readings.get(files) ?? new Map<string, readonly Manifest[]>();
    this.readings.set(files, readings);
    const how = JSON.stringify([source.directory, namespace]);
    const known = readings.get(how) ?? readManifests(files, source, namespace);
    readings.set(how, known);
    return known;
  }

  /** Merge-patches the Application. @returns it as it is now, `undefined` where it is gone */
  async write(app: Application, patch: object): Promise<Application | undefined> {
    this.counts.writes += 1;
    const written = await this.parts.client.patch(app.metadata.namespace, app.metadata.name, patch);
    if (written !== undefined) this.applications.remember(written);
    return written;
  }
}
