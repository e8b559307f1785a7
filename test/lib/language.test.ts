/** The samples of the language, as a team would write them: each compiles and synthesises. */

import { App, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import {
  Application,
  Duration,
  Gate,
  GitRepository,
  HelmChart,
  Render,
  Station,
  Subject,
  Subscription,
  Track,
  type StationProps,
} from '../../lib';
import { manifests, stderrOf, type Manifest } from './manifests';

const named = (objects: readonly Manifest[], kind: string) =>
  objects.filter((each) => each.kind === kind).map((each) => each.metadata.name);

describe('the smallest network', () => {
  class Guestbook extends Chart {
    constructor(scope: Construct, id: string) {
      super(scope, id, { namespace: 'guestbook' });
      const repository = GitRepository.at('https://git.example.com/guestbook.git');
      const stop = (name: string, gates?: StationProps) =>
        new Station(this, name, gates).application('web', { repository, overlay: `env/${name}` });

      new Track(this, 'main', {
        subscriptions: [
          Subscription.image('ghcr.io/acme/guestbook', { semver: '^1.0.0' }),
          Subscription.source(repository),
        ],
        stations: [
          stop('test'),
          stop('stage', { exit: [Gate.soak(Duration.hours(1))] }),
          stop('prod', { entry: [Gate.approval({ by: [Subject.group('release')] })] }),
        ],
      });
    }
  }

  test('emits a Track, its Stations, an Application for each, and who may approve', () => {
    const objects = manifests(new Guestbook(Testing.app(), 'guestbook'));
    expect(named(objects, 'Track')).toEqual(['main']);
    expect(named(objects, 'Station')).toEqual(['test', 'stage', 'prod']);
    expect(named(objects, 'Application')).toEqual(['guestbook-test-web', 'guestbook-stage-web', 'guestbook-prod-web']);
    expect(named(objects, 'Role')).toEqual(['k8sta-approve-prod']);
    expect(named(objects, 'RoleBinding')).toEqual(['k8sta-approve-prod']);
  });

  test('synthesises as a program does', () => {
    const app = Testing.app();
    new Guestbook(app, 'guestbook');
    expect(() => app.synth()).not.toThrow();
  });
});

test('a junction fans out into regions, and a gate fans in', () => {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const repository = GitRepository.at('https://git.example.com/shop.git');
  const stop = (name: string, gates?: StationProps) =>
    new Station(chart, name, gates).application('web', { repository, overlay: `env/${name}` });

  const regions = ['us-east', 'eu-west', 'ap-south'].map(
    (region) =>
      new Track(chart, region, {
        stations: [stop(`${region}-canary`, { exit: [Gate.soak(Duration.minutes(30))] }), stop(`${region}-full`)],
      }),
  );
  new Track(chart, 'main', {
    subscriptions: [Subscription.source(repository)],
    stations: [
      stop('test'),
      new Station(chart, 'release', { junctions: regions }),
      stop('docs', { entry: [Gate.completed(...regions)] }),
    ],
  });

  const objects = manifests(chart);
  expect(objects.find((each) => each.metadata.name === 'release')?.spec).toEqual({
    junctions: [
      { track: 'us-east', enabled: true },
      { track: 'eu-west', enabled: true },
      { track: 'ap-south', enabled: true },
    ],
  });
  expect(objects.find((each) => each.metadata.name === 'docs')?.spec).toMatchObject({
    entry: { completed: { tracks: ['us-east', 'eu-west', 'ap-south'] } },
  });
});

test('a team makes its own line for Helm in a monorepo', () => {
  interface ServiceProps {
    readonly repository: GitRepository;
    readonly environments: readonly string[];
  }
  class Service extends Construct {
    constructor(scope: Construct, id: string, { repository, environments }: ServiceProps) {
      super(scope, id);
      const source = repository.folder(`services/${id}`);
      const chart = HelmChart.at('oci://ghcr.io/acme/charts/service', { version: '2.1.0' });
      new Track(this, 'main', {
        subscriptions: [
          Subscription.image(`ghcr.io/acme/${id}`, { semver: '^1' }),
          Subscription.chart(chart, { semver: '^2' }),
          Subscription.source(source),
        ],
        stations: environments.map((name) =>
          new Station(this, name).application('app', {
            repository: source,
            overlay: `env/${name}`,
            render: Render.helm(chart),
            destination: { cluster: name, namespace: 'shop' },
          }),
        ),
      });
    }
  }
  const chart = new Chart(Testing.app(), 'mono', { namespace: 'mono' });
  const repository = GitRepository.at('https://git.example.com/mono.git');
  for (const service of ['api', 'web']) new Service(chart, service, { repository, environments: ['test', 'prod'] });

  const objects = manifests(chart);
  expect(named(objects, 'Track')).toEqual(['api-main', 'web-main']);
  expect(named(objects, 'Station')).toEqual(['api-test', 'api-prod', 'web-test', 'web-prod']);
  expect(named(objects, 'Application')).toContain('mono-api-test-app');
  expect(objects.find((each) => each.metadata.name === 'api-test')?.spec).toMatchObject({
    applications: [
      {
        name: 'mono-api-test-app',
        namespace: 'argocd',
        folder: 'services/api',
        overlay: 'env/test',
        branch: 'services/api/env/test',
        render: { helm: { chart: { repoURL: 'oci://ghcr.io/acme/charts', name: 'service', version: '2.1.0' } } },
      },
    ],
  });
});

test('Applications that exist already are referred to and not emitted', () => {
  const chart = new Chart(new App(), 'shop', { namespace: 'shop' });
  const repository = GitRepository.at('https://git.example.com/shop.git');
  const stop = (name: string) =>
    new Station(chart, name, {
      applications: [Application.fromName(`shop-${name}`, { repository, overlay: `env/${name}` })],
    });
  new Track(chart, 'main', {
    subscriptions: [Subscription.image('ghcr.io/acme/shop', { newest: true })],
    stations: [stop('test'), stop('prod')],
  });
  let objects: readonly Manifest[] = [];
  const said = stderrOf(() => (objects = manifests(chart)));
  expect(said).toContain('kubectl annotate application shop-prod --namespace argocd');
  expect(named(objects, 'Application')).toEqual([]);
  expect(objects.find((each) => each.kind === 'Station')?.spec).toMatchObject({
    applications: [{ name: 'shop-test', namespace: 'argocd', branch: 'env/test' }],
  });
});
