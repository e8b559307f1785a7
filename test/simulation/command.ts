/**
 * `npm run simulate`: thousands of histories, each with its own network, people and faults, judged by the invariants.
 * `--seed 42` tells one history; `--story file` one that was saved.
 */

import { parseArgs } from 'node:util';
import { drawStory, Scene, type Story } from './scene';
import { judge } from './invariants';
import { runHistories } from './many';
import { shrink } from './shrink';
import { loadStory, saveStory } from './stories';
import { storyOf } from './telling';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    story: { type: 'string' },
    histories: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    save: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
  },
});

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
  if (values.seed !== undefined || values.story !== undefined) {
    const story = values.story === undefined ? drawStory(Number(values.seed)) : loadStory(values.story).story;
    if (!(await tellOne(story))) process.exitCode = 1;
    return;
  }
  const { lived, broken, seconds } = await runHistories(Number(values.from), Number(values.histories));
  console.log(`${lived} histories in ${seconds.toFixed(0)} s, ${broken.length} of them break an invariant`);
  for (const { seed, invariant, message } of broken.slice(0, 20)) {
    console.log(`\n${invariant} is broken: ${message}\n  npm run simulate -- --seed ${seed} --save`);
  }
  const first = broken[0];
  if (first !== undefined) {
    console.log('');
    await tellOne(drawStory(first.seed));
    process.exitCode = 1;
  }
}

void main();
