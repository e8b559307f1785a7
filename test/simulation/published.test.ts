import { array, assert, constantFrom, property, record, boolean, integer } from 'fast-check';
import { compare } from 'semver';
import type { SubscriptionStatus, Ticket } from '../../lib/api';
import { IMAGE, REPOSITORY, survivesEveryCrash, Yard, type Plan } from './lines';

const CHART = { repoURL: 'oci://ghcr.io/acme/charts', name: 'web' };

const imageOf = (select: object = { semver: { constraint: '*' } }, repositories = [IMAGE]) => ({
  name: 'image',
  images: { repositories, select },
});
const chartOf = (semver = '^2') => ({ name: 'chart', chart: { ...CHART, semver, interval: '5m' } });
const plan = (...subscriptions: object[]): Plan => ({
  tracks: { main: { stations: ['test', 'prod'], subscriptions } },
});
const withChart = (version: string): Plan['stations'] => {
  const application = { namespace: 'argocd', repoURL: REPOSITORY, render: { helm: { chart: { ...CHART, version } } } };
  const at = (name: string) => ({
    applications: [{ ...application, name, overlay: `env/${name}`, branch: `env/${name}` }],
  });
  return { test: at('test'), prod: at('prod') };
};

const status = (yard: Yard): SubscriptionStatus | undefined => yard.track('main').status?.subscriptions?.[0];
const made = (yard: Yard): Ticket[] =>
  [...yard.simulation.tickets.values()].filter(({ spec }) => spec.origin?.subscription !== undefined);
const versions = (yard: Yard): (string | undefined)[] =>
  made(yard).map(({ spec: { change } }) => change?.charts?.[0]?.version ?? change?.images?.[0]?.tag);
const publish = (yard: Yard, ...all: string[]): Yard => {
  for (const version of all) yard.simulation.publishChart({ ...CHART, version });
  return yard.settle();
};

describe('B2: a chart subscription', () => {
  test('boards the highest version in its range, and only what ranks above it after that', () => {
    const yard = new Yard(plan(chartOf()));
    publish(yard, '2.0.0', '2.1.0', '3.0.0');
    publish(yard, '2.0.9');
    publish(yard, '2.2.0');
    expect(versions(yard)).toEqual(['2.1.0', '2.2.0']);
    expect(yard.visits('main-2')).toEqual(['test Arrived', 'prod Arrived']);
    expect(yard.good('prod')?.charts).toMatchObject([{ ...CHART, version: '2.2.0' }]);
    expect(status(yard)).toMatchObject({
      ticketed: { chart: { ...CHART, version: '2.2.0' } },
      choice: '2.2.0 of 5 versions: highest that satisfies ^2',
      count: 2,
    });
    expect(status(yard)?.problem).toBeUndefined();
  });

  test.each([
    ['nothing', '2.1.0', [undefined]],
    ['what a higher one asks for', '2.0.0', [undefined, '2.1.0']],
  ])(
    'of which the first station shows %s but by its own words makes a ticket for what is above',
    (_, said, expected) => {
      const yard = new Yard({ ...plan(chartOf()), stations: withChart(said) });
      yard.board('1.0.0');
      yard.settle();
      publish(yard, '2.1.0');
      expect([undefined, ...versions(yard)]).toEqual(expected);
      expect(status(yard)?.ticketed?.chart?.version).toBe('2.1.0');
    },
  );

  test('without a version in its range says so and makes none; an edit of the range boards what it takes', () => {
    const yard = publish(new Yard(plan(chartOf('^9'))), '2.0.0', '3.0.0');
    expect(made(yard)).toEqual([]);
    expect(status(yard)?.problem).toBe('none of 2 versions: none satisfies ^9');
    const edit = (range: string): Yard => {
      yard.say(yard.track('main'), { subscriptions: [chartOf(range)] });
      return yard.settle();
    };
    expect(versions(edit('^3'))).toEqual(['3.0.0']);
    expect(versions(edit('^2'))).toEqual(['3.0.0', '2.0.0']);
    expect(yard.good('prod')?.charts).toMatchObject([{ version: '2.0.0' }]);
    expect(status(yard)?.problem).toBeUndefined();
  });

  test('I7: brings its chart and nothing else, and an image brings no chart', () => {
    const yard = new Yard(plan(chartOf()));
    yard.board('1.0.0');
    yard.settle();
    const before = yard.good('prod');
    publish(yard, '2.0.0');
    expect(yard.good('prod')).toMatchObject({ base: before?.base, images: [{ tag: '1.0.0' }] });
    yard.board('1.1.0');
    yard.settle();
    expect(yard.good('prod')).toMatchObject({ images: [{ tag: '1.1.0' }], charts: [{ version: '2.0.0' }] });
  });

  test('makes each ticket once, before whatever step the process dies', () => {
    const begin = (): Yard => {
      const yard = new Yard(plan(chartOf()));
      for (const version of ['2.0.0', '2.1.0']) yard.simulation.publishChart({ ...CHART, version });
      return yard;
    };
    expect(survivesEveryCrash(begin)).toBeGreaterThan(15);
  });
});

