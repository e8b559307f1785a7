/**
 * Queue, decisions and jobs over whatever stands behind the ports. A cluster's runtime runs this on the adapters, a
 * simulation on a world in memory; between the two there is no other difference.
 */

import type { Patience } from '../argocd';
import type { Git } from '../git';
import { EventRecorder, EVENTS, WorkQueue, type Clock, type Cluster } from '../kube';
import type { Log } from '../log';
import type { Registry } from '../registry';
import type { Renderer } from '../render';
import { Dispatcher } from './dispatcher';
import { Executor } from './execute';
import { JobBoard } from './job-board';
import { jobRunner } from './jobs';
import { liveRecords } from './records';
import { SECRETS } from './resources';
import type { World } from './world';

/** Everything that the machine touches. */
export interface Ports {
  readonly cluster: Cluster;
  /** The caches of that cluster. */
  readonly world: World;
  readonly git: Git;
  readonly renderer: Renderer;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** How patient Argo CD's word is judged. */
  readonly patience: Partial<Patience>;
  /** How many tracks are decided on at once. @default 8 */
  readonly workers?: number;
}

export interface Machine {
  /** Fills the caches, then begins to decide. @throws TransientError naming what could not be listed, and why */
  start(): Promise<void>;
  /** How long the oldest decision under way has been at it, in milliseconds. */
  longestDecisionMs(): number;
  /** Lets what is under way end, and takes nothing more. */
  stop(): Promise<void>;
}

export function assemble(ports: Ports): Machine {
  const { cluster, world, git, renderer, registry, clock, random, log, patience } = ports;
  const now = (): Date => new Date(clock.now());
  const secret = async (namespace: string, name: string) =>
    (await cluster.objects(SECRETS).get({ namespace, name }))?.data;
  const events = new EventRecorder({ events: cluster.objects(EVENTS), log, clock });
  const executor = new Executor({ cluster, world, events, now, log });
  const board = new JobBoard({
    run: jobRunner({ git, renderer, registry, secret, records: liveRecords(cluster, world), now }),
    wake: (owner) => queue.add(owner),
    clock,
    random,
    log,
  });
  const dispatcher = new Dispatcher({ world, executor, board, cluster, events, patience, now, log });
  const queue: WorkQueue = new WorkQueue({
    handle: async (key) => {
      const wakeAt = await dispatcher.handle(key, (at) => queue.addAt(key, at));
      if (wakeAt) queue.addAt(key, wakeAt);
    },
    workers: ports.workers ?? 8,
    log,
    clock,
    random,
  });
  dispatcher.feed((key) => queue.add(key));
  return {
    async start() {
      await world.start();
      queue.start();
    },
    longestDecisionMs: () => queue.stats().longestRunningMs,
    async stop() {
      await queue.stop();
      board.close();
      await world.stop();
      await events.flush();
    },
  };
}
