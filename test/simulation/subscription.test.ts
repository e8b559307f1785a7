import { assert, array, constantFrom, property, record, boolean } from 'fast-check';
import { parseDuration, type SubscriptionStatus, type Ticket } from '../../lib/api';
import type { Job } from '../../runtime/journey';
import { IMAGE, REPOSITORY, survivesEveryCrash, Yard, type Plan } from './lines';

const source = (extra: object = {}) => ({
  name: 'source',
  source: { repoURL: REPOSITORY, branch: 'main', folder: '', interval: '1m', ...extra },
});
const plan = (extra: object = {}): Plan => ({
  tracks: { main: { stations: ['test', 'prod'], subscriptions: [source(extra)] } },
});
const push = (yard: Yard, ...paths: string[]): string => yard.simulation.push(REPOSITORY, ...paths);
const status = (yard: Yard): SubscriptionStatus | undefined => yard.track('main').status?.subscriptions?.[0];
const made = (yard: Yard): Ticket[] =>
  [...yard.simulation.tickets.values()].filter(({ spec }) => spec.origin?.subscription !== undefined);
const commits = (ticket: Ticket): string[] => [
  ...(ticket.spec.change?.sources ?? []).map(({ commit }) => commit),
  ...(ticket.spec.change?.overlays ?? []).map(({ commit, path }) => `${path} ${commit}`),
];

/** Looks that are started now. */
const looksOf = (simulation: Yard['simulation']): Job[] =>
  simulation.plan('track shop/main').steps.flatMap((one) => (one.step === 'Start' ? [one.job] : []));

/** A yard that shows the first commit and image 1.0.0. */
function running(extra: object = {}): Yard {
  const yard = new Yard(plan(extra));
  yard.board('1.0.0');
  return yard.settle();
}

