/** Brings up everything that a ride needs, side by side where nothing waits for anything. */

import { join } from 'node:path';
import { crds } from '../../../lib/api/crd';
import { startRuntime, type Runtime } from '../../dispatch';
import { connect, type Cluster, type Draft, type ConnectedCluster } from '../../kube';
import type { Log } from '../../log';
import { publishImage, type Railyard } from '../../railyard';
import { TransientError } from '../../errors';
import { installedShim } from '../../render';
import type { Folder } from '../folder';
import { closeRailyard, openRailyard, type RailyardOptions } from '../railyard';
import { readManifests, type Manifest, type ManifestObject } from '../manifests';
import { layOutInto } from '../layout';
import { hasPage, openDashboard } from '../dashboard';
import { followNetwork, type NetworkFeed } from './feed';
import { pushSource } from './source';
import type { Stopwatch } from './stopwatch';
import { synthesise } from './synth';

/** What rides in the demo. */
export const EXAMPLE = {
  folder: 'examples/guestbook',
  source: 'examples/guestbook/source',
  repository: 'guestbook.git',
  image: 'ghcr.io/acme/guestbook',
  tag: '1.2.0',
} as const;

export interface World {
  readonly railyard: Railyard;
  readonly cluster: Cluster;
  readonly feed: NetworkFeed;
  /** Where the dashboard is, if it is served. */
  readonly dashboardURL?: string;
  /** Ends the runtime, then the railyard. */
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Folder of this package. */
  readonly project: string;
  readonly folder: Folder;
  readonly railyard: RailyardOptions;
  readonly log: Log;
  readonly stopwatch: Stopwatch;
  readonly stop: AbortSignal;
  /** 0 for any free one. @default - no dashboard is served */
  readonly dashboardPort?: number;
}

/**
 * Ready when the tracks are applied: from there on the runtime does everything.
 *
 * @throws Error of whatever could not be brought up; what had been is ended first
 */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { folder, stopwatch } = options;
  const ends: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const railyard = await stopwatch.time('railyard', () => openRailyard(folder, options.railyard, options.log));
    ends.push(() => closeRailyard(folder, railyard));
    const cluster = connect({ kubeconfig: railyard.kubeconfigPath });
    const [manifests, { feed, dashboardURL }] = await together(
      stopwatch.time('synth', () => readNetwork(options, railyard)),
      stopwatch.time('runtime', () => openRuntime(options, railyard, cluster, ends)),
      stopwatch.time('image', () => publishImage(railyard.registryURL, `${EXAMPLE.image}:${EXAMPLE.tag}`)),
    );
    await stopwatch.time('source', () => openSource(options, railyard, manifests));
    await stopwatch.time('apply', () => applyAll(cluster, manifests));
    return { railyard, cluster, feed, close, ...(dashboardURL === undefined ? {} : { dashboardURL }) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Like `Promise.all`, but nothing is still being brought up when it rejects. */
async function together<const T extends readonly Promise<unknown>[]>(
  ...work: T
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function readNetwork({ project, folder, stop }: WorldOptions, { gitURL }: Railyard): Promise<Manifest[]> {
  const output = join(folder.path, 'synth');
  const env = { GUESTBOOK_REPOSITORY: `${gitURL}/${EXAMPLE.repository}`, GUESTBOOK_INTERVAL_SECONDS: '2' };
  await synthesise({ example: join(project, EXAMPLE.folder), output, env }, stop);
  return readManifests(output);
}

/** Nobody signs in, so nobody from elsewhere comes. */
const LOOPBACK = '127.0.0.1';

/** How long Argo CD's word must stand in a cluster before it counts; scaled like the stand-in's latencies. */
const SETTLE_MS = 5_000;

async function openRuntime(
  { folder, log, dashboardPort, railyard: { latencyScale: scale = 1 } }: WorldOptions,
  { registryURL }: Railyard,
  cluster: ConnectedCluster,
  ends: (() => Promise<void>)[],
): Promise<Pick<World, 'feed' | 'dashboardURL'>> {
  await Promise.all(crds().map((crd) => applyPatiently(cluster, { ...crd })));
  const [registry = ''] = EXAMPLE.image.split('/');
  const shim = installedShim();
  const runtime: Runtime = await startRuntime({
    cluster,
    folder: join(folder.path, 'caches'),
    registryMirrors: new Map([[registry, registryURL]]),
    settleMs: SETTLE_MS * scale,
    // Somebody watches, from the first second on.
    eager: true,
    ...(shim === undefined ? {} : { shim }),
    log,
  });
  ends.push(() => runtime.stop());
  const feed = await followNetwork(cluster, log);
  ends.push(() => feed.stop());
  if (dashboardPort === undefined || !hasPage()) return { feed };
  const choice = { address: LOOPBACK, port: dashboardPort, open: true };
  const dashboard = await openDashboard(choice, runtime, cluster, log);
  ends.push(() => dashboard.close());
  return { feed, dashboardURL: `http://${LOOPBACK}:${dashboard.port}/` };
}

async function openSource(
  { project, folder }: WorldOptions,
  { gitURL }: Railyard,
  manifests: Manifest[],
): Promise<void> {
  await pushSource({
    url: `${gitURL}/${EXAMPLE.repository}`,
    files: join(project, EXAMPLE.source),
    workFolder: join(folder.path, 'source'),
    layOut: async (into) => void (await layOutInto(into, manifests)),
  });
}

/** What others refer to comes first, whatever else there is after it, and the tracks last: they begin to board at once. */
const FIRST = ['Namespace', 'Application', 'Station'];
const LAST = ['Track'];

async function applyAll(cluster: Cluster, manifests: readonly Manifest[]): Promise<void> {
  const objects = manifests.map(({ object }) => object);
  const given = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  const wanted = new Set(objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== undefined));
  const namespaces = [...wanted]
    .filter((name) => !given.has(name))
    .map((name): ManifestObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  const all = [...namespaces, ...objects];
  const batches = [
    ...FIRST.map((kind) => all.filter((object) => object.kind === kind)),
    all.filter(({ kind }) => ![...FIRST, ...LAST].includes(kind)),
    ...LAST.map((kind) => all.filter((object) => object.kind === kind)),
  ];
  for (const batch of batches) {
    await Promise.all(batch.map((object) => applyPatiently(cluster, { ...object })));
  }
}

const APPLY_DEADLINE_MS = 10_000;
const APPLY_PAUSE_MS = 25;

/** A kind is served a moment after its definition was applied. */
async function applyPatiently(cluster: Cluster, object: Draft): Promise<void> {
  const end = Date.now() + APPLY_DEADLINE_MS;
  for (;;) {
    try {
      await cluster.apply(object);
      return;
    } catch (error) {
      if (!(error instanceof TransientError) || Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, APPLY_PAUSE_MS));
    }
  }
}
