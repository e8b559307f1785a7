import { Chart, Duration, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { Gate, GitRepository, Station, Subscription, Track } from '../../lib';
import { found, Yard } from './yard';

describe('a linear track', () => {
  test('carries a ticket to its end and frees every station', () => {
    const yard = new Yard();
    yard.board('1.0.0');
    yard.settle();
    expect(yard.visits('main-1')).toEqual(['test Arrived', 'shared Arrived', 'prod Arrived']);
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
    expect(['test', 'shared', 'prod'].map((name) => yard.station(name).status?.occupant)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(yard.shows('prod')).toEqual(['1.0.0']);
  });

  test('I6, C2: tickets complete in the order they boarded, and each station ends with the newest', () => {
    const yard = new Yard();
    for (const tag of ['1.0.0', '1.1.0', '1.2.0']) yard.board(tag);
    yard.settle();
    const departed = (name: string) => found(yard.ticket(name).status?.stamps?.at(-1), name).departed;
    const ends = [departed('main-1'), departed('main-2'), departed('main-3')];
    expect(ends).toEqual([...ends].sort());
    expect(yard.shows('prod')).toEqual(['1.2.0']);
  });

  test('A6: a change that changes nothing is recorded as such and makes no commit', () => {
    const yard = new Yard();
    yard.board('1.0.0');
    yard.settle();
    const head = yard.station('test').status?.applications?.[0]?.head?.commit;
    yard.board('1.0.0');
    yard.settle();
    expect(yard.visits('main-2')).toEqual([
      'test AlreadyContained',
      'shared AlreadyContained',
      'prod AlreadyContained',
    ]);
    expect(yard.station('test').status?.applications?.[0]?.head?.commit).toBe(head);
  });

  test('C7: a disabled station is skipped, on the record', () => {
    const yard = new Yard();
    yard.say(yard.station('shared'), { enabled: false });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.visits('main-1')).toEqual(['test Arrived', 'shared Skipped', 'prod Arrived']);
  });

  test('C7: a disabled track boards nothing, and goes on when it is enabled again', () => {
    const yard = new Yard();
    yard.say(yard.track('main'), { enabled: false });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1').status?.sequence).toBeUndefined();
    yard.say(yard.track('main'), { enabled: true });
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
  });

  test('C3: a station that does not exist is waited for, never skipped', () => {
    const yard = new Yard();
    const missing = yard.station('shared');
    yard.simulation.stations.delete('shop/shared');
    yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1').status?.waiting).toMatchObject({
      reason: 'StationMissing',
      message: expect.stringContaining('shared') as string,
    });
    yard.simulation.stations.set('shop/shared', missing);
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
  });

  test.each([
    ['ticket', 'Held'],
    ['station', 'Held'],
    ['track', 'Held'],
  ] as const)('G1: a hold of the %s keeps the ticket standing, and its end lets it go', (what, reason) => {
    const yard = new Yard();
    yard.say(yard.station('test'), { hold: true });
    yard.board('1.0.0');
    yard.settle();
    const target = () =>
      ({ ticket: yard.ticket('main-1'), station: yard.station('test'), track: yard.track('main') })[what];
    yard.say(target(), { hold: true });
    if (what !== 'station') yard.say(yard.station('test'), { hold: false });
    yard.settle();
    expect(yard.ticket('main-1').status).toMatchObject({
      phase: 'Standing',
      waiting: { reason, message: expect.stringMatching(/spec.hold to false/) as string },
    });
    expect(yard.visits('main-1')).toEqual([]);
    expect(yard.station('test').status?.occupant).toBeUndefined();
    yard.say(target(), { hold: false });
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
  });

  test('G1: a held track boards nothing, and boards what waits when it is let go', () => {
    const yard = new Yard();
    yard.say(yard.track('main'), { hold: true });
    yard.board('1.0.0');
    yard.settle();
    expect(yard.ticket('main-1').status?.sequence).toBeUndefined();
    yard.say(yard.track('main'), { hold: false });
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
  });

  test('G1: an abort before a station leaves it as it was, and the next ticket goes on', () => {
    const yard = new Yard();
    yard.say(yard.station('test'), { hold: true });
    yard.board('1.0.0');
    yard.settle();
    yard.say(yard.ticket('main-1'), { abort: true });
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Aborted');
    expect(yard.visits('main-1')).toEqual(['test Aborted']);
    expect(yard.station('test').status?.applications ?? []).toEqual([]);
    yard.board('1.1.0');
    yard.say(yard.station('test'), { hold: false });
    yard.settle();
    expect(yard.ticket('main-2').status?.phase).toBe('Completed');
  });

  test('G1: an abort ends the ticket where it stands, and the one behind it goes on', () => {
    const yard = new Yard();
    yard.simulation.model.scripts.set('argocd/shop-shared-web', { suspended: 'paused' });
    yard.board('1.0.0');
    yard.board('1.1.0');
    yard.settle();
    expect(yard.ticket('main-1').status).toMatchObject({ phase: 'Suspended', station: 'shared' });
    expect(yard.ticket('main-2').status?.waiting?.reason).toBe('OlderTicket');
    yard.say(yard.ticket('main-1'), { abort: true });
    yard.simulation.model.scripts.clear();
    yard.settle();
    expect(yard.visits('main-1')).toEqual(['test Arrived', 'shared Aborted']);
    expect(yard.ticket('main-2').status?.phase).toBe('Completed');
  });

  test('A5: what failed moves no good state, and the next arrival leaves it behind', () => {
    const yard = new Yard();
    yard.board('1.0.0');
    yard.settle();
    yard.simulation.model.scripts.set('argocd/shop-shared-web', { syncFails: 'no such image' });
    yard.board('1.1.0');
    yard.settle();
    expect(yard.ticket('main-2').status?.failure).toMatchObject({ reason: 'SyncFailed', station: 'shared' });
    const [application] = yard.station('shared').status?.applications ?? [];
    expect(application?.head?.commit).not.toBe(application?.good?.commit);
    expect(yard.goodTag('shared')).toBe('1.0.0');
    yard.simulation.model.scripts.clear();
    yard.board('1.2.0');
    yard.settle();
    expect(yard.shows('shared')).toEqual(['1.2.0']);
  });
});

