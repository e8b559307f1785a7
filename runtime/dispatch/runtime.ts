/** One runtime against one cluster. */

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Patience } from '../argocd';
import { createForges } from '../forge';
import { openGit } from '../git';
import type { Clock, ConnectedCluster } from '../kube';
import { systemClock, type Standing } from '../kube';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import { createPost } from '../notifications';
import { Connections, createCharts, createRegistry } from '../registry';
import { createRenderer } from '../render';
import { forgeCredential, gitCredential, registryCredential, signingKey } from './credentials';
import { dropUnnamed } from './caches/disuse';
import { elected, type ElectionChoice } from './elected';
import { clockWords, leadWords, stuck, unready, vitalsOf, type Vitals } from './health';
import { Hints } from './looks/hints';
import { assemble, type Machine, type Ports } from './machine';
import { measure, measuredGit, measuredRenderer } from './measure';
import { Reception } from './looks/reception';
import { type Sight, sightOf } from './sight';
import { wakeForTickets } from './caches/warm';
import { type Scope, World } from './caches/world';

const JOBS_FOR_EACH_PROCESSOR = 4;

export interface RuntimeOptions {
  readonly cluster: ConnectedCluster;
  /** Where caches live: mirrors of repositories. Lost without harm. */
  readonly folder: string;
  /** Registries to ask instead of others, by host: `ghcr.io` may be served by `http://127.0.0.1:5000`. @default - none */
  readonly registryMirrors?: ReadonlyMap<string, string>;
  /** Programs that render, by name. @default - helm and ytt, from the PATH */
  readonly renderCommands?: ReadonlyMap<string, string>;
  /** Networks in which registries may be although such addresses are refused otherwise: loopback, link-local. @default - none */
  readonly registryNetworks?: readonly string[];
  /** How long Argo CD's word must stand before it counts, in milliseconds. @default 5000 */
  readonly settleMs?: number;
  /** Namespace of the operator's labelled credentials. @default - that of the kubeconfig context */
  readonly credentialsNamespace?: string;
  /** What of the cluster it looks at. @default - all of it */
  readonly scope?: Scope;
  /** How many tracks are decided on at once. @default 8 */
  readonly workers?: number;
  /** How many jobs run at once that read or write Git. @default - four for each processor: most wait for a server */
  readonly jobs?: number;
  /** Native shim of the renderer. @default - none: the WebAssembly of the package renders, which gives the same */
  readonly shim?: string;
  /** Whether the renderer is made ready at once, and not when the first ticket appears. @default false */
  readonly eager?: boolean;
  /** @default - this runtime works alone */
  readonly election?: ElectionChoice;
  /** @default - nothing is measured */
  readonly metrics?: Metrics;
  readonly log: Log;
  /** @default - the machine's */
  readonly clock?: Clock;
  /** Numbers in [0, 1). @default - Math.random */
  readonly random?: () => number;
}

const limitsOf = ({
  workers,
  jobs = JOBS_FOR_EACH_PROCESSOR * availableParallelism(),
}: RuntimeOptions): Pick<Ports, 'workers' | 'jobs'> => ({ jobs, ...(workers !== undefined && { workers }) });

export interface Runtime {
  /** What only a restart helps, in sentences; none while it gets any further. */
  stuck(): readonly string[];
  /** What keeps it from working, or from taking over; and what else is worth knowing. */
  readiness(): { readonly problems: readonly string[]; readonly notes: readonly string[] };
  /** Where webhooks are taken, whether or not this runtime leads. */
  readonly reception: Pick<Reception, 'take' | 'open'>;
  /** What the dashboard sees, whether or not this runtime leads. */
  readonly sight: Sight;
  /** Lets what is under way end, takes nothing more, and gives the lease back. */
  stop(): Promise<void>;
}

/**
 * Starts the runtime; resolves when its caches have been filled. It works from then on, or, where one is elected, as soon
 * as that is this one; until then its caches are kept in step, so that taking over takes no time.
 *
 * @throws TransientError naming what could not be listed, and why
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { cluster, log, folder, metrics, clock = systemClock, random = Math.random } = options;
  const now = (): Date => new Date(clock.now());
  const credentialsNamespace = options.credentialsNamespace ?? cluster.namespace;
  const world = new World({ ...options.scope, cluster, credentialsNamespace, clock, log });
  const bareGit = openGit({
    folder: join(folder, 'git'),
    credentials: async (url) => gitCredential(world, url),
    signingKey: async (url) => signingKey(world, url),
    log,
    now,
  });
  const registries = {
    mirrors: options.registryMirrors,
    networks: options.registryNetworks,
    credentials: async (repoURL: string) => registryCredential(world, repoURL),
    clock,
  };
  const connections = new Connections(registries);
  const charts = createCharts({ folder: join(folder, 'charts') }, connections);
  const bareRenderer = createRenderer({
    pullChart: (chart, signal) => charts.pull(chart, signal),
    log,
    folder: join(folder, 'render'),
    ...(options.shim !== undefined && { shim: options.shim }),
    commands: options.renderCommands,
  });
  const git = metrics ? measuredGit(bareGit, metrics) : bareGit;
  const renderer = metrics ? measuredRenderer(bareRenderer, metrics) : bareRenderer;
  const forges = createForges({ credentials: async (repoURL) => forgeCredential(world, repoURL), now });
  const registry = createRegistry({}, connections);
  const patience: Partial<Patience> = options.settleMs === undefined ? {} : { settleMs: options.settleMs };
  const tools = { world, git, forges, renderer, registry, charts, clock, random, log, patience };
  const post = createPost(options.registryNetworks);
  const ports: Ports = { ...tools, cluster, post, ...(metrics && { metrics }), ...limitsOf(options) };

  try {
    await world.start();
  } catch (error) {
    await world.stop();
    await git.close();
    throw error;
  }
  // Windows, soaks and deadlines go by the time of day: where this clock is off, another one does better.
  const unfit = (): string | undefined => clockWords(cluster.clockAheadMs);
  const chosen = options.election && elected(ports, cluster, { ...options.election, unfit });
  const alone = chosen ? undefined : assemble(ports);
  if (chosen) chosen.election.start();
  else await alone?.start();
  const machine = (): Machine | undefined => alone ?? chosen?.machine();
  const standing = (): Standing | undefined => chosen?.election.standing();

  const isAtWork = (): boolean => machine() !== undefined;
  const sleep = wakeForTickets(world.tickets, bareRenderer, { isAtWork, eager: options.eager, log });
  const dropNoMore = dropUnnamed(world, bareGit, { clock, log });
  const vitals = (): Vitals => vitalsOf(world, machine(), standing());
  const hints = new Hints({ cluster, world, clock, log });
  const reception = new Reception({ world, hints, clock, log, metrics });
  const deafen = metrics && measure(metrics, { world, clock, machine, standing });

  return {
    reception,
    sight: sightOf(world, tools),
    stuck: () => stuck(vitals()),
    readiness() {
      const clockOff = clockWords(cluster.clockAheadMs);
      const clockProblem = clockOff === undefined ? [] : [clockOff];
      const lead = leadWords(standing());
      return chosen
        ? { problems: [...unready(vitals()), ...clockProblem], notes: [lead] }
        : { problems: unready(vitals()), notes: [lead, ...clockProblem] };
    },
    async stop() {
      hints.stop();
      await machine()?.drain();
      await chosen?.election.stop();
      deafen?.();
      sleep();
      dropNoMore();
      await world.stop();
      await Promise.all([git.close(), renderer.close()]);
    },
  };
}
