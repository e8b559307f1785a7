/** `k8sta run`: the runtime against any cluster, until it is asked to end. */

import { isRetriable, messageOf, TransientError } from '../errors';
import { startRuntime, type Runtime, type RuntimeOptions, type Scope } from '../dispatch';
import type { Log } from '../log';
import { openCluster, resources } from './cluster';
import { electionFor, type ElectionOptions } from './election';
import { openFolder } from './folder';
import { serveHealth } from './health';
import { logTo, type LogLevel } from './log';
import { EXIT, type ExitCode, stopped, type Terminal } from './terminal';
import type { Mirrors } from './values';

export interface RunOptions extends ElectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly folder?: string;
  readonly registryMirror?: Mirrors;
  readonly healthPort?: number;
  readonly credentialsNamespace?: string;
  /** Seconds. */
  readonly settle: number;
  readonly credential?: readonly string[];
  readonly watchNamespace?: readonly string[];
  readonly argocdNamespace?: readonly string[];
  readonly logLevel: LogLevel;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Returns when the runtime has been asked to end and everything under way is finished.
 *
 * @throws TerminalError when kubeconfig, context or cluster cannot do; a cluster that does not answer is waited for
 */
export async function runRuntime(terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  const log = logTo(terminal, options.logLevel);
  const cluster = openCluster(options);
  let runtime: Runtime | undefined;
  const health =
    options.healthPort === undefined
      ? undefined
      : await serveHealth(options.healthPort, () => runtime?.health() ?? { ok: false, problems: ['not started yet'] });
  if (health !== undefined) log.info({ healthPort: health.port }, 'Health is answered at /healthz');
  const folder = await openFolder(terminal, options.folder, 'caches');
  try {
    const { registryMirror: registryMirrors, credentialsNamespace } = options;
    const election = electionFor(terminal, cluster, options);
    const wanted: RuntimeOptions = {
      cluster,
      ...(election === undefined ? {} : { election }),
      folder: folder.path,
      settleMs: options.settle * 1000,
      log,
      scope: scopeOf(options),
      ...(registryMirrors === undefined ? {} : { registryMirrors }),
      ...(credentialsNamespace === undefined ? {} : { credentialsNamespace }),
    };
    runtime = await startPatiently(terminal, wanted, log);
    if (runtime === undefined) return EXIT.done;
    log.info({ server: cluster.server, context: cluster.context }, 'The runtime runs');
    await stopped(terminal);
    log.info({}, 'Asked to end: finishing what is under way');
    await runtime.stop();
    log.info({}, 'Ended');
    return EXIT.done;
  } finally {
    await health?.close();
    folder.release();
  }
}

/**
 * Waits for a cluster that does not answer, however long: a restart would not help it. What nobody but a person can
 * mend ends the command at once.
 *
 * @returns nothing when the command was asked to end before
 */
async function startPatiently(terminal: Terminal, options: RuntimeOptions, log: Log): Promise<Runtime | undefined> {
  const end = stopped(terminal).then(() => undefined);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      await Promise.race([requireKinds(options), end]);
      if (terminal.stop.aborted) return undefined;
      return await Promise.race([startRuntime(options), end]);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      const waitMs = error instanceof TransientError ? (error.retryAfterMs ?? pause) : pause;
      log.warn({ error: messageOf(error), waitMs }, 'The cluster cannot be worked with yet: trying again');
      await Promise.race([new Promise((resolve) => setTimeout(resolve, waitMs)), end]);
      if (terminal.stop.aborted) return undefined;
    }
  }
}

const DEFINE = 'apply the definitions first: k8sta crds | kubectl apply --server-side -f -';

/** Listed where they are looked at: a runtime needs no right elsewhere. */
async function requireKinds({ cluster, scope = {} }: RuntimeOptions): Promise<void> {
  const { tracks, stations, tickets, applications } = resources;
  const within = (namespaces: readonly string[] | undefined) => namespaces?.map((namespace) => ({ namespace })) ?? [{}];
  await cluster.check([
    ...[tracks, stations, tickets].flatMap((resource) =>
      within(scope.namespaces).map((place) => ({ resource, ...place, fix: DEFINE })),
    ),
    ...within(scope.argocdNamespaces).map((place) => ({ resource: applications, ...place, fix: 'install Argo CD' })),
  ]);
}

/** What is not said is not narrowed. */
function scopeOf({ watchNamespace, argocdNamespace, credential }: RunOptions): Scope {
  return {
    ...(watchNamespace === undefined ? {} : { namespaces: watchNamespace }),
    ...(argocdNamespace === undefined ? {} : { argocdNamespaces: argocdNamespace }),
    ...(credential === undefined ? {} : { credentialNames: credential }),
  };
}
