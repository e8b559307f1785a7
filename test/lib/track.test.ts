import { Chart, Testing } from 'cdk8s';
import { GitRepository, Station, Subscription, Track, type TrackProps } from '../../lib';
import { manifest, manifests, stderrOf } from './manifests';

const shop = () => new Chart(Testing.app(), 'shop', { namespace: 'shop' });
const repository = GitRepository.at('https://git.example.com/shop.git');

test('defaults are applied once and exposed, and left to the server in what is emitted', () => {
  const chart = shop();
  const track = new Track(chart, 'main', { stations: [new Station(chart, 'test')] });
  expect(track).toMatchObject({
    kind: 'Track',
    name: 'main',
    namespace: 'shop',
    enabled: true,
    service: 'Latest',
    express: 'Immediate',
    onFailure: 'Continue',
    historyLimit: 50,
    subscriptions: [],
  });
  stderrOf(() => expect(manifest(chart, 'Track', 'main').spec).toEqual({ stations: [{ name: 'test' }] }));
});

test('what differs from the defaults is emitted', () => {
  const chart = shop();
  new Track(chart, 'main', {
    name: 'line',
    stations: [new Station(chart, 'test')],
    subscriptions: [Subscription.source(repository)],
    service: 'Every',
    express: 'Follow',
    onFailure: 'Halt',
    historyLimit: 0,
    enabled: false,
    boardedFrom: [Station.fromName('release', { namespace: 'platform' }), Station.fromName('here')],
  });
  stderrOf(() =>
    expect(manifest(chart, 'Track', 'line').spec).toEqual({
      enabled: false,
      service: 'Every',
      express: 'Follow',
      onFailure: 'Halt',
      historyLimit: 0,
      subscriptions: [
        {
          name: 'source',
          source: { repoURL: repository.url, branch: 'main', folder: '', interval: '1m' },
        },
      ],
      stations: [{ name: 'test' }],
      boardedFrom: [{ namespace: 'platform', station: 'release' }],
    }),
  );
});

test('stations and subscriptions can be added later (rule L1)', () => {
  const chart = shop();
  const [test, prod] = [new Station(chart, 'test'), new Station(chart, 'prod')];
  const track = new Track(chart, 'main', { stations: [test] });
  expect(track.station(prod).subscription(Subscription.source(repository))).toBe(track);
  expect(track.stations).toEqual([test, prod]);
  expect(track.spec).toMatchObject({
    stations: [{ name: 'test' }, { name: 'prod' }],
    subscriptions: [{ name: 'source' }],
  });
});

test.each<[string, TrackProps, RegExp]>([
  [
    'two subscriptions of one name',
    {
      subscriptions: [
        Subscription.image('ghcr.io/a/web', { newest: true }),
        Subscription.image('ghcr.io/b/web', { newest: true }),
      ],
    },
    /subscriptions 'web' is the name of two on track 'main'; tell them apart with `as`/,
  ],
  [
    'a history of less than nothing',
    { historyLimit: -1 },
    /historyLimit -1 is no count of tickets; give a whole number/,
  ],
  ['half a ticket', { historyLimit: 1.5 }, /historyLimit 1.5/],
  ['too much history', { historyLimit: 1001 }, /up to 1000/],
])('%s is refused at once', (_, props, says) => {
  expect(() => new Track(shop(), 'main', props)).toThrow(says);
});

describe('namespaces (rule L6)', () => {
  test('a Track and its Stations share one, though their Charts may differ', () => {
    const app = Testing.app();
    const [line, stops] = [
      new Chart(app, 'line', { namespace: 'shop' }),
      new Chart(app, 'stops', { namespace: 'shop' }),
    ];
    new Track(line, 'main', {
      stations: [new Station(stops, 'test').application('web', { repository, overlay: 'env/test' })],
      subscriptions: [Subscription.source(repository)],
    });
    expect(stderrOf(() => manifests(line))).toBe('');
  });

  test('a station of another namespace is an error that names both', () => {
    const app = Testing.app();
    const [shops, others] = [
      new Chart(app, 'shop', { namespace: 'shop' }),
      new Chart(app, 'other', { namespace: 'other' }),
    ];
    new Track(shops, 'main', { stations: [new Station(others, 'test')] });
    expect(() => stderrOf(() => manifests(shops))).toThrow(
      "shop/main: track 'shop/main' and its station 'other/test' are in different namespaces; give their Charts the same",
    );
  });

  test('a junction of the same App gives the consent of the track by itself', () => {
    const app = Testing.app();
    const [platform, europe] = [
      new Chart(app, 'platform', { namespace: 'platform' }),
      new Chart(app, 'europe', { namespace: 'europe' }),
    ];
    const eu = new Track(europe, 'eu', {
      stations: [new Station(europe, 'web').application('web', { repository, overlay: 'env/eu' })],
    });
    new Track(platform, 'main', {
      stations: [new Station(platform, 'release', { junctions: [eu] })],
      subscriptions: [Subscription.source(repository)],
    });
    expect(stderrOf(() => manifests(platform))).toBe('');
    expect(manifest(platform, 'Station', 'release').spec).toEqual({
      junctions: [{ track: 'eu', namespace: 'europe', enabled: true }],
    });
    expect(manifest(europe, 'Track', 'eu').spec).toMatchObject({
      boardedFrom: [{ namespace: 'platform', station: 'release' }],
    });
  });

  test('the two sides of a junction may live in two repositories', () => {
    const platform = new Chart(Testing.app(), 'platform', { namespace: 'platform' });
    new Track(platform, 'main', {
      stations: [
        new Station(platform, 'release', { junctions: [Track.fromName('eu', { namespace: 'europe' })] }),
        Station.fromName('docs'),
      ],
      subscriptions: [Subscription.source(repository)],
    });
    expect(stderrOf(() => manifests(platform))).toBe('');

    const europe = new Chart(Testing.app(), 'europe', { namespace: 'europe' });
    new Track(europe, 'eu', {
      stations: [new Station(europe, 'web').application('web', { repository, overlay: 'env/eu' })],
      boardedFrom: [Station.fromName('release', { namespace: 'platform' })],
    });
    expect(stderrOf(() => manifests(europe))).toBe('');
  });
});