describe('L9: a subscription to several images', () => {
  test('boards one ticket for a version that each of them has', () => {
    const other = 'ghcr.io/acme/api';
    const yard = new Yard(plan(imageOf(undefined, [IMAGE, other])));
    for (const tag of ['1.0.0', '1.1.0']) yard.simulation.publishImage(IMAGE, tag);
    yard.simulation.publishImage(other, '1.0.0');
    yard.settle();
    yard.simulation.publishImage(other, '1.1.0');
    yard.settle();
    expect(made(yard).map(({ spec }) => spec.change?.images?.map(({ tag }) => tag))).toEqual([
      ['1.0.0', '1.0.0'],
      ['1.1.0', '1.1.0'],
    ]);
  });
});

const news = record({
  tag: constantFrom('1.0.0', '1.0.1', '1.1.0', '1.9.0', '1.10.0', 'v1.10.0', '2.0.0-rc.1', 'latest'),
  /** How the news comes: looked at at once, or only with the next one. */
  isSeen: boolean(),
  isDoubled: boolean(),
  vanishes: boolean(),
  /** After how many steps the process dies. */
  dies: integer({ min: -1, max: 6 }),
});

describe('B1, B8: however hints of a registry come', () => {
  const run = (select: object, check: (yard: Yard, published: readonly string[]) => void): void =>
    assert(
      property(array(news, { minLength: 1, maxLength: 7 }), (all) => {
        const yard = new Yard(plan(imageOf(select)));
        const published: string[] = [];
        for (const { tag, isSeen, isDoubled, vanishes, dies } of all) {
          yard.simulation.publishImage(IMAGE, tag);
          yard.simulation.passTo(new Date(yard.simulation.now.getTime() + 60_000));
          published.push(tag);
          if (dies >= 0) {
            yard.simulation.settle(dies);
            yard.simulation.restart();
          }
          if (isSeen) yard.settle();
          if (isDoubled) {
            yard.simulation.lookAgain();
            yard.settle();
          }
          if (vanishes && isSeen) {
            yard.simulation.model.published.remove(IMAGE, tag);
            yard.simulation.lookAgain();
            yard.settle();
          }
        }
        yard.settle();
        yard.simulation.lookAgain();
        yard.settle();
        const identities = made(yard).map(({ spec: { change, origin } }) => JSON.stringify([change, origin]));
        expect(new Set(identities).size).toBe(identities.length);
        const ends = made(yard).map((ticket) => ticket.status?.phase);
        expect(ends.every((phase) => phase === 'Completed' || phase === 'Superseded')).toBe(true);
        check(yard, published);
      }),
      { numRuns: 25 },
    );

  test('by version the highest is ticketed last, nothing twice, and nothing below what was', () => {
    run({ semver: { constraint: '*' } }, (yard, published) => {
      const known = published.filter((tag) => /^v?\d+\.\d+\.\d+$/.test(tag));
      const highest = known.sort((one, other) => compare(one, other)).at(-1);
      const tags = versions(yard).map((tag) => tag ?? '');
      // A tag that moves while nobody lives to record its ticket is ticketed as it was, and as it is.
      expect(tags.every((tag, index) => index === 0 || compare(tag, tags[index - 1] ?? '') >= 0)).toBe(true);
      if (highest === undefined) expect(tags).toEqual([]);
      else expect([compare(tags.at(-1) ?? '', highest), yard.tag('prod')]).toEqual([0, tags.at(-1)]);
    });
  });

  test('by name the last one in byte order is ticketed last', () => {
    run({ name: {} }, (yard, published) => {
      const last = [...published].sort().at(-1);
      expect([versions(yard).at(-1), yard.tag('prod')]).toEqual([last, last]);
    });
  });

  test('by build the newest is ticketed last', () => {
    run({ newest: {} }, (yard, published) => {
      expect(versions(yard).length).toBeLessThanOrEqual(published.length);
      expect(yard.tag('prod')).toBe(versions(yard).at(-1));
    });
  });
});
