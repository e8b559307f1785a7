import { layOutMap } from '../../../../runtime/dashboard/layout';
import { boardOf } from '../../../../runtime/dashboard/view/board';
import { journeyOf, lineageOf } from '../../../../runtime/dashboard/view/journey';
import { conditionOf, countdown, gatesOf, shownAt } from '../../../../runtime/dashboard/view/station';
import { placeTickets, wayBetween, type Token } from '../../../../runtime/dashboard/view/tokens';
import { span } from '../../../../lib/api/words';
import { ago } from '../../../../runtime/dashboard/view/words';
import { worldOf, type World } from '../../../../runtime/dashboard/view/world';
import { shop, ticket, type Shown } from '../../../browser/world';

const shown: Shown = shop();
const world: World = worldOf({ at: '2026-01-01T00:00:00Z', ...shown });
const get = <T>(from: ReadonlyMap<string, T>, name: string): T => {
  const found = from.get(`shop/${name}`);
  if (found === undefined) throw new Error(`nothing is called ${name}`);
  return found;
};

describe('tickets on the map', () => {
  const layout = layOutMap(shown.tracks, shown.stations);
  const stop = (name: string) => {
    const found = layout.stops.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no stop ${name}`);
    return found;
  };
  const tokens = (tickets: Iterable<Shown['tickets'][number]>): readonly Token[] =>
    placeTickets(tickets, layout).tokens;

  test('one that arrives is at its stop, one that stands is on its line before it, one that has ended is nowhere', () => {
    const placed = new Map(tokens(shown.tickets).map((token) => [token.name, token]));
    expect(placed.get('us-east-3')).toMatchObject({ x: stop('us-canary').x, arriving: true });
    const standing = placed.get('europe-3');
    expect(standing?.x).toBeLessThan(stop('eu-prod').x);
    expect(standing?.x).toBeGreaterThan(stop('eu-canary').x);
    expect(standing?.y).toBeCloseTo(stop('eu-prod').y);
    expect(placed.has('docs-12')).toBe(false);
  });

  test('a queue shows three, the oldest nearest to the stop, and counts the others', () => {
    const queue = [5, 3, 4, 7, 6].map((sequence) =>
      ticket('shop', `main-${sequence}`, { track: 'main' }, { phase: 'Standing', sequence, station: 'integration' }),
    );
    const { tokens: placed, crowds } = placeTickets(queue, layout);
    expect(placed.map(({ name }) => name)).toEqual(['main-3', 'main-4', 'main-5']);
    const [first, second] = placed;
    expect(first?.x).toBeGreaterThan(second?.x ?? Infinity);
    expect(crowds.map(({ count }) => count)).toEqual([2]);
  });

  test('one that moves on goes along its line, through the stops between', () => {
    const at = (station: string, phase: 'Arriving' | 'Standing'): Token => {
      const [token] = tokens([ticket('shop', 'main-9', { track: 'main' }, { phase, sequence: 9, station })]);
      if (token === undefined) throw new Error('it is not on the map');
      return token;
    };
    const way = wayBetween(at('test', 'Arriving'), at('release', 'Standing'), layout);
    expect(way[0]?.x).toBe(stop('test').x);
    expect(way.some(({ x }) => x === stop('integration').x)).toBe(true);
    expect(way.at(-1)?.x).toBeLessThan(stop('release').x);
  });
});

test('the board puts first who asks for somebody', () => {
  const { asking, riding, ended } = boardOf(world);
  expect(asking.map(({ name }) => name)).toEqual(['europe-3']);
  expect(riding.map(({ name }) => name).sort()).toEqual(['asia-3', 'main-8', 'us-east-3']);
  expect(ended.map(({ name }) => name)).toEqual(['docs-12', 'main-7']);
});

test('a journey has what is punched, where the ticket is, and what is ahead', () => {
  const legs = journeyOf(get(world.tickets, 'main-8'), world);
  expect(legs.map(({ station, state }) => [station, state])).toEqual([
    ['test', 'passed'],
    ['integration', 'here'],
    ['release', 'ahead'],
  ]);
  expect(legs[0]).toMatchObject({ result: 'arrived', took: '2 min' });
});

test('the journey of a ticket that failed ends where it failed', () => {
  expect(journeyOf(get(world.tickets, 'docs-12'), world).map(({ station, result }) => [station, result])).toEqual([
    ['preview', 'arrived'],
    ['public', 'failed'],
  ]);
});

test('lineage leads to the ticket that it branched off from, and back', () => {
  expect(lineageOf(get(world.tickets, 'europe-3'), world)).toEqual([
    { words: 'branched off at release from', key: 'shop/main-7' },
  ]);
  expect(
    lineageOf(get(world.tickets, 'main-7'), world)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['shop/europe-3', 'shop/us-east-3']);
});

test('a station tells images, commits and health of each application', () => {
  expect(shownAt(get(world.stations, 'public'), world)).toMatchObject([
    { application: 'argocd/public-web', images: [{ version: '1.3.9' }], health: 'Degraded', sync: 'Synced' },
  ]);
});

test.each([
  ['test', 'good'],
  ['public', 'bad'],
  ['singapore', 'held'],
  ['release', 'good'],
])('the sign of %s says %s', (name, condition) => {
  expect(conditionOf(get(world.stations, name), world)).toBe(condition);
});

test('the gate that the first ticket waits for is shut, and says when it opens', () => {
  expect(gatesOf(get(world.stations, 'eu-prod'), get(world.tickets, 'europe-3'))).toMatchObject([
    { name: 'Approval', state: 'shut' },
  ]);
  const [soak] = gatesOf(get(world.stations, 'us-canary'), get(world.tickets, 'us-east-3'));
  expect(soak).toMatchObject({ name: 'Soak', state: 'shut' });
  expect(soak?.until).toBe(get(world.tickets, 'us-east-3').status?.waiting?.until);
});

test('a window says whether it is open before anybody stands there', () => {
  const [allow, deny] = [
    { allow: '0 9 * * *', duration: '8h', timeZone: 'UTC' },
    { deny: '0 12 * * *', duration: '1h', timeZone: 'UTC' },
  ];
  const prod = get(world.stations, 'eu-prod');
  const timed = { ...prod, spec: { ...prod.spec, entry: { windows: [allow, deny] } } };
  const until = '2026-01-05T13:00:00Z';
  const states = (...now: { open: boolean; until?: string }[]) =>
    gatesOf(timed, undefined, now).map((gate) => [gate.name, gate.state, gate.until]);
  expect(states()).toEqual([
    ['Window', 'unknown', undefined],
    ['Closed hours', 'unknown', undefined],
  ]);
  expect(states({ open: true, until }, { open: true, until })).toEqual([
    ['Window', 'open', until],
    ['Closed hours', 'shut', until],
  ]);
  expect(states({ open: false }, { open: false, until })).toEqual([
    ['Window', 'shut', undefined],
    ['Closed hours', 'open', until],
  ]);
});

test('spans and moments are said as people say them', () => {
  expect([59_400, 60_000, 190_000, 7_500_000, 100_000_000].map((each) => span(each))).toEqual([
    '59 s',
    '1 min',
    '3 min 10 s',
    '2 h 5 min',
    '1 d 3 h',
  ]);
  expect([840, 9_949, 9_950, 100_000_000].map((each) => span(each, { tenths: true }))).toEqual([
    '0.8 s',
    '9.9 s',
    '10 s',
    '1 d 3 h',
  ]);
  const now = Date.parse('2026-01-01T00:10:00Z');
  expect(ago('2026-01-01T00:09:50Z', now)).toBe('just now');
  expect(ago('2026-01-01T00:00:00Z', now)).toBe('10 min ago');
  expect(countdown('2026-01-01T00:09:00Z', now)).toBe('any moment now');
  expect(countdown('2026-01-01T00:11:30Z', now)).toBe('in 1 min 30 s');
});
