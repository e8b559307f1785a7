import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import {
  Application,
  Duration,
  EntryGate,
  ExitGate,
  Gate,
  GitRepository,
  Station,
  Subject,
  Track,
  type ApplicationProps,
} from '../../lib';
import { manifest, manifests, stderrOf } from './manifests';

const repository = GitRepository.at('https://git.example.com/shop.git');
const web = (name: string): ApplicationProps => ({ repository, overlay: `env/${name}` });
const shop = () => new Chart(Testing.app(), 'shop', { namespace: 'shop' });
const onTrack = (chart: Chart, ...stations: Station[]) => new Track(chart, 'main', { stations, boardedFrom: [] });

describe('one habit (rule L1): what props say can be added later', () => {
  test('applications, junctions and gates come out the same', () => {
    const inProps = shop();
    const eu = new Track(inProps, 'eu', { stations: [Station.fromName('eu-web')] });
    const application = new Application(inProps, 'web', web('test'));
    onTrack(
      inProps,
      new Station(inProps, 'test', {
        applications: [application],
        junctions: [eu],
        entry: [Gate.approval({ by: [Subject.group('release')] })],
        exit: [Gate.soak(Duration.hours(1))],
      }),
    );

    const later = shop();
    const laterEu = new Track(later, 'eu', { stations: [Station.fromName('eu-web')] });
    const laterApplication = new Application(later, 'web', web('test'));
    onTrack(
      later,
      new Station(later, 'test')
        .application(laterApplication)
        .junction(laterEu)
        .entry(Gate.approval({ by: [Subject.group('release')] }))
        .exit(Gate.soak(Duration.hours(1))),
    );
    stderrOf(() => expect(manifests(later)).toEqual(manifests(inProps)));
  });

  test('each of them gives back the station', () => {
    const station = new Station(shop(), 'test');
    expect(station.application('web', web('test'))).toBe(station);
    expect(station.junction(Track.fromName('eu'))).toBe(station);
    expect(station.entry(Gate.completed(Track.fromName('eu')))).toBe(station);
    expect(station.exit(Gate.soak(Duration.minutes(1)))).toBe(station);
  });

  test('an exit gate is no entry gate, to the compiler and to whoever has none', () => {
    const prod = new Station(shop(), 'prod');
    // @ts-expect-error a soak holds behind a station
    expect(() => prod.entry(Gate.soak(Duration.hours(1)))).toThrow(/entry .* is no entry gate; use approval, window/);
    // @ts-expect-error an approval stands before a station
    expect(() => prod.exit(Gate.approval())).toThrow(/exit .* is no exit gate; use soak or analysis/);
    // @ts-expect-error gates are made by Gate
    expect(() => prod.entry({ condition: { type: 'approval' } })).toThrow(/is no entry gate/);
    // @ts-expect-error a track is no station
    expect(() => new Track(shop(), 'main', { stations: [Track.fromName('eu')] })).not.toThrow();
    // @ts-expect-error a station is no track
    expect(prod.junction(Station.fromName('test'))).toBe(prod);
  });

  test('a disabled station, junction and application say so', () => {
    const chart = shop();
    const station = new Station(chart, 'test', { enabled: false })
      .application('web', { ...web('test'), enabled: false })
      .junction(Track.fromName('eu'), { enabled: false });
    new Station(chart, 'prod', { junctions: [{ track: Track.fromName('eu'), enabled: false }, Track.fromName('us')] });
    expect(station.enabled).toBe(false);
    stderrOf(() => {
      expect(manifest(chart, 'Station', 'test').spec).toMatchObject({
        enabled: false,
        applications: [{ enabled: false }],
        junctions: [{ track: 'eu', enabled: false }],
      });
      expect(manifest(chart, 'Station', 'prod').spec).toEqual({
        junctions: [
          { track: 'eu', enabled: false },
          { track: 'us', enabled: true },
        ],
      });
    });
  });
});

