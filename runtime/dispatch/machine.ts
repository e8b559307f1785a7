/**
 * Queue, decisions and jobs over whatever stands behind the ports. A cluster's runtime runs this on the adapters, a
 * simulation on a world in memory; between the two there is no other difference.
 */

import type { Patience } from '../argocd';
import type { Forges } from '../forge';
import type { Git } from '../git';
import { EventRecorder, EVENTS, WorkQueue, type Clock, type Cluster, type WorkQueueStats } from '../kube';
import type { Log } from '../log';
import type { Charts, Registry } from '../registry';
import type { Renderer } from '../render';
import type { Metrics } from '../metrics';
import type { Post } from '../notifications';
import { Announcer } from './announcer';
import { Reporter } from './reporter';
import { NetworkFaults } from './caches/faults';
import { Dispatcher } from './dispatcher';
import { Executor } from './caches/execute';
import { JobBoard } from './jobs/job-board';
import { jobRunner } from './job-runner';
import { fieldsOfKey } from './jobs/log-fields';
import { liveRecords } from './caches/records';
import { secretValues, SECRETS } from '../resources';
import type { World } from './caches/world';

/** Everything that the machine touches. */
export interface Ports {
  readonly cluster: Cluster;
  /** The caches of that cluster. */
  readonly world: World;
  readonly git: Git;
  readonly forges: Forges;
  readonly renderer: Renderer;
  readonly registry: Registry;
  readonly charts: Charts;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** How patient Argo CD's word is judged. */
  readonly patience: Partial<Patience>;
  /** How somebody outside is told. @default - nobody is */
  readonly post?: Post;
  /** Where notifications are counted. @default nowhere */
  readonly metrics?: Pick<Metrics, 'notification'>;
  /** How many tracks are decided on at once. @default 8 */
  readonly workers?: number;
  /** How many jobs run at once that take processes. @default 8 */
  readonly jobs?: number;
  /** Whether what asked for nothing is not decided again while all that it was made of is as it was. @default true */
  readonly remembers?: boolean;
}

export interface Machine {
  /** Fills the caches, then begins to decide. @throws TransientError naming what could not be listed, and why */
  start(): Promise<void>;
  /** Figures of its queue. */
  stats(): WorkQueueStats;
  /** The job that has been running for longest, in milliseconds. */
  oldestJob(): { readonly job: string; readonly runningMs: number } | undefined;
  /** Begins nothing more, and lets what is under way end: decisions, pushes and Events, each within its time. */
  drain(): Promise<void>;
  /** Ends at once, when the lease is lost: what is under way is given up, and its fence holds back what it still tries. */
  halt(): Promise<void>;
  /** Drains, and follows the cluster no more. */
  stop(): Promise<void>;
}

/** How long the end of what is under way is waited for, in milliseconds. */
const GRACE_MS = { decisions: 8_000, pushes: 12_000, events: 2_000 } as const;

export function assemble(ports: Ports): Machine {
  const { cluster, world, git, forges, renderer, registry, charts, clock, random, log, patience } = ports;
  const now = (): Date => new Date(clock.now());
  const secret = async (namespace: string, name: string) => {
    const found = await cluster.objects(SECRETS).get({ namespace, name });
    return found && secretValues(found);
  };
  const events = new EventRecorder({ events: cluster.objects(EVENTS), log, clock });
  const executor = new Executor({ cluster, world, events, now, log });
  const board = new JobBoard({
    run: jobRunner({
      git,
      forges,
      renderer,
      registry,
      charts,
      secret,
      records: liveRecords(cluster, world),
      cluster,
      world,
      now,
    }),
    wake: (owner) => queue.add(owner),
    clock,
    random,
    log,
    ...(ports.jobs !== undefined && { atOnce: ports.jobs }),
  });
  const progress = (key: string): void => queue.progress(key);
  const { remembers = true } = ports;
  const dispatcher = new Dispatcher({
    world,
    executor,
    board,
    faults: new NetworkFaults({ world, clock, log }),
    cluster,
    events,
    patience,
    remembers,
    now,
    progress,
    log,
  });
  const queue: WorkQueue = new WorkQueue({
    handle: async (key) => {
      const wakeAt = await dispatcher.handle(key, (at) => queue.addAt(key, at));
      if (wakeAt) queue.addAt(key, wakeAt);
    },
    workers: ports.workers ?? 8,
    fieldsOf: fieldsOfKey,
    log,
    clock,
    random,
  });
  const { post, metrics } = ports;
  const announcer = post && new Announcer({ world, cluster, post, metrics, clock, random, log });
  const reporter = new Reporter({ world, cluster, forges, clock, random, log });
  let deafen = (): void => undefined;
  const drain = async (): Promise<void> => {
    deafen();
    await queue.stop(GRACE_MS.decisions);
    await Promise.all([announcer?.stop(), reporter.stop()]);
    await within(clock, GRACE_MS.pushes, board.drain());
    await within(clock, GRACE_MS.events, events.flush());
  };
  return {
    async start() {
      await world.start();
      deafen = dispatcher.feed((key) => queue.add(key));
      queue.start();
      announcer?.start();
      reporter.start();
    },
    stats: () => queue.stats(),
    oldestJob: () => board.oldest(),
    drain,
    async halt() {
      deafen();
      board.close();
      await Promise.all([announcer?.stop(0), reporter.stop(0)]);
      await queue.stop(0);
    },
    async stop() {
      await drain();
      await world.stop();
    },
  };
}

/** Resolves when the work has ended, or its time has. */
async function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
  await Promise.race([work, late]);
  cancel();
}
