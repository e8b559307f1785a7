import { join } from 'node:path';
import { judge } from './invariants';
import { drawStory, Scene } from './scene';
import { loadStory, savedStories, STORIES } from './stories';
import { tell } from './telling';

/** `npm run simulate` lives thousands; these are the first of them. */
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

describe('histories with networks, people and faults at random', () => {
  test.each([0, 10, 20, 30])('I1 to I8 hold in ten of them, from seed %i on', async (offset) => {
    for (const seed of SEEDS.slice(offset, offset + 10)) {
      const scene = await new Scene(drawStory(seed)).live();
      expect({ seed, breaches: judge(scene) }).toEqual({ seed, breaches: [] });
    }
  });

  test('one seed gives one history', async () => {
    const [one, other] = [await new Scene(drawStory(7)).live(), await new Scene(drawStory(7)).live()];
    expect(tell(one)).toEqual(tell(other));
    expect(one.api.history).toEqual(other.api.history);
  });

  test('faults that are told happen again, and no others', async () => {
    const story = { ...drawStory(5), trouble: 0.05 };
    const drawn = await new Scene(story).live();
    expect(drawn.faults.happened.length).toBeGreaterThan(0);
    const told = await new Scene({ ...story, faults: drawn.faults.happened }).live();
    expect(tell(told)).toEqual(tell(drawn));
  });
});

describe('stories that once broke an invariant', () => {
  test.each(savedStories())('%s: every invariant holds', async (file) => {
    const scene = await new Scene(loadStory(join(STORIES, file)).story).live();
    expect(judge(scene)).toEqual([]);
  });
});