describe('defaults', () => {
  test('are applied once and exposed', () => {
    const station = new Station(shop(), 'test');
    expect(station).toMatchObject({ name: 'test', namespace: 'shop', enabled: true, via: 'Push' });
    expect(station.timeout.toMinutes()).toBe(30);
    expect(station.degradedGrace.toMinutes()).toBe(1);
    expect(station.missingTimeout.toMinutes()).toBe(10);
    expect(station.spec).toEqual({
      enabled: true,
      hold: false,
      via: 'Push',
      deadlines: { arrival: '30m', degraded: '1m', missing: '10m' },
      applications: [],
      junctions: [],
    });
  });

  test('are left to the server in what is emitted', () => {
    const chart = shop();
    new Station(chart, 'test');
    new Station(chart, 'prod', {
      via: 'PullRequest',
      timeout: Duration.minutes(90),
      degradedGrace: Duration.minutes(1),
    });
    stderrOf(() => {
      expect(manifest(chart, 'Station', 'test').spec).toEqual({});
      expect(manifest(chart, 'Station', 'prod').spec).toEqual({ via: 'PullRequest', deadlines: { arrival: '1h30m' } });
    });
  });

  test('say how pull requests are merged only where that is not by people', () => {
    const chart = shop();
    const prod = new Station(chart, 'prod', { via: 'PullRequest', pullRequests: { merge: 'Automatic' } });
    expect(prod.pullRequests).toEqual({ merge: 'Automatic', method: 'Merge' });
    stderrOf(() =>
      expect(manifest(chart, 'Station', 'prod').spec).toEqual({
        via: 'PullRequest',
        pullRequests: { merge: 'Automatic' },
      }),
    );
    expect(() => new Station(chart, 'test', { pullRequests: {} })).toThrow("say via: 'PullRequest' as well");
  });

  test('what belongs to people is never emitted (rule L8)', () => {
    const chart = shop();
    const station = new Station(chart, 'test').application('web', web('test'));
    new Track(chart, 'main', { stations: [station] });
    stderrOf(() => expect(JSON.stringify(manifests(chart))).not.toMatch(/"hold"|"approvals"|"abort"|"resumes"/));
  });
});

describe('names (rule L2)', () => {
  test('come from the path below the Chart, without a hash, or are given', () => {
    const chart = shop();
    expect(new Station(chart, 'test').name).toBe('test');
    expect(new Station(new Chart(chart, 'inner', { namespace: 'inner' }), 'test').name).toBe('test');
    expect(new Station(chart, 'Prod_EU', {}).name).toBe('prod-eu');
    expect(new Station(chart, 'x', { name: 'prod' }).name).toBe('prod');
  });

  test('a station may have Applications only where its Chart has a namespace (rule L6)', () => {
    const chart = new Chart(Testing.app(), 'shop');
    expect(() => new Station(chart, 'test').application('web', web('test'))).toThrow(
      "namespace '' is missing on the Chart of station 'test', which drives Applications; give the Chart one",
    );
    expect(() => new Station(chart, 'junction').junction(Track.fromName('eu'))).not.toThrow();
  });
});

