/**
 * How long a rollback takes on the railyard with its latencies at zero, while a bad release soaks: from the moment when
 * a person makes the ticket until the branch shows the good files again, and until Argo CD is synced to them and healthy.
 */
import { TICKETS } from '../runtime/resources';
import { Yard } from '../test/runtime/dispatch/yard';

const ROUNDS = 5;
const GOAL_MS = 5_000;

async function main(): Promise<void> {
  const yard = await Yard.open();
  try {
    const scene = await yard.scene('rollback');
    await scene.ticket('first', '1.0.0');
    await scene.completed('first');
    await scene.say('station', 'test', { exit: { soak: '24h' } });
    const shown: number[] = [];
    const over: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await scene.ticket(`bad-${round}`, `2.0.${round}`);
      await scene.waiting(`bad-${round}`, 'Soak');
      const name = `back-${round}`;
      const begin = performance.now();
      await yard.cluster.objects(TICKETS).create({
        metadata: { name, namespace: scene.name },
        spec: { rollback: { station: 'test', to: { previous: true } }, hold: false, abort: false },
      });
      await scene.until(name, 'has landed', ({ status }) => status?.arrival?.pushed !== undefined);
      shown.push(performance.now() - begin);
      const { metadata } = await scene.completed(name);
      over.push(performance.now() - begin);
      await scene.say('ticket', name, { resumes: [{ uid: metadata.uid, by: 'bench' }] });
    }
    const worst = (list: readonly number[]): string => `${Math.max(...list).toFixed(0)} ms`;
    console.table([
      { what: 'branch shows the good files', worst: worst(shown), goal: `${GOAL_MS} ms` },
      { what: 'synced and healthy, station free', worst: worst(over), goal: `${GOAL_MS} ms` },
    ]);
    if (Math.max(...over) > GOAL_MS) process.exitCode = 1;
  } finally {
    await yard.close();
  }
}

void main();
