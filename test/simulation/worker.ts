/** One process that lives histories for another one. */

import { judge } from './invariants';
import type { Answer, Order } from './many';
import { drawStory, Scene } from './scene';

async function live({ from, count }: Order): Promise<Answer> {
  const broken: Answer['broken'][number][] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const scene = await new Scene(drawStory(seed)).live();
    broken.push(...judge(scene).map((breach) => ({ seed, ...breach })));
  }
  return { lived: count, broken };
}

process.on('message', (order: Order) => {
  void live(order).then((answer) => process.send?.(answer));
});
