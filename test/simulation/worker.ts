/** One process that lives histories for another one. */

import { judge } from './invariants';
import type { Answer, Order } from './many';
import { drawStory, Scene } from './scene';

/** Probability of a fault at each effect when the weather is rough. */
const ROUGH = 0.1;

async function live({ from, count, rough = false, story }: Order): Promise<Answer> {
  const broken: Answer['broken'][number][] = [];
  if (story !== undefined) {
    const scene = await new Scene(story).live();
    return { lived: 1, broken: judge(scene).map((breach) => ({ seed: story.seed, ...breach })) };
  }
  for (let seed = from; seed < from + count; seed += 1) {
    const drawn = drawStory(seed);
    const scene = await new Scene(rough ? { ...drawn, trouble: ROUGH, elected: seed % 2 === 0 } : drawn).live();
    broken.push(...judge(scene).map((breach) => ({ seed, ...breach })));
  }
  return { lived: count, broken };
}

process.on('message', (order: Order) => {
  void live(order).then((answer) => process.send?.(answer));
});