describe('gates', () => {
  test('an approval emits who may give it, on that station alone (rule L8)', () => {
    const chart = shop();
    const by = [
      Subject.group('release'),
      Subject.serviceAccount('bot'),
      Subject.serviceAccount('ci', { namespace: 'ci' }),
    ];
    const prod = new Station(chart, 'prod', { entry: [Gate.approval({ by })] });
    prod.entry(Gate.approval({ by: [Subject.user('ada'), Subject.group('release')] }));
    stderrOf(() => {
      expect(manifest(chart, 'Role', 'k8sta-approve-prod')).toMatchObject({
        metadata: { namespace: 'shop' },
        rules: [
          { apiGroups: ['k8sta.io'], resources: ['stations'], resourceNames: ['prod'], verbs: ['get', 'approve'] },
          { apiGroups: ['k8sta.io'], resources: ['tickets'], verbs: ['get', 'list', 'watch', 'update', 'patch'] },
        ],
      });
      expect(manifest(chart, 'RoleBinding', 'k8sta-approve-prod')).toMatchObject({
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'k8sta-approve-prod' },
        subjects: [
          { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'release' },
          { kind: 'ServiceAccount', name: 'bot', namespace: 'shop' },
          { kind: 'ServiceAccount', name: 'ci', namespace: 'ci' },
          { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada' },
        ],
      });
      expect(manifest(chart, 'Station', 'prod').spec).toEqual({ entry: { approval: {} } });
    });
  });

  test('several windows, fan-ins and analyses add up; a second soak is refused', () => {
    const station = new Station(shop(), 'prod', {
      entry: [
        Gate.window({ allow: '0 9 * * *', duration: Duration.hours(8) }),
        Gate.window({ deny: '0 0 * * 5', duration: Duration.days(1), timeZone: 'Europe/Berlin' }),
        Gate.completed(Track.fromName('eu'), Track.fromName('us', { namespace: 'america' })),
        Gate.completed(Track.fromName('eu')),
      ],
      exit: [Gate.analysis('smoke'), Gate.soak(Duration.minutes(90)), Gate.analysis('load', { clusterScope: true })],
    });
    expect(station.spec).toMatchObject({
      entry: {
        windows: [
          { allow: '0 9 * * *', duration: '8h', timeZone: 'UTC' },
          { deny: '0 0 * * 5', duration: '24h', timeZone: 'Europe/Berlin' },
        ],
        completed: { tracks: ['eu', 'america/us'] },
      },
      exit: {
        soak: '1h30m',
        analyses: [
          { template: 'smoke', clusterScope: false, args: [] },
          { template: 'load', clusterScope: true, args: [] },
        ],
      },
    });
    expect(() => station.exit(Gate.soak(Duration.hours(1)))).toThrow(
      /'soak' is said twice for station 'prod'; give one/,
    );
  });

  test('a track branches off once at a station', () => {
    const station = new Station(shop(), 'release').junction(Track.fromName('eu'));
    expect(() => station.junction(Track.fromName('eu', { namespace: 'shop' }))).toThrow(
      /'eu' branches off at station 'release' already/,
    );
    expect(() => station.junction(Track.fromName('eu', { namespace: 'other' }))).not.toThrow();
  });
});

describe('escape hatches', () => {
  test('a patch reaches fields that the schema does not know', () => {
    const chart = shop();
    const station = new Station(chart, 'test').application('web', web('test'));
    const track = new Track(chart, 'main', { stations: [station] });
    const application = station.node.findChild('web');
    ApiObject.of(station).addJsonPatch(JsonPatch.add('/spec/unheardOf', { deep: [1] }));
    ApiObject.of(station).addJsonPatch(JsonPatch.add('/metadata/labels', { team: 'a' }));
    ApiObject.of(track).addJsonPatch(JsonPatch.add('/spec/stations/0/note', 'first'));
    ApiObject.of(application).addJsonPatch(JsonPatch.add('/spec/info', [{ name: 'url', value: 'x' }]));
    stderrOf(() => {
      expect(manifest(chart, 'Station', 'test')).toMatchObject({
        metadata: { labels: { team: 'a' } },
        spec: { unheardOf: { deep: [1] } },
      });
      expect(manifest(chart, 'Track', 'main').spec).toMatchObject({ stations: [{ name: 'test', note: 'first' }] });
      expect(manifest(chart, 'Application', 'shop-test-web').spec).toMatchObject({ info: [{ name: 'url' }] });
    });
  });

  test('constructs are told apart without classes, so that two copies of the package agree', () => {
    const station = new Station(shop(), 'test');
    const track = new Track(shop(), 'main', { stations: [station] });
    expect([Station.isStation(station), Track.isTrack(station), Application.isApplication(station)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([Station.isStation(track), Track.isTrack(track), Application.isApplication(track)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(station instanceof Station && !(track instanceof Station) && !(station instanceof Track)).toBe(true);
    expect(ApiObject.isApiObject(station)).toBe(true);
    for (const nothing of [undefined, null, 'x', {}]) {
      expect(Station.isStation(nothing) || Track.isTrack(nothing) || Application.isApplication(nothing)).toBe(false);
      expect(EntryGate.isEntryGate(nothing) || ExitGate.isExitGate(nothing)).toBe(false);
    }
  });
});
