import {
  inStatusShape,
  keyOf,
  sourcesOf,
  written,
  type Application,
  type Comparison,
  type Condition,
  type Health,
  type Operation,
  type ResourceStatus,
  type Status,
} from './application';
import { StatusError } from './client';
import { compare } from './cluster';
import {
  automatedSync,
  comparedTo,
  conditionsSince,
  healthSince,
  needsComparison,
  REFRESH,
  REFRESH_TIMESTAMP,
  specError,
} from './decisions';
import { KINDS_WITH_HEALTH, ManifestError } from './manifests';
import { mergePatch } from './merge';
import { KeyQueue } from './queue';
import { pause } from './reflector';
import { healthOf, type HealthNow } from './script';
import type { Workbench } from './workbench';

/** As many at a time as Argo CD's controller has by default. */
const PROCESSORS = 20;
const FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** What one comparison found. */
interface Findings {
  readonly comparison: Comparison;
  /** Undefined where what the branch wants could not be read. */
  readonly resources: readonly ResourceStatus[] | undefined;
  readonly conditions: readonly Condition[];
}

/** The loop that compares branch and cluster, writes sync, health and conditions, and starts automated syncs. */
export class ComparisonLoop {
  readonly queue: KeyQueue;
  /** Keys that must be compared although their status does not say so. */
  private readonly requested = new Set<string>();

  constructor(private readonly bench: Workbench) {
    this.queue = new KeyQueue((key) => this.look(key), PROCESSORS, bench.parts.onError);
  }

  /** Compares the Application again, whatever its status says. */
  request(key: string): void {
    this.requested.add(key);
    this.queue.add(key);
  }

  private async look(key: string): Promise<void> {
    const { latencies, signal, now } = this.bench.parts;
    const seen = this.bench.find(key);
    if (seen === undefined) return;
    if (seen.metadata.deletionTimestamp !== undefined) return this.finalise(seen);
    if (!this.requested.has(key) && !needsComparison(seen, now(), latencies.poll)) {
      const age = now().getTime() - new Date(seen.status?.reconciledAt ?? 0).getTime();
      this.queue.addAfter(key, Math.max(latencies.poll - age, 0));
      return this.updateHealth(seen);
    }
    await pause(latencies.compare, signal);
    const app = this.bench.find(key);
    if (app === undefined || signal.aborted) return;
    this.requested.delete(key);
    await this.reconcile(app);
    this.queue.addAfter(key, latencies.poll);
  }

  private async reconcile(app: Application): Promise<void> {
    this.bench.counts.comparisons += 1;
    // Taken before the comparison, as Argo CD does: what happens meanwhile is younger than this time.
    const now = this.bench.parts.now();
    const before = app.status ?? {};
    const invalid = specError(app) ?? (await this.projectError(app));
    if (invalid !== undefined) {
      const found = [{ type: 'InvalidSpecError', message: invalid }];
      const sync = { ...before.sync, status: 'Unknown' as const };
      const health = healthSince(before.health, { status: 'Unknown' }, now);
      return this.persist(app, { ...before, sync, health, conditions: conditionsSince(before.conditions, found, now) });
    }
    const { comparison, resources: wanted, conditions } = await this.compare(app);
    const resources = wanted ?? before.resources ?? [];
    const automated = automatedSync(app, comparison, resources);
    if (automated.kind === 'Start') await this.startSync(app, automated.operation);
    const gaveUp = automated.kind === 'GaveUp' ? [{ type: 'SyncError', message: automated.message }] : [];
    const { health, images, problem } = await this.healthOf(app, resources, now);
    await this.persist(app, {
      ...before,
      sync: comparison,
      health,
      conditions: conditionsSince(before.conditions, [...conditions, ...gaveUp, ...problem], now),
      reconciledAt: written(now),
      resourceHealthSource: 'appTree',
      controllerNamespace: this.bench.parts.namespace,
      ...(wanted === undefined
        ? {}
        : { resources, sourceType: 'Directory', summary: images.length === 0 ? {} : { images } }),
    });
  }

  private async projectError({ spec }: Application): Promise<string | undefined> {
    const project = spec.project || 'default';
    if (await this.bench.parts.client.hasProject(this.bench.parts.namespace, project)) return undefined;
    return `Application referencing project ${project} which does not exist`;
  }

