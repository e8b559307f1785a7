/** Plants each bug in a process of its own, and sees who catches it. */

import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Order } from './many';
import { PLANTED, type PlantedBug } from './planted';
import { loadStory, STORIES } from './stories';

/** Histories in which a bug has to show itself. */
const MOST_HISTORIES = 600;
const SHARE = 5;

export interface Catch {
  readonly bug: PlantedBug;
  /** The first history that broke the invariant of the bug; absent: nobody caught it. */
  readonly seed?: number;
  readonly message?: string;
  /** What else was broken before. */
  readonly others: readonly string[];
}

const WORKER = join(__dirname, 'worker.ts');
const PLANT = join(__dirname, '../../scripts/plant.cjs');

export async function plantAll(workers: number, tell: (caught: Catch) => void): Promise<Catch[]> {
  const open = [...PLANTED.entries()];
  const caught: Catch[] = [];
  const work = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const one = await plant(...next);
      tell(one);
      caught.push(one);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return caught;
}

function plant(index: number, bug: PlantedBug): Promise<Catch> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, {
      execArgv: ['-r', PLANT],
      env: { ...process.env, PLANTED: String(index) },
    });
    const others = new Set<string>();
    let from = 1;
    const only = bug.story === undefined ? undefined : loadStory(join(STORIES, bug.story)).story;
    const next = (): void => {
      if (only !== undefined && from > 1) return end({ bug, others: [...others] });
      if (from > MOST_HISTORIES) return end({ bug, others: [...others] });
      const order: Order = { from, count: SHARE, rough: true, ...(only && { story: only }) };
      from += SHARE;
      child.send(order);
    };
    const end = (found: Catch): void => {
      child.disconnect();
      resolve(found);
    };
    child.on('message', ({ broken }: Answer) => {
      for (const breach of broken) others.add(breach.invariant);
      const found = broken.find((breach) => breach.invariant === bug.caughtBy);
      if (found === undefined) next();
      else end({ bug, seed: found.seed, message: found.message, others: [...others] });
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`the process with "${bug.name}" ended with exit code ${code}`));
    });
    next();
  });
}
