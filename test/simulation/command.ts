/**
 * `npm run simulate`: thousands of histories, each with its own network, people and faults, judged by the invariants.
 * `--seed 42` tells one history; `--story file` one that was saved.
 */

import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { explore, NETWORKS } from './exploration';
import { drawStory, Scene, type Story } from './scene';
import { INVARIANTS, judge } from './invariants';
import { runHistories } from './many';
import { growth } from './many-tickets';
import { plantAll } from './planting';
import { shrink } from './shrink';
import { loadStory, saveStory } from './stories';
import { storyOf } from './telling';

const MANY_TICKETS = 10_000;

interface Options {
  readonly seed?: number;
  readonly story?: string;
  readonly whole: boolean;
  readonly save: boolean;
  readonly histories: number;
  readonly from: number;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0 || text.trim() === '')
    throw new InvalidArgumentError(`'${text}' is no whole number from 0 on.`);
  return number;
}

const values = new Command('npm run simulate --')
  .description('Lives histories of K8sTA in memory and judges them by the invariants I1 to I8.')
  .option(
    '--seed <number>',
    'tell this one history; where it breaks an invariant, the shortest story that does',
    wholeNumber,
  )
  .option('--story <file>', 'tell a history that was saved')
  .option('--whole', 'with either: the whole history, not the shortest story', false)
  .option('--save', 'with either: save the story that breaks an invariant as a regression test', false)
  .option('--histories <number>', 'how many to live, where none is named', wholeNumber, 10_000)
  .option('--from <number>', 'the first of their seeds', wholeNumber, 1)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

/** Tells one history; where it breaks an invariant, the shortest story that does. @returns whether all hold */
async function tellOne(story: Story): Promise<boolean> {
  const scene = await new Scene(story).live();
  const [first] = judge(scene);
  if (first === undefined || values.whole) {
    console.log(storyOf(scene, judge(scene)));
    if (first === undefined) console.log('Every invariant holds.');
    return first === undefined;
  }
  const short = await new Scene(await shrink(story, first.invariant)).live();
  const breaches = judge(short);
  console.log(storyOf(short, breaches));
  if (values.save) {
    const path = saveStory({
      about: breaches[0]?.message ?? first.message,
      invariant: first.invariant,
      story: short.story,
    });
    console.log(`Saved as ${path}: a test replays it from now on.`);
  }
  return false;
}

async function main(): Promise<void> {
  const drawn = values.seed === undefined ? undefined : drawStory(values.seed);
  const story = values.story === undefined ? drawn : loadStory(values.story).story;
  if (story !== undefined) {
    if (!(await tellOne(story))) process.exitCode = 1;
    return;
  }
  const checks = [histories, planted, exploration, housekeeping];
  let passed = 0;
  let failed = 0;
  for (const check of checks) {
    const result = await check();
    passed += result.passed;
    failed += result.failed;
  }
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Thousands of histories; each invariant is one check. */
async function histories(): Promise<Count> {
  const { lived, broken, seconds } = await runHistories(values.from, values.histories);
  console.log(`${lived} histories in ${seconds.toFixed(0)} s`);
  for (const invariant of INVARIANTS) {
    const found = broken.filter((one) => one.invariant === invariant);
    console.log(
      `${found.length === 0 ? 'holds ' : 'BROKEN'} ${invariant}${found.length === 0 ? '' : `, ${found.length} times`}`,
    );
    for (const { seed, message } of found.slice(0, 3)) {
      console.log(`       ${message}\n       npm run simulate -- --seed ${seed} --save`);
    }
  }
  const [first] = broken;
  if (first !== undefined) await tellOne(drawStory(first.seed));
  const failed = new Set(broken.map(({ invariant }) => invariant)).size;
  return { passed: INVARIANTS.length - failed, failed };
}

/** Every planted bug is caught by the invariant that it breaks. */
async function planted(): Promise<Count> {
  console.log('');
  const caught = await plantAll(availableParallelism(), ({ bug, seed, others }) => {
    const where =
      seed === undefined
        ? `NOT CAUGHT by ${bug.caughtBy} (others: ${others.join(', ') || 'none'})`
        : `caught by ${bug.caughtBy} in history ${seed}`;
    console.log(`${bug.name}: ${where}`);
  });
  const failed = caught.filter(({ seed }) => seed === undefined).length;
  return { passed: caught.length - failed, failed };
}

/** All interleavings of small networks. */
async function exploration(): Promise<Count> {
  console.log('');
  const failures = NETWORKS.filter((network) => {
    const { states, ends, transitions, breaches } = explore(network);
    console.log(
      `${network.name}: ${states} states, ${transitions} steps between them, ${ends} ends, ${breaches.length} breaches`,
    );
    for (const breach of breaches.slice(0, 3)) console.log(`  ${breach}`);
    return breaches.length > 0;
  });
  return { passed: NETWORKS.length - failures.length, failed: failures.length };
}

/** Ended tickets leave nothing behind that grows (rule H2). */
async function housekeeping(): Promise<Count> {
  const grown = growth(MANY_TICKETS);
  console.log(`\n${MANY_TICKETS} tickets on one line: ${grown.length === 0 ? 'nothing grows' : grown.join('; ')}`);
  return { passed: grown.length === 0 ? 1 : 0, failed: grown.length === 0 ? 0 : 1 };
}

void main();
