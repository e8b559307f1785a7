/**
 * The railyard: a Kubernetes API, a stand-in for Argo CD, a Git server and an image registry in one process, for demo,
 * tests and local work. All listen on the loopback interface and speak their real protocols; nothing here is reached
 * through memory. Here lives what puts the four together on one folder; each has a folder of its own below.
 */
import { join } from 'node:path';
import { startArgoCD, type ArgoCD } from './argocd';
import { startGitServer, type GitServer, type GitServerOptions } from './git';
import { Home, type Ports } from './home';
import { installArgoCD } from './installation';
import { startKubernetes, type KubernetesOptions, type KubernetesServer, type RequestCounts } from './kubernetes';
import { PortInUseError } from './loopback';
import { startRegistry, type Registry, type RegistryOptions } from './registry';

export { PortInUseError } from './loopback';
export { publishImage, type PublishOptions } from './registry';

/** How a railyard is started. */
export interface RailyardOptions {
  /** Where everything is kept; a restart on it goes on where it stood. @default a temporary one, removed on stop */
  readonly folder?: string;
  /** @default the ports of the last run on this folder where they are free, else any */
  readonly ports?: Partial<Ports>;
  /** Factor on Argo CD's real latencies; 0 is at once. @default 1 */
  readonly latencyScale?: number;
  /** Milliseconds between comparisons that nobody asked Argo CD for. @default as `ArgoCDOptions.pollIntervalMs` */
  readonly pollIntervalMs?: number;
  /** Namespaces besides `argocd` whose Applications Argo CD looks after. @default none */
  readonly applicationNamespaces?: readonly string[];
  /** Further settings of the Kubernetes API, such as who is told of each request. @default none */
  readonly kubernetes?: Omit<KubernetesOptions, 'folder' | 'port'>;
  /** Credentials of, and interference with, the Git server. @default neither */
  readonly git?: Pick<GitServerOptions, 'credentials' | 'createOnPush' | 'intercept'>;
  /** Credentials of, and interference with, the registry. @default neither */
  readonly registry?: Pick<RegistryOptions, 'credentials' | 'intercept'>;
  /** Told of everything that went wrong in Argo CD's stand-in and is tried again. @default nobody */
  readonly onError?: (error: unknown) => void;
}

/** A running railyard. */
export interface Railyard {
  readonly folder: string;
  /** File that a Kubernetes client reads; stays valid over restarts as long as the port does. */
  readonly kubeconfigPath: string;
  readonly kubernetesURL: string;
  /** A repository is at `<gitURL>/<name>.git`, made by its first push. */
  readonly gitURL: string;
  /** To be configured as the mirror of every registry host that images come from. */
  readonly registryURL: string;
  readonly kubernetes: KubernetesServer;
  readonly git: GitServer;
  readonly registry: Registry;
  readonly argocd: ArgoCD;
  /** What has been asked of each part since the start. */
  readonly counts: Counts;
  /** Ends everything, and removes a temporary folder. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** Counters since the start. */
export interface Counts {
  /** All clients together; what Argo CD's stand-in writes among it is `argocd.writes`. */
  readonly kubernetes: RequestCounts;
  readonly git: GitServer['counts'];
  readonly registry: Registry['counts'];
  readonly argocd: ArgoCD['counts'];
}

const ARGOCD_NAMESPACE = 'argocd';
/** Argo CD's own resource definitions, beside the folder of this code both as source and as package. */
const DEFINITIONS = join(__dirname, '..', '..', 'imports', 'argocd-crds');

/**
 * Starts a railyard.
 *
 * @throws PortInUseError where a port that was asked for is taken, naming it and a free one; Error where another process
 *   has the folder
 */
export async function startRailyard(options: RailyardOptions = {}): Promise<Railyard> {
  const home = await Home.open(options.folder);
  const stops: (() => Promise<void>)[] = [() => home.close()];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll(stops));
  try {
    return { ...(await startParts(home, options, stops)), folder: home.folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  home: Home,
  options: RailyardOptions,
  stops: (() => Promise<void>)[],
): Promise<Omit<Railyard, 'folder' | 'stop'>> {
  const last = await home.lastPorts();
  async function at<Part extends { stop(): Promise<void> }>(
    name: keyof Ports,
    start: (port: number) => Promise<Part>,
  ): Promise<Part> {
    const part = await startAt(options.ports?.[name], last[name], start);
    stops.push(() => part.stop());
    return part;
  }
  const [kubernetes, git, registry] = await allOf(
    at('kubernetes', (port) => startKubernetes({ ...options.kubernetes, folder: home.path('kubernetes'), port })),
    at('git', (port) => startGitServer({ ...options.git, folder: home.path('git'), port })),
    at('registry', (port) => startRegistry({ ...options.registry, folder: home.path('registry'), port })),
  );
  await home.rememberPorts({ kubernetes: kubernetes.port, git: git.port, registry: registry.port });
  const kubeconfigPath = await home.write('kubeconfig', kubernetes.kubeconfig());
  await installArgoCD({ url: kubernetes.url }, DEFINITIONS, ARGOCD_NAMESPACE);
  const argocd = await startArgoCD({
    kubernetes: { url: kubernetes.url },
    folder: home.path('argocd'),
    namespace: ARGOCD_NAMESPACE,
    applicationNamespaces: options.applicationNamespaces,
    latencyScale: options.latencyScale,
    pollIntervalMs: options.pollIntervalMs,
    credentials: options.git?.credentials && { ...options.git.credentials, url: git.url },
    onError: options.onError,
  });
  stops.push(() => argocd.stop());
  return {
    kubeconfigPath,
    kubernetesURL: kubernetes.url,
    gitURL: git.url,
    registryURL: registry.url,
    kubernetes,
    git,
    registry,
    argocd,
    counts: { kubernetes: kubernetes.requests, git: git.counts, registry: registry.counts, argocd: argocd.counts },
  };
}

/** A port that was asked for is used or refused; one that was merely used last gives way to any other. */
async function startAt<Part>(
  asked: number | undefined,
  last: number | undefined,
  start: (port: number) => Promise<Part>,
): Promise<Part> {
  if (asked !== undefined || last === undefined) return start(asked ?? 0);
  try {
    return await start(last);
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error;
    return start(0);
  }
}

/** Like `Promise.all`, but nothing is still starting when it rejects. */
async function allOf<const Parts extends readonly Promise<unknown>[]>(
  ...parts: Parts
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

/** The other way round than started; a part that fails to stop keeps no other from stopping. */
async function stopAll(stops: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.toReversed()) {
    await stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