describe('C1: tracks that meet at a station', () => {
  test('take turns there by how long they have stood', () => {
    const yard = new Yard();
    yard.simulation.model.scripts.set('argocd/shop-shared-web', { suspended: 'paused' });
    yard.board('1.0.0');
    yard.settle();
    yard.board('2.0.0', 'other');
    yard.settle();
    expect(yard.ticket('other-1').status?.waiting).toMatchObject({
      reason: 'StationOccupied',
      message: expect.stringContaining('waits for its turn at shared') as string,
    });
    yard.simulation.model.scripts.clear();
    yard.settle();
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
    expect(yard.ticket('other-1').status?.phase).toBe('Completed');
    const when = (name: string) =>
      found(
        yard.ticket(name).status?.stamps?.find((stamp) => stamp.station === 'shared'),
        name,
      );
    expect((when('main-1').departed ?? '') <= (when('other-1').arrived ?? '')).toBe(true);
  });

  test('leave there what the other one brought', () => {
    const yard = new Yard();
    yard.board('1.0.0');
    yard.simulation.board(yard.track('other'), { images: [{ repoURL: 'ghcr.io/acme/other', tag: '2.0.0' }] });
    yard.settle();
    expect(yard.shows('shared').sort()).toEqual(['1.0.0', '2.0.0']);
  });
});

describe('gates with a clock', () => {
  const gated = (build: (station: Station) => void): Yard => {
    class Gated extends Chart {
      constructor(scope: Construct, id: string) {
        super(scope, id, { namespace: 'shop' });
        const repository = GitRepository.at('https://git.example.com/shop.git');
        const prod = new Station(this, 'prod').application('web', { repository, overlay: 'env/prod' });
        build(prod);
        new Track(this, 'main', {
          subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
          stations: [prod],
        });
      }
    }
    return new Yard(new Gated(Testing.app(), 'shop'));
  };

  test('F6: a soak departs at the moment it ends, and E2: it may be longer than the arrival’s deadline', () => {
    const yard = gated((station) => station.exit(Gate.soak(Duration.hours(24))));
    yard.board('1.0.0');
    yard.settle();
    const [stamp] = yard.ticket('main-1').status?.stamps ?? [];
    const hours = (Date.parse(stamp?.departed ?? '') - Date.parse(stamp?.arrived ?? '')) / 3_600_000;
    expect(yard.ticket('main-1').status?.phase).toBe('Completed');
    expect(hours).toBeCloseTo(24, 2);
  });

  test('F1: a window lets the ticket in at the very moment it opens', () => {
    const yard = gated((station) =>
      station.entry(Gate.window({ allow: '0 9 * * 1-5', duration: Duration.hours(8), timeZone: 'Europe/Berlin' })),
    );
    yard.board('1.0.0');
    yard.settle();
    // 1 January 2030 is a Tuesday; Berlin is an hour ahead in winter.
    expect(yard.ticket('main-1').status?.stamps?.[0]?.arrived).toBe('2030-01-01T08:00:00Z');
  });
});
