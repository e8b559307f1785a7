/** `k8sta run`: the runtime against any cluster, until it is asked to end. */

import { isRetriable, messageOf, TransientError } from '../errors';
import { startRuntime, type Runtime, type RuntimeOptions, type Scope } from '../dispatch';
import type { ConnectedCluster } from '../kube';
import type { Log } from '../log';
import { Metrics } from '../metrics';
import { installedShim } from '../render';
import { openCluster } from './cluster';
import { serveBoard } from './dashboard';
import { electionFor, type ElectionOptions, isInCluster } from './election';
import { openFolder, packageVersion } from './folder';
import { logTo, type LogLevel } from './log';
import { requireKinds } from './preconditions';
import { serveProbes, serveReception, type ProbeOptions, type Progress } from './probes';
import { EXIT, type ExitCode, stopped, type Terminal } from './terminal';
import type { Commands, Mirrors } from './values';

export interface RunOptions extends ElectionOptions, ProbeOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly folder?: string;
  readonly registryMirror?: Mirrors;
  readonly renderCommand?: Commands;
  readonly registryNetwork?: readonly string[];
  readonly credentialsNamespace?: string;
  /** Seconds. */
  readonly settle: number;
  readonly credential?: readonly string[];
  readonly watchNamespace?: readonly string[];
  readonly argocdNamespace?: readonly string[];
  readonly kustomizeShim?: string;
  readonly logLevel: LogLevel;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Returns when the runtime has been asked to end and everything under way is finished.
 *
 * @throws TerminalError when kubeconfig or context cannot do, and a person sees it; in a cluster that is waited out too,
 * like everything that a restart would not mend
 */
export async function runRuntime(terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  const log = logTo(terminal, options.logLevel);
  const metrics = new Metrics({ version: packageVersion(), node: process.versions.node });
  metrics.watchProcess();
  const progress: Progress = { obstacle: 'it was started a moment ago' };
  const served = await serveProbes(terminal, options, progress, metrics, log);
  const folder = await openFolder(terminal, options.folder, 'caches');
  try {
    const { registryMirror: registryMirrors, registryNetwork: registryNetworks, credentialsNamespace } = options;
    const { renderCommand: renderCommands, kustomizeShim: shim = installedShim() } = options;
    const wanted = {
      folder: folder.path,
      settleMs: options.settle * 1000,
      metrics,
      log,
      scope: scopeOf(options),
      ...(registryMirrors === undefined ? {} : { registryMirrors }),
      ...(renderCommands === undefined ? {} : { renderCommands }),
      ...(registryNetworks === undefined ? {} : { registryNetworks }),
      ...(credentialsNamespace === undefined ? {} : { credentialsNamespace }),
      ...(shim === undefined ? {} : { shim }),
    };
    const started = await startPatiently(terminal, options, wanted, progress);
    if (started === undefined) return EXIT.done;
    const { runtime, cluster } = started;
    progress.runtime = runtime;
    const reception = await serveReception(options, runtime, log);
    const board = await serveBoard(options, runtime, cluster, log);
    await stopped(terminal);
    log.info({}, 'Asked to end: finishing what is under way');
    await board?.close();
    await reception?.close();
    await runtime.stop();
    log.info({}, 'Ended');
    return EXIT.done;
  } finally {
    await served?.close();
    folder.release();
  }
}

type Wanted = Omit<RuntimeOptions, 'cluster' | 'election'> & { readonly metrics: Metrics };

/**
 * Starts it as soon as that can be done, however long it takes: what is missing is said once, and looked for again.
 *
 * @returns nothing when the command was asked to end before
 */
async function startPatiently(
  terminal: Terminal,
  options: RunOptions,
  wanted: Wanted,
  progress: Progress,
): Promise<{ readonly runtime: Runtime; readonly cluster: ConnectedCluster } | undefined> {
  const { log, metrics } = wanted;
  const end = stopped(terminal).then(() => undefined);
  let cluster: ConnectedCluster | undefined;
  for (let pause = FIRST_PAUSE_MS; !terminal.stop.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      cluster ??= openCluster(options, { onCall: (call) => metrics.called(call) });
    } catch (error) {
      if (!isInCluster(terminal)) throw error;
      await patience(error, pause, end, progress, log);
      continue;
    }
    const start = begin(terminal, options, wanted, cluster);
    try {
      const runtime = await Promise.race([start, end]);
      // Asked to end meanwhile: what has begun to start ends as soon as it has.
      if (runtime === undefined) void start.then((late) => late.stop()).catch(() => undefined);
      return runtime && { runtime, cluster };
    } catch (error) {
      await patience(error, pause, end, progress, log);
    }
  }
  return undefined;
}

async function begin(
  terminal: Terminal,
  options: RunOptions,
  wanted: Wanted,
  cluster: ConnectedCluster,
): Promise<Runtime> {
  await requireKinds(cluster, wanted.scope);
  const election = electionFor(terminal, cluster, options);
  const runtime = await startRuntime({ ...wanted, cluster, ...(election === undefined ? {} : { election }) });
  const { notes } = runtime.readiness();
  wanted.log.info({ server: cluster.server, context: cluster.context, notes }, 'The runtime runs');
  return runtime;
}

/** Says what is wrong, the same words once, and waits before the next attempt. */
async function patience(
  error: unknown,
  pause: number,
  end: Promise<unknown>,
  progress: Progress,
  log: Log,
): Promise<void> {
  const words = messageOf(error);
  const waitMs = error instanceof TransientError ? (error.retryAfterMs ?? pause) : pause;
  const level = words === progress.obstacle ? 'debug' : isRetriable(error) ? 'warn' : 'error';
  log[level]({ error: words, waitMs }, 'The cluster cannot be worked with yet: trying again');
  progress.obstacle = words;
  await Promise.race([new Promise((resolve) => setTimeout(resolve, waitMs)), end]);
}

/** What is not said is not narrowed. */
function scopeOf({ watchNamespace, argocdNamespace, credential, shard }: RunOptions): Scope {
  return {
    ...(shard === undefined ? {} : { shard }),
    ...(watchNamespace === undefined ? {} : { namespaces: watchNamespace }),
    ...(argocdNamespace === undefined ? {} : { argocdNamespaces: argocdNamespace }),
    ...(credential === undefined ? {} : { credentialNames: credential }),
  };
}