describe('B3: a source subscription', () => {
  test('boards the head at a first look with nothing at the first station', () => {
    const yard = new Yard(plan());
    const head = push(yard, 'env/prod/x');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[head]]);
    expect(yard.visits('main-1')).toEqual(['test Arrived', 'prod Arrived']);
    expect(status(yard)).toMatchObject({ seen: { commit: head }, ticketed: { commit: head }, count: 1 });
  });

  test('has the commit after the first station’s base ridden at a first look, and goes on after the last one seen', () => {
    const yard = running();
    const first = push(yard, 'base/a');
    yard.settle();
    const second = push(yard, 'base/b');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[first], [second]]);
    expect(yard.good('prod')?.base).toBe(second);
    expect(status(yard)?.choice).toBe(
      `of 1 commit after ${first.slice(0, 7)}; ${second.slice(0, 7)}: newest that touches anything outside the overlays`,
    );
  });

  test('j: a base commit and an overlay commit between two looks make a source ticket and an express ticket', () => {
    const yard = running();
    yard.say(yard.station('test'), { hold: true });
    const overlay = push(yard, 'env/prod/patch');
    const base = push(yard, 'base/a');
    yard.settle();
    expect(made(yard).map(({ spec, status: ended }) => [spec.track ?? spec.express?.station, ended?.phase])).toEqual([
      ['main', 'Standing'],
      ['prod', 'Completed'],
    ]);
    expect(yard.good('prod')).toMatchObject({ overlay, images: [{ tag: '1.0.0' }] });
    yard.say(yard.station('test'), { hold: false });
    yard.settle();
    expect(yard.good('prod')).toMatchObject({ base, overlay: base });
  });

  test('s: overlays of one station’s applications share one express ticket', () => {
    const two = ['one', 'two'].map((name) => ({
      name,
      namespace: 'argocd',
      repoURL: REPOSITORY,
      overlay: `env/${name}`,
      branch: `env/${name}`,
    }));
    const yard = new Yard({ ...plan(), stations: { prod: { applications: two } } });
    yard.board('1.0.0');
    yard.settle();
    const one = push(yard, 'env/one/x');
    const other = push(yard, 'env/two/x');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[`env/one ${one}`, `env/two ${other}`]]);
    expect(yard.good('prod', 'one')).toMatchObject({ overlay: one });
    expect(yard.good('prod', 'two')).toMatchObject({ overlay: other });
  });

  test('makes express tickets for stations of tracks that branch off', () => {
    const yard = new Yard({
      tracks: { main: { stations: ['hub'], subscriptions: [source()] }, east: ['coast'] },
      stations: { hub: { junctions: [{ track: 'east' }] } },
    });
    yard.board('1.0.0');
    yard.settle();
    const commit = push(yard, 'env/coast/x');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[`env/coast ${commit}`]]);
    expect(yard.good('coast')?.overlay).toBe(commit);
  });

  test('names the commits that it skips by a range and a count', () => {
    const yard = running({ exclude: ['docs/**'] });
    const first = push(yard, 'base/a');
    const second = push(yard, 'docs/b');
    const third = push(yard, 'base/c');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[third]]);
    expect(status(yard)?.choice).toContain(`2 skipped (${first.slice(0, 7)} to ${second.slice(0, 7)})`);
  });

  test('makes none for commits that touch nothing that counts, and says so', () => {
    const yard = running({ include: ['base/**'] });
    push(yard, 'base/a');
    yard.settle();
    const head = push(yard, 'docs/b');
    yard.settle();
    expect(made(yard)).toHaveLength(1);
    expect(status(yard)).toMatchObject({ seen: { commit: head } });
    expect(status(yard)?.choice).toContain('nothing to ticket in 1 commit');
  });

  test('boards the head of a branch that was rewritten, saying so', () => {
    const yard = running();
    const first = push(yard, 'base/a');
    yard.settle();
    const gone = push(yard, 'base/b');
    yard.settle();
    yard.simulation.model.source.moveBack(REPOSITORY, first);
    const head = push(yard, 'env/prod/c');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[first], [gone], [head]]);
    expect(yard.good('prod')).toMatchObject({ base: head, overlay: head });
    expect(status(yard)?.choice).toBe(
      `${head.slice(0, 7)}: the head, since branch main was rewritten and no longer contains ${gone.slice(0, 7)}`,
    );
  });

  test('B8: makes a ticket anew for a commit that comes back', () => {
    const yard = running();
    const first = push(yard, 'base/a');
    yard.settle();
    const second = push(yard, 'base/b');
    yard.settle();
    yard.simulation.model.source.moveBack(REPOSITORY, first);
    yard.simulation.lookAgain();
    yard.settle();
    push(yard, 'base/b');
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[first], [second], [first], [second]]);
  });

  test('does not look at a rendered branch, and says why', () => {
    const yard = running({ branch: 'env/prod' });
    push(yard, 'base/a');
    yard.settle();
    expect(made(yard)).toEqual([]);
    expect(status(yard)?.problem).toBe(
      `branch env/prod of ${REPOSITORY} is rendered for an Application: subscribe to the branch that people edit`,
    );
  });

  test('with a glob that is none looks at nothing, and says which', () => {
    const yard = running({ exclude: ['{docs'] });
    push(yard, 'base/a');
    yard.settle();
    expect(status(yard)?.problem).toBe("'{docs' is no glob: a brace is not closed");
    const ready = () => yard.track('main').status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'SubscriptionProblem',
      message: "Subscription source: '{docs' is no glob: a brace is not closed.",
    });
    yard.say(yard.track('main'), { subscriptions: [source({ exclude: ['docs'] })] });
    yard.settle();
    expect(made(yard)).toHaveLength(1);
    expect(status(yard)?.problem).toBeUndefined();
    expect(ready()).toMatchObject({ status: 'True', reason: 'InService' });
  });

  test('B1: looks at once where a hint says that the branch moved', () => {
    const yard = running();
    push(yard, 'base/a');
    yard.settle();
    const commit = yard.simulation.model.source.commit(REPOSITORY, 'base/b');
    yard.settle();
    expect(made(yard)).toHaveLength(1);
    const track = yard.track('main');
    const hinted = { ...track, status: { ...track.status, hints: { source: '2030-01-01T00:00:00Z' } } };
    yard.simulation.tracks.set('shop/main', hinted);
    yard.settle();
    expect(made(yard).map(commits)).toContainEqual([commit]);
  });

  test.each([
    ['5m', 1_000],
    ['1m', 1_000],
    ['10s', 100],
    ['2s', 100],
    ['1s', 100],
  ])('every %s looks within that time, at a moment at which others look as well', (interval, beat) => {
    const waits = ['one', 'two', 'three', 'four', 'five'].map((name) => {
      const repoURL = `https://git.example.com/acme/${name}`;
      const yard = running({ repoURL, interval });
      const { simulation } = yard;
      simulation.push(repoURL, 'base/a');
      yard.settle();
      simulation.lookAgain();
      simulation.passTo(new Date(simulation.now.getTime() + 123));
      const { now } = simulation;
      const [job] = looksOf(simulation);
      if (job === undefined) throw new Error('It does not look.');
      const { commit = '' } = status(yard)?.seen ?? {};
      simulation.note(job, { state: 'Done', at: now, result: { askedAt: now, commit } });
      const { wakeAt = new Date(Number.NaN) } = simulation.plan('track shop/main');
      expect(wakeAt.getTime() % beat).toBe(0);
      simulation.passTo(new Date(wakeAt.getTime() - 1));
      expect(looksOf(simulation)).toEqual([]);
      simulation.passTo(wakeAt);
      expect(looksOf(simulation)).toEqual([job]);
      return wakeAt.getTime() - now.getTime();
    });
    const ms = parseDuration(interval);
    expect(Math.max(...waits)).toBeLessThanOrEqual(Math.max(ms, 1_000 + beat));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(Math.max(1_000, ms * 0.8));
  });

  test('C7: of a track that is off makes none; on again it makes one for the newest', () => {
    const yard = running();
    yard.say(yard.track('main'), { enabled: false });
    push(yard, 'base/a');
    const newest = push(yard, 'base/b');
    yard.settle();
    expect(made(yard)).toEqual([]);
    yard.say(yard.track('main'), { enabled: true });
    yard.settle();
    expect(made(yard).map(commits)).toEqual([[newest]]);
  });

  test('makes each ticket once, before whatever step the process dies', () => {
    const begin = (): Yard => {
      const yard = running();
      push(yard, 'env/prod/a');
      push(yard, 'env/test/b');
      push(yard, 'base/c');
      return yard;
    };
    expect(survivesEveryCrash(begin)).toBeGreaterThan(20);
  });
});

