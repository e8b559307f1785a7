/** Where the machine is measured: around its adapters, and at the tickets that it moves. */

import type { TicketStatus, Waiting } from '../../lib/api';
import type { Git } from '../git';
import type { Clock, Standing } from '../kube';
import type { Metrics } from '../metrics';
import type { Renderer } from '../render';
import type { Machine } from './machine';
import type { World } from './caches/world';

export function measuredGit(git: Git, metrics: Metrics): Git {
  return {
    heads: (...asked) => metrics.git('heads', () => git.heads(...asked)),
    tags: (...asked) => metrics.git('tags', () => git.tags(...asked)),
    has: (...asked) => metrics.git('has', () => git.has(...asked)),
    files: (...asked) => metrics.git('files', () => git.files(...asked)),
    blobs: (...asked) => metrics.git('blobs', () => git.blobs(...asked)),
    contains: (...asked) => metrics.git('contains', () => git.contains(...asked)),
    history: (...asked) => metrics.git('history', () => git.history(...asked)),
    describe: (...asked) => metrics.git('describe', () => git.describe(...asked)),
    commit: (...asked) => metrics.git('commit', () => git.commit(...asked)),
    push: (...asked) => metrics.git('push', () => git.push(...asked)),
    close: () => git.close(),
  };
}

export function measuredRenderer(renderer: Renderer, metrics: Metrics): Renderer {
  return {
    render: (...asked) => metrics.render(() => renderer.render(...asked)),
    close: () => renderer.close(),
  };
}

/** What is measured besides the adapters. */
export interface Measured {
  readonly world: World;
  readonly clock: Clock;
  /** The one that works, if this process does. */
  readonly machine: () => Machine | undefined;
  readonly standing: () => Standing | undefined;
}

/**
 * Measures visits and waits as tickets are seen to leave them, and lets be read what there is to read.
 *
 * @returns a function that ends it
 */
export function measure(metrics: Metrics, { world, clock, machine, standing }: Measured): () => void {
  metrics.follow({
    tickets: () => ticketsByPhase(world),
    queue: () => {
      const { depth = 0, running = 0, delayed = 0, failing = 0 } = machine()?.stats() ?? {};
      return { waiting: depth, running, delayed, failing };
    },
    leading: () => standing()?.leading ?? machine() !== undefined,
  });
  return world.tickets.onChange((_key, was, is) => {
    const [before, after] = [was?.resource?.status, is?.resource?.status];
    // Of several processes the one that moves the tickets counts them.
    if (before === undefined || after === undefined || machine() === undefined) return;
    measureVisits(before, after, metrics);
    measureWait(before.waiting, after.waiting, metrics, clock);
  });
}

function measureVisits(before: TicketStatus, after: TicketStatus, metrics: Metrics): void {
  const punched = (after.stamps ?? []).slice(before.stamps?.length ?? 0);
  for (const { arrived, departed, result } of punched) {
    if (arrived !== undefined) metrics.arrived(result, (Date.parse(departed) - Date.parse(arrived)) / 1000);
  }
}

function measureWait(before: Waiting | undefined, after: Waiting | undefined, metrics: Metrics, clock: Clock): void {
  if (before === undefined || (after?.reason === before.reason && after.since === before.since)) return;
  metrics.waited(before.reason, Math.max(0, clock.now() - Date.parse(before.since)) / 1000);
}

/** How many tickets the caches have in each phase; one that nobody has looked at yet counts as standing. */
function ticketsByPhase(world: World): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { resource } of world.tickets.list()) {
    const phase = resource?.status?.phase ?? (resource ? 'Standing' : 'Unreadable');
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  return counts;
}
