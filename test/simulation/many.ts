/** Many histories, shared among processes. */

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Breach } from './invariants';
import type { Story } from './scene';

export interface Broken extends Breach {
  readonly seed: number;
}

export interface Result {
  readonly lived: number;
  readonly broken: readonly Broken[];
  readonly seconds: number;
}

const WORKER = join(__dirname, 'worker.ts');
const TYPESCRIPT = join(__dirname, '../../scripts/typescript.cjs');
/** Histories that a worker is given at a time. */
const SHARE = 50;

/** What a worker is told: which seeds, and where to stop. */
export interface Order {
  readonly from: number;
  readonly count: number;
  /** Much goes wrong, and two runtimes stand for election. @default as each history draws it */
  readonly rough?: boolean;
  /** This story instead of any that is drawn. */
  readonly story?: Story;
}

export interface Answer {
  readonly lived: number;
  readonly broken: readonly Broken[];
}

export async function runHistories(from: number, count: number, workers = availableParallelism()): Promise<Result> {
  const begin = performance.now();
  const shares: Order[] = [];
  for (let at = from; at < from + count; at += SHARE)
    shares.push({ from: at, count: Math.min(SHARE, from + count - at) });
  const answers: Answer[] = [];
  await Promise.all(Array.from({ length: Math.min(workers, shares.length) }, () => work(shares, answers)));
  return {
    lived: answers.reduce((sum, answer) => sum + answer.lived, 0),
    broken: answers.flatMap((answer) => answer.broken).sort((one, other) => one.seed - other.seed),
    seconds: (performance.now() - begin) / 1_000,
  };
}

/** One process, which takes shares until none is left. */
function work(shares: Order[], answers: Answer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, { execArgv: ['-r', TYPESCRIPT] });
    const next = (): void => {
      const order = shares.shift();
      if (order === undefined) child.disconnect();
      else child.send(order);
    };
    child.on('message', (answer: Answer) => {
      answers.push(answer);
      next();
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with exit code ${code}`))));
    next();
  });
}
