/**
 * From an event to its next effect, on the railyard with its latencies at zero: how long until the ticket that was made
 * has boarded, and until the arrival whose Application became healthy is stamped. Seen by a watch of its own.
 *
 * Floor, in the same run: one status write and its way back through a watch, without any runtime.
 */
import type { Ticket } from '../lib/api';
import { TICKETS } from '../runtime/resources';
import type { Scene } from '../test/runtime/dispatch/scene';
import { Yard } from '../test/runtime/dispatch/yard';

const SAMPLES = 100;
const GOAL_MS = 250;
const APPLICATION = 'argocd/latency-test';

interface Live {
  readonly status?: {
    readonly sync?: { readonly revision?: string; readonly status?: string };
    readonly health?: { readonly status?: string };
  };
}

/** When a condition on a ticket first held, by the watch. */
function when(yard: Yard, name: string, holds: (ticket: Ticket) => boolean): Promise<number> {
  return new Promise((resolve) => {
    const seen = (ticket: Ticket | undefined): void => {
      if (ticket !== undefined && holds(ticket)) resolve(performance.now());
    };
    yard.eyes.tickets.onChange((key, _before, after) => {
      if (key === `latency/${name}`) seen(after);
    });
    seen(yard.eyes.tickets.get(`latency/${name}`));
  });
}

/** When the Application was first seen synced to this commit and healthy. */
function whenHealthy(yard: Yard, commit: string): Promise<number> {
  return new Promise((resolve) => {
    const look = (application: Live | undefined): void => {
      const { sync, health } = application?.status ?? {};
      if (sync?.revision === commit && sync.status === 'Synced' && health?.status === 'Healthy')
        resolve(performance.now());
    };
    yard.eyes.applications.onChange((key, _before, after) => {
      if (key === APPLICATION) look(after as Live | undefined);
    });
    look(yard.eyes.applications.get(APPLICATION) as Live | undefined);
  });
}

async function sample(yard: Yard, scene: Scene, round: number): Promise<{ boarding: number; stamping: number }> {
  const name = `t-${round}`;
  yard.railyard.argocd.script('argocd', 'latency-test', { health: 'Progressing: held by the bench' });
  const boarded = when(yard, name, ({ status }) => status?.sequence !== undefined);
  const made = when(yard, name, () => true);
  const stamped = when(yard, name, ({ status }) => (status?.stamps?.length ?? 0) > 0);
  await scene.ticket(name, `1.0.${round}`);
  const boarding = (await boarded) - (await made);
  const waiting = await scene.waiting(name, 'Progressing');
  const healthy = whenHealthy(yard, waiting.status?.arrival?.applications[0]?.commit ?? '');
  yard.railyard.argocd.script('argocd', 'latency-test', undefined);
  const stamping = (await stamped) - (await healthy);
  await scene.completed(name);
  return { boarding, stamping };
}

/** A write of ours to the ticket that has just ended, and back through the watch; of older ones only the newest stay. */
async function floor(yard: Yard, round: number): Promise<number> {
  const name = `t-${round}`;
  const back = when(yard, name, ({ metadata }) => metadata.annotations?.['bench'] === 'floor');
  const start = performance.now();
  await yard.cluster
    .objects(TICKETS)
    .merge({ namespace: 'latency', name }, { metadata: { annotations: { bench: 'floor' } } });
  return (await back) - start;
}

function row(figure: string, samples: readonly number[], must: string): void {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(1);
  console.log(`| ${figure} | ${at(0.5)} ms | ${at(0.95)} ms | ${at(1)} ms | ${must} |`);
}

async function main(): Promise<void> {
  const yard = await Yard.open();
  try {
    const scene = await yard.scene('latency');
    await sample(yard, scene, 0);
    const boarding: number[] = [];
    const stamping: number[] = [];
    const floors: number[] = [];
    for (let round = 1; round <= SAMPLES; round += 1) {
      const one = await sample(yard, scene, round);
      boarding.push(one.boarding);
      stamping.push(one.stamping);
      floors.push(await floor(yard, round));
    }
    console.log(`| event to next effect, ${SAMPLES} samples | median | p95 | worst | p95 must be |`);
    console.log('|---|---|---|---|---|');
    row('ticket made to ticket boarded (two writes)', boarding, `<= ${GOAL_MS} ms`);
    row('Application healthy to stamp', stamping, `<= ${GOAL_MS} ms`);
    row('floor: one write and its way back', floors, '-');
  } finally {
    await yard.close();
  }
}

void main();