const hint = record({
  paths: array(constantFrom('base/a', 'env/test/x', 'env/prod/x', 'docs/x'), { minLength: 1, maxLength: 3 }),
  isSeen: boolean(),
  isDoubled: boolean(),
  dies: boolean(),
});

test('B1, B8: however hints come, the newest change is ticketed, and nothing twice', () => {
  assert(
    property(array(hint, { minLength: 1, maxLength: 6 }), (hints) => {
      const yard = running({ exclude: ['docs'] });
      const pushed: { commit: string; paths: string[] }[] = [];
      for (const { paths, isSeen, isDoubled, dies } of hints) {
        pushed.push({ commit: push(yard, ...paths), paths });
        if (dies) {
          yard.simulation.settle(paths.length + 2);
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
      const tickets = made(yard).map((ticket) =>
        JSON.stringify([ticket.spec.track ?? ticket.spec.express, commits(ticket)]),
      );
      expect(new Set(tickets).size).toBe(tickets.length);
      const isBase = (paths: readonly string[]): boolean =>
        paths.includes('base/a') || (paths.includes('docs/x') && paths.some((path) => path.startsWith('env/')));
      const newest = pushed.findLast(({ paths }) => isBase(paths));
      if (newest) expect(yard.good('prod')?.base).toBe(newest.commit);
      for (const name of ['test', 'prod']) {
        const own = pushed.findLast(({ paths }) => isBase(paths) || paths.includes(`env/${name}/x`));
        if (own) expect(yard.good(name)?.overlay).toBe(own.commit);
      }
      const rides = made(yard);
      const toSamePlace = (one: Ticket, other: Ticket): boolean =>
        one.spec.express?.station === other.spec.express?.station;
      rides.forEach((ride, index) => {
        // A look that died before it was recorded leaves a ticket that the next look's may overtake.
        const isOvertaken = rides.slice(index + 1).some((later) => toSamePlace(ride, later));
        expect(isOvertaken ? ['Completed', 'Superseded'] : ['Completed']).toContain(ride.status?.phase);
      });
    }),
    { numRuns: 25 },
  );
});

test('B8: a version whose tag moves while a look dies gets one ticket, by whatever was there first', () => {
  const images = { repositories: [IMAGE], select: { semver: { constraint: '*' } } };
  const yard = new Yard({ tracks: { main: { stations: ['test'], subscriptions: [{ name: 'shop', images }] } } });
  const seen = new Set<string>();
  for (let steps = 1; steps < 8; steps += 1) {
    yard.simulation.publishImage(IMAGE, '1.0.0');
    yard.simulation.settle(steps);
    yard.simulation.restart();
    for (const { spec } of made(yard)) seen.add(spec.change?.images?.[0]?.digest ?? '');
  }
  yard.settle();
  expect(made(yard)).toHaveLength(1);
  expect(seen.size).toBe(1);
  const [first] = seen;
  const ticketed = yard.track('main').status?.subscriptions?.[0]?.ticketed?.images;
  expect(ticketed).toMatchObject([{ tag: '1.0.0', digest: first }]);
});
