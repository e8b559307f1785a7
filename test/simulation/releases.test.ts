import { array, assert, constantFrom, property, record, boolean } from 'fast-check';
import type { SubscriptionStatus, Ticket } from '../../lib/api';
import { REPOSITORY, survivesEveryCrash, Yard, type Plan } from './lines';

const source = (tags: object = {}, extra: object = {}) => ({
  name: 'releases',
  source: { repoURL: REPOSITORY, branch: 'main', tags: { semver: { constraint: '^1.0.0' }, ...tags }, ...extra },
});
const plan = (...given: Parameters<typeof source>): Plan => ({
  tracks: { main: { stations: ['test', 'prod'], subscriptions: [source(...given)] } },
});
const commit = (yard: Yard, ...paths: string[]): string => yard.simulation.model.source.commit(REPOSITORY, ...paths);
const status = (yard: Yard): SubscriptionStatus | undefined => yard.track('main').status?.subscriptions?.[0];
const made = (yard: Yard): Ticket[] =>
  [...yard.simulation.tickets.values()].filter(({ spec }) => spec.origin?.subscription !== undefined);
const commits = (yard: Yard): (string | undefined)[] =>
  made(yard).map(({ spec }) => spec.change?.sources?.map((one) => one.commit).join(' '));

/** A yard that shows the first commit and image 1.0.0. */
function running(...given: Parameters<typeof source>): Yard {
  const yard = new Yard(plan(...given));
  yard.board('1.0.0');
  return yard.settle();
}

/** Commits, tags the commit, and lets everything come to rest. @returns the commit */
function release(yard: Yard, tag: string, ...paths: string[]): string {
  const made = commit(yard, ...paths);
  yard.simulation.tag(REPOSITORY, tag, made);
  yard.settle();
  return made;
}

