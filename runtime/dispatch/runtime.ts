/** One runtime against one cluster. */

import { join } from 'node:path';
import type { Patience } from '../argocd';
import { openGit } from '../git';
import type { Clock, SharedCluster } from '../kube';
import { systemClock, type Standing } from '../kube';
import type { Log } from '../log';
import { createRegistry } from '../registry';
import { createRenderer } from '../render';
import { gitCredential, registryCredential } from './credentials';
import { elected, type ElectionChoice } from './elected';
import { assemble, type Machine, type Ports } from './machine';
import { warmUp } from './warm';
import { type Scope, World } from './world';

export interface RuntimeOptions {
  readonly cluster: SharedCluster;
  /** Where caches live: mirrors of repositories. Lost without harm. */
  readonly folder: string;
  /** Registries to ask instead of others, by host: `ghcr.io` may be served by `http://127.0.0.1:5000`. @default - none */
  readonly registryMirrors?: ReadonlyMap<string, string>;
  /** How long Argo CD's word must stand before it counts, in milliseconds. @default 5000 */
  readonly settleMs?: number;
  /** Namespace of the operator's labelled credentials. @default - that of the kubeconfig context */
  readonly credentialsNamespace?: string;
  /** What of the cluster it looks at. @default - all of it */
  readonly scope?: Scope;
  /** How many tracks are decided on at once. @default 8 */
  readonly workers?: number;
  /** @default - this runtime works alone */
  readonly election?: ElectionChoice;
  readonly log: Log;
  /** @default - the machine's */
  readonly clock?: Clock;
  /** Numbers in [0, 1). @default - Math.random */
  readonly random?: () => number;
}

export interface Runtime {
  /** Whether it makes progress, and what keeps it from making any. */
  health(): { readonly ok: boolean; readonly problems: readonly string[] };
  /** Whether this one works, and who holds the lease; absent where nobody is elected. */
  standing(): Standing | undefined;
  /** Lets what is under way end, takes nothing more, and gives the lease back. */
  stop(): Promise<void>;
}

/** A watch that was silent for longer than this is dead, whatever it says. */
const SILENCE_LIMIT_MS = 120_000;

/** A decision that takes longer than this is stuck. */
const STUCK_MS = 60_000;

/**
 * Starts the runtime; resolves when its caches have been filled. It works from then on, or, where one is elected, as soon
 * as that is this one; until then its caches are kept in step, so that taking over takes no time.
 *
 * @throws TransientError naming what could not be listed, and why
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { cluster, log, folder, clock = systemClock, random = Math.random } = options;
  const now = (): Date => new Date(clock.now());
  const credentialsNamespace = options.credentialsNamespace ?? cluster.namespace;
  const world = new World({ ...options.scope, cluster, credentialsNamespace, clock, log });
  const git = openGit({ folder: join(folder, 'git'), credentials: async (url) => gitCredential(world, url), log, now });
  const renderer = createRenderer();
  const registry = createRegistry({
    ...(options.registryMirrors === undefined ? {} : { mirrors: options.registryMirrors }),
    credentials: async (host) => registryCredential(world, host),
  });
  const patience: Partial<Patience> = options.settleMs === undefined ? {} : { settleMs: options.settleMs };
  const { workers } = options;
  const tools = { world, git, renderer, registry, clock, random, log, patience };
  const ports: Ports = { ...tools, cluster, ...(workers === undefined ? {} : { workers }) };

  try {
    await world.start();
  } catch (error) {
    await world.stop();
    await git.close();
    throw error;
  }
  void warmUp(renderer, log);

  const chosen = options.election && elected(ports, cluster, options.election);
  const alone = chosen ? undefined : assemble(ports);
  if (chosen) chosen.election.start();
  else await alone?.start();
  const machine = (): Machine | undefined => alone ?? chosen?.machine();

  return {
    health() {
      const { contactAgeMs, lastError } = world.health();
      const longestRunningMs = machine()?.longestDecisionMs() ?? 0;
      const problems = [
        ...(contactAgeMs > SILENCE_LIMIT_MS
          ? [
              `the API server has been silent for ${Math.round(contactAgeMs / 1000)} s${lastError ? `: ${lastError}` : ''}`,
            ]
          : []),
        ...(longestRunningMs > STUCK_MS
          ? [`a decision has been running for ${Math.round(longestRunningMs / 1000)} s`]
          : []),
      ];
      return { ok: problems.length === 0, problems };
    },
    standing: () => chosen?.election.standing(),
    async stop() {
      await machine()?.drain();
      await chosen?.election.stop();
      await world.stop();
      await Promise.all([git.close(), renderer.close()]);
    },
  };
}
