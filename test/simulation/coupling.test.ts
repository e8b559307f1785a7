import type { Change } from '../../lib/api';
import { IMAGE, REPOSITORY, survivesEveryCrash, Yard, type Plan } from './lines';

const API = 'ghcr.io/acme/api';
const image = (repoURL: string, tag: string) => ({ images: [{ repoURL, tag }] });

/** Three tickets before a station that nobody may take yet. */
function queue(extra: Partial<Plan> & { readonly track?: object } = {}): Yard {
  const yard = new Yard({
    tracks: { main: { stations: ['test', 'prod'], service: 'Latest', ...extra.track } },
    stations: { prod: { hold: true }, ...extra.stations },
  });
  return yard;
}

/** One after the other, so that they meet before prod and not before. */
function board(yard: Yard, ...changes: Change[]): void {
  for (const change of changes) {
    yard.board(change);
    yard.settle();
  }
}

const open = (yard: Yard): Yard => {
  yard.say(yard.station('prod'), { hold: false });
  return yard.settle();
};
const tags = (yard: Yard, station = 'prod') =>
  yard.good(station)?.images?.map(({ repoURL, tag }) => `${repoURL}:${tag}`);

describe('C4: service Latest', () => {
  test('the one behind takes the one ahead along, and no change is lost', () => {
    const yard = queue();
    board(yard, image(API, '1'), image(IMAGE, '2'), image(IMAGE, '3'));
    expect(yard.names().map((name) => yard.phase(name))).toEqual(['Superseded', 'Superseded', 'Standing']);
    expect(yard.ticket('main-1').status?.supersededBy?.ticket).toBe('main-2');
    expect(yard.ticket('main-2').status?.supersededBy?.ticket).toBe('main-3');
    open(yard);
    expect(yard.visits('main-3')).toEqual(['test Arrived', 'prod Arrived']);
    expect(tags(yard)).toEqual([`${API}:1`, `${IMAGE}:3`]);
  });

  test('each part keeps its own root, and names the ticket that it was taken from', () => {
    const yard = queue();
    board(yard, image(API, '1'), image(IMAGE, '2'), image(IMAGE, '3'));
    const absorbed = yard.ticket('main-3').status?.absorbed;
    expect(absorbed).toEqual([
      {
        ticket: 'main-2',
        uid: expect.any(String) as string,
        change: image(API, '1'),
        root: { track: 'track-shop-main', sequence: 1 },
      },
    ]);
    open(yard);
    expect(yard.good('prod')?.images?.map(({ root }) => root?.sequence)).toEqual([1, 3]);
  });

  test('folds source commits to the newest, and keeps the one that no newer has', () => {
    const yard = queue();
    const { source } = yard.simulation.model;
    const commits = ['a', 'b', 'c'].map((file) => source.commit(REPOSITORY, `base/${file}.yaml`));
    board(yard, ...commits.map((commit) => ({ sources: [{ repoURL: REPOSITORY, commit }] })));
    expect(yard.ticket('main-3').status?.absorbed?.flatMap(({ change }) => change.sources ?? [])).toEqual([]);
    open(yard);
    expect(yard.good('prod')?.base).toBe(commits[2]);
  });

  test('inherits the earlier standing since, so that new tickets never keep a track from its turn', () => {
    const yard = queue();
    board(yard, image(IMAGE, '1'));
    const since = yard.ticket('main-1').status?.standingSince;
    board(yard, image(IMAGE, '2'));
    expect(yard.ticket('main-2').status?.standingSince).toBe(since);
  });

  test('a child carries what its parent took along', () => {
    const yard = new Yard({
      tracks: { main: { stations: ['test', 'prod'], service: 'Latest' }, east: ['east-1'] },
      stations: { prod: { hold: true, junctions: [{ track: 'east' }] } },
    });
    board(yard, image(API, '1'), image(IMAGE, '2'));
    open(yard);
    expect(yard.ticket('main-2.east').spec.change?.images).toEqual([
      ...image(API, '1').images,
      ...image(IMAGE, '2').images,
    ]);
    expect(yard.good('east-1')?.images?.map(({ root }) => root?.sequence)).toEqual([1, 2]);
  });

  test.each([
    ['the older one is held', (yard: Yard) => yard.say(yard.ticket('main-1'), { hold: true })],
    ['the track is held', (yard: Yard) => yard.say(yard.track('main'), { hold: true })],
    ['the track says Every', (yard: Yard) => yard.say(yard.track('main'), { service: 'Every' })],
  ])('does nothing while %s', (_what, say) => {
    const yard = queue();
    board(yard, image(API, '1'));
    say(yard);
    board(yard, image(IMAGE, '2'));
    expect(yard.phase('main-1')).toBe('Standing');
    expect(yard.ticket('main-2').status?.absorbed).toBeUndefined();
  });

  test('nor before a gate that waits for children', () => {
    const yard = queue({ stations: { prod: { entry: { completed: { tracks: ['east'] } } } } });
    board(yard, image(API, '1'), image(IMAGE, '2'));
    expect(yard.names().map((name) => yard.phase(name))).toEqual(['Standing', 'Standing']);
  });

  test('express tickets of one track and station couple whatever the service, and others do not', () => {
    const yard = queue({ track: { service: 'Every' } });
    open(yard);
    board(yard, image(IMAGE, '1'));
    yard.say(yard.station('prod'), { hold: true });
    const commits = ['a', 'b'].map((file) => yard.simulation.model.source.commit(REPOSITORY, `env/prod/${file}.yaml`));
    for (const track of [yard.track('main'), undefined]) {
      for (const commit of commits) {
        yard.simulation.express(
          yard.station('prod'),
          { overlays: [{ repoURL: REPOSITORY, commit, path: 'env/prod' }] },
          track,
        );
      }
    }
    yard.settle();
    const phases = ['1', '2', '3', '4'].map((number) => yard.phase(`express-${number}`));
    expect(phases).toEqual(['Superseded', 'Standing', 'Standing', 'Standing']);
    open(yard);
    expect(yard.good('prod')?.overlay).toBe(commits[1]);
  });
});