describe('B3: a subscription to the tags of a source', () => {
  test('lets the commit of the highest version ride, and not the head', () => {
    const yard = running();
    const first = release(yard, 'v1.0.0', 'base/a');
    commit(yard, 'base/b');
    yard.simulation.lookAgain();
    yard.settle();
    expect(commits(yard)).toEqual([first]);
    expect(yard.good('prod')).toMatchObject({ base: first, overlay: first, images: [{ tag: '1.0.0' }] });
    expect(status(yard)).toMatchObject({
      seen: { tag: 'v1.0.0', commit: first },
      ticketed: { tag: 'v1.0.0', commit: first },
      count: 1,
      choice: expect.stringContaining(
        `v1.0.0 of 1 tag: highest that satisfies ^1.0.0; commit ${first.slice(0, 7)}, 1 commit after `,
      ) as string,
    });
    const next = release(yard, 'v1.1.0', 'base/c');
    expect(commits(yard)).toEqual([first, next]);
  });

  test('passes over what is no release by the range, the expressions, or as a pre-release', () => {
    const yard = running({ ignoreTags: '^v1\\.7' });
    const wanted = release(yard, 'v1.5.0', 'base/a');
    for (const tag of ['v2.0.0', 'v1.6.0-rc.1', 'v1.7.0', 'nightly']) release(yard, tag, 'base/b');
    expect(commits(yard)).toEqual([wanted]);
    expect(status(yard)?.choice).toContain('v1.5.0 of 5 tags: highest that satisfies ^1.0.0; 1 ignored by ignoreTags');
  });

  test('with a prefix takes what has it, and goes by what follows: of two subscriptions each has its own', () => {
    const yard = new Yard({
      tracks: {
        api: { stations: ['test'], subscriptions: [source({ prefix: 'api/v' })] },
        web: { stations: ['prod'], subscriptions: [source({ prefix: 'web-' })] },
      },
    });
    const first = release(yard, 'api/v1.9.0', 'base/a');
    const other = release(yard, 'web-1.0.0', 'base/b');
    release(yard, 'v1.99.0', 'base/c');
    const second = release(yard, 'api/v1.10.0', 'base/d');
    release(yard, 'api/v1.9.1', 'base/e');
    const of = (track: string): (string | undefined)[] =>
      made(yard)
        .filter(({ spec }) => spec.track === track)
        .map(({ spec }) => `${spec.origin?.tag} ${spec.change?.sources?.[0]?.commit}`);
    expect(of('api')).toEqual([`api/v1.9.0 ${first}`, `api/v1.10.0 ${second}`]);
    expect(of('web')).toEqual([`web-1.0.0 ${other}`]);
  });

  test('carries a release whole, with what touches overlays only, and makes no express tickets', () => {
    const yard = running();
    const first = release(yard, 'v1.0.0', 'env/prod/x');
    expect(made(yard).map(({ spec }) => spec.express)).toEqual([undefined]);
    expect(yard.good('prod')).toMatchObject({ base: first, overlay: first });
  });

  test('makes none for a release that touches nothing that counts, and says so', () => {
    const yard = running({}, { exclude: ['docs/**'] });
    const first = release(yard, 'v1.0.0', 'base/a');
    const second = release(yard, 'v1.0.1', 'docs/b');
    expect(commits(yard)).toEqual([first]);
    expect(status(yard)).toMatchObject({ seen: { tag: 'v1.0.1', commit: second }, ticketed: { tag: 'v1.0.0' } });
    expect(status(yard)?.choice).toContain('v1.0.1 of 2 tags');
  });

  test.each([0, 1])('makes none at a first look for what the first station shows, or is beyond (%i)', (which) => {
    const yard = new Yard(plan());
    const line = [commit(yard, 'base/a'), commit(yard, 'base/b')];
    yard.board({ sources: [{ repoURL: REPOSITORY, commit: line[1] ?? '' }] });
    yard.settle();
    yard.simulation.tag(REPOSITORY, 'v1.0.0', line[which] ?? '');
    yard.settle();
    expect(made(yard)).toEqual([]);
    expect(status(yard)?.choice).toContain(which === 0 ? 'contains' : 'which is there already');
  });

  test('a tag that moves is not followed, is said, and is forgotten with a higher version', () => {
    const yard = running();
    const first = release(yard, 'v1.0.0', 'base/a');
    const moved = release(yard, 'v1.0.0', 'base/b');
    expect(commits(yard)).toEqual([first]);
    const [was, is] = [first.slice(0, 7), moved.slice(0, 7)];
    expect(status(yard)?.problem).toBe(
      `tag v1.0.0 moved from ${was} to ${is} and is not followed, since a release keeps its commit: ` +
        `tag a higher version, or board ${is} by hand`,
    );
    const next = release(yard, 'v1.0.1', 'base/c');
    expect(commits(yard)).toEqual([first, next]);
    expect(status(yard)?.problem).toBeUndefined();
  });

  test('a tag that vanishes makes no ticket for a lower one, and none when it comes back', () => {
    const yard = running();
    const low = release(yard, 'v1.0.0', 'base/a');
    const high = release(yard, 'v1.1.0', 'base/b');
    yard.simulation.model.source.untag(REPOSITORY, 'v1.1.0');
    yard.simulation.lookAgain();
    yard.settle();
    expect(status(yard)?.choice).toContain('not above v1.1.0, which was seen before');
    yard.simulation.tag(REPOSITORY, 'v1.1.0', high);
    yard.settle();
    expect(commits(yard)).toEqual([low, high]);
  });

  test('a release of an earlier commit under a higher version takes nothing back', () => {
    const yard = running();
    const first = commit(yard, 'base/a');
    const second = release(yard, 'v1.0.0', 'base/b');
    yard.simulation.tag(REPOSITORY, 'v1.0.1', first);
    yard.settle();
    expect(commits(yard)).toEqual([second]);
    expect(status(yard)?.choice).toContain(`which ${second.slice(0, 7)} contains`);
  });

  test('a range that nothing satisfies is a problem with words', () => {
    const yard = running({ semver: { constraint: '^3' } });
    release(yard, 'v1.0.0', 'base/a');
    expect(status(yard)?.problem).toBe('none of 1 tag: none satisfies ^3');
  });

  test('B1: a version is ticketed once, though a look dies before the Track says so and finds it spelled otherwise', () => {
    for (let steps = 0; steps < 12; steps += 1) {
      const yard = running();
      const first = release(yard, 'v1.0.0', 'base/a');
      yard.simulation.tag(REPOSITORY, '1.1.0', commit(yard, 'base/b'));
      yard.simulation.settle(steps);
      yard.simulation.restart();
      release(yard, 'v1.1.0', 'base/c');
      expect(commits(yard)).toEqual([first, status(yard)?.ticketed?.commit]);
      expect(made(yard).map(({ spec }) => spec.origin?.number)).toEqual([1, 2]);
    }
  });

  test('B8: makes each ticket once, before whatever step the process dies', () => {
    const begin = (): Yard => {
      const yard = running();
      const first = commit(yard, 'base/a');
      yard.simulation.tag(REPOSITORY, 'v1.0.0', first);
      return yard;
    };
    expect(survivesEveryCrash(begin)).toBeGreaterThan(10);
  });
});

const deed = record({
  tag: constantFrom('v1.0.0', 'v1.0.1', 'v1.1.0', '1.1.0', 'v1.2.0-rc.1', 'v2.0.0'),
  isSeen: boolean(),
  isDoubled: boolean(),
  dies: boolean(),
});

test('B1, B8: however tags come and move, versions only rise, no commit is ticketed twice, and each has the commit seen first', () => {
  assert(
    property(array(deed, { minLength: 1, maxLength: 6 }), (deeds) => {
      const yard = running();
      for (const { tag, isSeen, isDoubled, dies } of deeds) {
        yard.simulation.tag(REPOSITORY, tag, commit(yard, 'base/a'));
        if (dies) {
          yard.simulation.settle(3);
          yard.simulation.restart();
        }
        if (isSeen) yard.settle();
        if (isDoubled) {
          yard.simulation.lookAgain();
          yard.settle();
        }
      }
      yard.settle();
      yard.simulation.lookAgain();
      yard.settle();
      const ticketed = commits(yard);
      expect(new Set(ticketed).size).toBe(ticketed.length);
      const allowed = deeds.filter(({ tag }) => /^v?1\.\d\.\d$/.test(tag)).map(({ tag }) => tag.replace('v', ''));
      const highest = allowed.sort().at(-1);
      expect(status(yard)?.ticketed?.tag?.replace('v', '')).toBe(highest);
      if (highest !== undefined) expect(yard.good('prod')?.base).toBe(status(yard)?.ticketed?.commit);
      const numbers = made(yard).map(({ spec }) => spec.origin?.number);
      expect(new Set(numbers).size).toBe(numbers.length);
    }),
    { numRuns: 100 },
  );
});
