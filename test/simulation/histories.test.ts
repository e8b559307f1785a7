import { join } from 'node:path';
import { explore } from './exploration';
import { judge } from './invariants';
import { edited, editsOf, PLANTED } from './planted';
import { drawStory, Scene } from './scene';
import { loadStory, savedStories, STORIES } from './stories';
import { tell } from './telling';

/** `npm run simulate` lives thousands; these are the first of them. */
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('histories with networks, people and faults at random', () => {
  test.each([0, 10])('I1 to I8 hold in ten of them, from seed %i on', async (offset) => {
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

  test.each([11, 16, 23])(
    'one seed gives one history, whether or not decisions are remembered: seed %i',
    async (seed) => {
      const [one, other] = [await new Scene(drawStory(seed)).live(), await new Scene(drawStory(seed), false).live()];
      expect(tell(one)).toEqual(tell(other));
      expect(one.api.history).toEqual(other.api.history);
      expect(one.git.history).toEqual(other.git.history);
    },
  );

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

describe('planted bugs', () => {
  test.each(PLANTED)('$name: it can still be planted', (bug) => {
    for (const edit of editsOf(bug)) expect(edited(edit)).toContain(edit.replace);
  });
});

describe('a small network, explored whole', () => {
  test('I1, I2, I6: in whatever order things happen on two tracks, every ticket arrives once', () => {
    const small = {
      name: 'small',
      tracks: { main: ['a'], other: ['b'] },
      tickets: ['main'],
      service: 'Every',
      faults: 1,
    } as const;
    const { states, ends, breaches } = explore(small);
    expect(breaches).toEqual([]);
    expect(ends).toBeGreaterThan(0);
    expect(states).toBeGreaterThan(50);
  });
});