describe('t: T1 <- T2 <- T3 with a crash after every write', () => {
  const begin = (): Yard => {
    const yard = queue({ stations: { test: { enabled: false } } });
    for (const change of [image(API, '1'), image('ghcr.io/acme/web', '2'), image(IMAGE, '3')]) yard.board(change);
    return yard;
  };

  test('nothing is lost and nothing stuck', () => {
    expect(survivesEveryCrash(begin)).toBeGreaterThan(10);
  });

  test('and with a hold of T1 at any moment: either it was taken along, or it stands by itself', () => {
    const steps = begin().simulation.settle();
    for (let at = 0; at < steps; at += 1) {
      const yard = begin();
      yard.simulation.settle(at);
      yard.simulation.restart();
      if (yard.phase('main-1') !== 'Superseded') yard.say(yard.ticket('main-1'), { hold: true });
      yard.settle();
      yard.say(yard.ticket('main-1'), { hold: false });
      open(yard);
      expect({ at, tags: tags(yard) }).toEqual({ at, tags: [`${API}:1`, `${IMAGE}:3`, 'ghcr.io/acme/web:2'].sort() });
      const taken = yard.names().flatMap((name) => yard.ticket(name).status?.absorbed ?? []);
      const visits = yard.visits('main-1').filter((visit) => visit.startsWith('prod'));
      expect({ at, ways: visits.length + taken.filter(({ ticket }) => ticket === 'main-1').length }).toEqual({
        at,
        ways: 1,
      });
    }
  });
});

describe('y: a stale second leader lets T1 arrive while T2 takes it along', () => {
  test('exactly one of the two happens, whatever was decided on the old world and when it is carried out', () => {
    const begin = (): Yard => {
      const yard = queue({ stations: { test: { enabled: false }, prod: {} } });
      yard.fares('prod', { suspended: 'paused' });
      yard.board(image(IMAGE, '0'));
      yard.settle();
      yard.board(image(API, '1'));
      yard.board(image('ghcr.io/acme/web', '2'));
      yard.say(yard.ticket('main-1'), { abort: true });
      yard.fares('prod');
      return yard;
    };
    const steps = begin().simulation.settle();
    for (let at = 0; at < steps; at += 1) {
      for (const later of [1, 2, 3, 5, 8]) {
        const yard = begin();
        yard.simulation.settle(at);
        const stale = yard.simulation.plans();
        yard.simulation.settle(later);
        for (const step of stale.flatMap((plan) => plan.steps)) yard.simulation.carry(step);
        yard.settle();
        const taken = (yard.ticket('main-3').status?.absorbed ?? []).filter(({ ticket }) => ticket === 'main-2');
        const arrived = yard.visits('main-2').filter((visit) => visit === 'prod Arrived');
        expect({ at, later, ways: taken.length + arrived.length }).toEqual({ at, later, ways: 1 });
        expect({ at, later, tags: tags(yard) }).toEqual({ at, later, tags: [`${API}:1`, 'ghcr.io/acme/web:2'] });
      }
    }
  });
});
