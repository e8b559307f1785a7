/** What synth says of the whole App (rule L11). */

import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { Application, Gate, GitRepository, Station, Subscription, Track } from '../../lib';
import { problemsOf } from '../../lib/synth-check';
import { manifests, stderrOf } from './manifests';

const repository = GitRepository.at('https://git.example.com/shop.git');
const shop = (app = Testing.app(), id = 'shop') => new Chart(app, id, { namespace: 'shop' });
const stop = (chart: Chart, name: string, branch?: string) =>
  new Station(chart, name).application('web', { repository, overlay: `env/${name}`, branch });
const line = (chart: Chart, ...stations: Station[]) =>
  new Track(chart, 'main', { subscriptions: [Subscription.source(repository)], stations });

test('all errors come at once, each with its construct path, its value and the fix', () => {
  const app = Testing.app();
  const chart = shop(app);
  line(
    chart,
    stop(chart, 'test'),
    stop(chart, 'prod', 'env/test'),
    stop(chart, 'a-name-that-is-much-too-long-for-a-station'),
  );
  const twin = shop(app, 'twin');
  new Station(twin, 'test');
  let message = '';
  stderrOf(() => {
    try {
      app.synth();
    } catch (error) {
      message = String(error);
    }
  });
  expect(message.split('\n').slice(1)).toEqual([
    "  [] shop/a-name-that-is-much-too-long-for-a-station: the name 'a-name-that-is-much-too-long-for-a-station' has 42 characters, at most 40 fit; set a shorter or plainer `name`",
    "  [] shop/prod: branch 'env/test' of git.example.com/shop is rendered for two Applications, argocd/shop-test-web (shop/test) and argocd/shop-prod-web; give each Application its own `branch`, apart from the source branch",
    '  [] shop/test: Station shop/test is described again by twin/test; give one of them another `name`',
  ]);
});

test('the same object made twice by another library is found, and two of different groups are not', () => {
  const app = Testing.app();
  const chart = shop(app);
  line(chart, stop(chart, 'test'));
  const metadata = { name: 'settings' };
  new ApiObject(chart, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  new ApiObject(chart, 'b', { apiVersion: 'example.com/v1', kind: 'ConfigMap', metadata });
  new ApiObject(chart, 'c', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, namespace: 'other' } });
  new ApiObject(chart, 'd', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  expect(() => manifests(chart)).toThrow(/shop\/a: ConfigMap shop\/settings is described again by shop\/d;/);
});

test('a cycle that was closed later is found', () => {
  const chart = shop();
  const main = line(chart, stop(chart, 'test'));
  const eu = new Track(chart, 'eu', { stations: [stop(chart, 'eu-web').junction(main)] });
  stderrOf(() => manifests(chart));
  (main.stations[0] as Station).junction(eu);
  expect(() => manifests(chart)).toThrow(/leads back to itself: (main -> eu -> main|eu -> main -> eu)/);
});

test('a station of another App dangles, and so does one that was removed', () => {
  const chart = shop();
  line(chart, stop(shop(), 'elsewhere'));
  expect(() => manifests(chart)).toThrow(
    /shop\/main: refers to station 'shop\/elsewhere', which is not described here/,
  );

  const other = shop();
  line(other, stop(other, 'test'));
  other.node.tryRemoveChild('test');
  expect(() => manifests(other)).toThrow(/refers to station 'shop\/test'/);
});

test('an Application given to two stations is an error that names both', () => {
  const chart = shop();
  const application = new Application(chart, 'web', { repository, overlay: 'env/web' });
  const stations = ['test', 'prod'].map((name) => new Station(chart, name, { applications: [application] }));
  line(chart, ...stations);
  expect(() => manifests(chart)).toThrow(
    /is driven by station 'shop\/prod' and by station 'shop\/test' \(shop\/test\)/,
  );
});

test('two stations of a track with one destination are an error, unless it is shared on purpose (rule L3)', () => {
  const build = (sharedDestination: boolean) => {
    const chart = shop();
    const stations = ['test', 'prod'].map((name) =>
      new Station(chart, name).application('web', {
        repository,
        overlay: `env/${name}`,
        destination: { namespace: 'web' },
        sharedDestination,
      }),
    );
    line(chart, ...stations);
    return () => manifests(chart);
  };
  expect(build(false)).toThrow(/deploy to the same place, namespace 'web' of cluster 'in-cluster'/);
  expect(build(true)).not.toThrow();
});

describe('warnings', () => {
  test('go to stderr, once for each synth, and stop nothing', () => {
    const app = Testing.app();
    const charts = ['a', 'b', 'c'].map((id) => new Chart(app, id, { namespace: id }));
    for (const chart of charts) new Station(chart, 'test', { entry: [Gate.approval()] });
    const said = stderrOf(() => app.synth());
    expect(said.split('\n').filter((text) => text.startsWith('warning: a/'))).toEqual([
      "warning: a/test: no track stops at station 'test'; list it on a track, or remove it",
      "warning: a/test: only cluster administrators can approve at station 'test'; say who else may: Gate.approval({ by: [Subject.group('…')] })",
    ]);
    expect(said.split('\n').filter((text) => text !== '')).toHaveLength(6);
  });

  test('are told with the errors to whoever asks for all problems', () => {
    const chart = shop();
    line(chart, new Station(chart, 'test'));
    expect(problemsOf(chart)).toMatchObject([{ severity: 'warning', path: 'shop/test', value: 'test' }]);
  });
});

test('a hundred charts of ten stations are checked once, not once for each chart', () => {
  const app = Testing.app();
  let asked = 0;
  for (let index = 0; index < 100; index += 1) {
    const chart = new Chart(app, `team-${index}`, { namespace: `team-${index}` });
    const source = GitRepository.at(`https://git.example.com/team-${index}.git`);
    const stations = Array.from({ length: 10 }, (_, stopNumber) =>
      new Station(chart, `stop-${stopNumber}`).application('web', { repository: source, overlay: `env/${stopNumber}` }),
    );
    const track = new Track(chart, 'main', { subscriptions: [Subscription.source(source)], stations });
    const spec = Object.getOwnPropertyDescriptor(Track.prototype, 'spec');
    Object.defineProperty(track, 'spec', { get: () => ((asked += 1), spec?.get?.call(track) as unknown) });
  }
  expect(stderrOf(() => app.synth())).toBe('');
  expect(asked).toBe(200); // each track once for the check and once to be written
});

test('an App without any of it is left alone', () => {
  const app = new App({ outdir: Testing.app().outdir });
  new Chart(app, 'empty');
  expect(() => app.synth()).not.toThrow();
});