  private async compare(app: Application): Promise<Findings> {
    try {
      const { revisions, manifests } = await this.bench.wanted(app, []);
      const { status, resources } = compare(manifests, await this.bench.parts.cluster.of(keyOf(app)));
      const { revision, revisions: several } = inStatusShape(app, revisions);
      return {
        comparison: { status, revision, revisions: several, comparedTo: comparedTo(app) },
        resources,
        conditions: [],
      };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      const asked = sourcesOf(app).sources.map(({ targetRevision = '' }) => targetRevision);
      const { revision, revisions } = inStatusShape(app, asked);
      const comparison = { status: 'Unknown' as const, revision, revisions, comparedTo: comparedTo(app) };
      return { comparison, resources: undefined, conditions: [{ type: 'ComparisonError', message: error.message }] };
    }
  }

  /** Writes a new status, and takes away the refresh that it answers; one that was asked for meanwhile stays. */
  private async persist(app: Application, status: Status): Promise<void> {
    const annotations = app.metadata.annotations ?? {};
    const current = this.bench.find(keyOf(app))?.metadata.annotations ?? {};
    const answered = REFRESH in annotations && annotations[REFRESH_TIMESTAMP] === current[REFRESH_TIMESTAMP];
    const change = mergePatch({ ...app.status }, { ...status });
    if (!answered && change === undefined) return;
    await this.bench.write(app, {
      ...(answered ? { metadata: { annotations: { [REFRESH]: null, [REFRESH_TIMESTAMP]: null } } } : {}),
      ...(change === undefined ? {} : { status: change }),
    });
  }

  /** Health follows the cluster at once, without a comparison. */
  private async updateHealth(app: Application): Promise<void> {
    const { health: before, conditions, resources = [] } = app.status ?? {};
    if (conditions?.some(({ type }) => type === 'InvalidSpecError') === true) return;
    const { health } = await this.healthOf(app, resources, this.bench.parts.now());
    if (before?.status === health.status && before.message === health.message) return;
    await this.bench.write(app, { status: { health: { ...health, message: health.message ?? null } } });
  }

  private async healthOf(
    app: Application,
    resources: readonly ResourceStatus[],
    now: Date,
  ): Promise<{ health: Health; images: readonly string[]; problem: readonly Condition[] }> {
    const key = keyOf(app);
    const live = await this.bench.parts.cluster.of(key);
    const images = [...new Set(live.manifests.flatMap((manifest) => manifest.images))].sort();
    let found: HealthNow;
    let problem: readonly Condition[] = [];
    try {
      found = healthOf(this.bench.healthScript(app, images), live, this.bench.parts.latencies.rollout, now);
    } catch (error) {
      const message = `health script of ${key}: ${error instanceof Error ? error.message : String(error)}`;
      problem = [{ type: 'UnknownError', message }];
      found = { health: { status: 'Unknown', message } };
    }
    // What was never applied is missing, whatever the script says, if it is of a kind that has health; as with Argo CD.
    const isMissing = live.manifests.length === 0 && resources.some(({ kind }) => KINDS_WITH_HEALTH.has(kind));
    if (isMissing) found = { health: { status: 'Missing' } };
    if (found.changesInMs !== undefined) this.queue.addAfter(key, found.changesInMs);
    return { health: healthSince(app.status?.health, found.health, now), images, problem };
  }

  /** Starts a sync, unless the Application has changed since it was read: then it is compared again. */
  private async startSync(app: Application, operation: Operation): Promise<void> {
    try {
      const { resourceVersion } = app.metadata;
      await this.bench.write(app, { metadata: { resourceVersion }, operation, status: { operationState: null } });
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 409)) throw error;
      this.request(keyOf(app));
    }
  }

  /** Deletes what the Application put into the cluster, where its finalizer asks for that, and lets it go. */
  private async finalise(app: Application): Promise<void> {
    const { finalizers = [] } = app.metadata;
    const others = finalizers.filter((finalizer) => !finalizer.startsWith(FINALIZER));
    if (others.length === finalizers.length) return;
    await this.bench.parts.cluster.remove(keyOf(app));
    await this.bench.write(app, { metadata: { finalizers: others } });
  }
}
