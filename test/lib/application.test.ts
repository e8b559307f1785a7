import { Chart, Testing } from 'cdk8s';
import { Application, GitRepository, HelmChart, Render, Station, Track, type ApplicationProps } from '../../lib';
import { manifest, manifests, stderrOf } from './manifests';

const repository = GitRepository.at('https://git.example.com/shop.git');
const shop = () => new Chart(Testing.app(), 'shop', { namespace: 'shop' });
const make = (props: Partial<ApplicationProps> = {}, id = 'web') =>
  new Application(shop(), id, { repository, overlay: 'env/test', ...props });

describe('defaults (rule L3)', () => {
  test('are applied once and exposed', () => {
    expect(make()).toMatchObject({
      kind: 'Application',
      name: 'shop-web',
      namespace: 'argocd',
      branch: 'env/test',
      project: 'default',
      destination: { cluster: 'in-cluster', namespace: 'shop-web' },
      sharedDestination: false,
      sync: { automated: true, prune: true, selfHeal: true, options: ['CreateNamespace=true'] },
      reference: {
        enabled: true,
        sourceBranch: 'main',
        folder: '',
        overlay: 'env/test',
        layout: 'Files',
        adopt: false,
      },
    });
  });

  test('come out as an Argo CD Application on its rendered branch, with the consent to its station and no finalizer', () => {
    const chart = shop();
    const station = new Station(chart, 'test').application('web', { repository, overlay: 'env/test' });
    new Track(chart, 'main', { stations: [station], boardedFrom: [Station.fromName('x', { namespace: 'y' })] });
    expect(manifest(chart, 'Application', 'shop-test-web')).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name: 'shop-test-web',
        namespace: 'argocd',
        annotations: { 'k8sta.io/authorized-station': 'shop/test' },
      },
      spec: {
        project: 'default',
        source: { repoURL: 'https://git.example.com/shop.git', targetRevision: 'env/test', path: '.' },
        destination: { name: 'in-cluster', namespace: 'shop-test-web' },
        syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
      },
    });
  });

  test('give way to what is said', () => {
    const chart = shop();
    new Application(chart, 'web', {
      repository: GitRepository.at('git@git.example.com:shop.git', { branch: 'trunk' }).folder('services/web'),
      overlay: 'test',
      name: 'frontend',
      namespace: 'shop',
      project: 'shops',
      branch: 'live/test',
      layout: 'SingleFile',
      images: ['nginx', 'ghcr.io/acme/web'],
      render: Render.ytt(),
      destination: { server: 'https://10.0.0.1', namespace: 'web' },
      sharedDestination: true,
      sync: { automated: false, options: [] },
      adopt: true,
    });
    stderrOf(() =>
      expect(manifest(chart, 'Application', 'frontend')).toMatchObject({
        metadata: { namespace: 'shop', annotations: { 'k8sta.io/shared-destination': 'true' } },
        spec: {
          project: 'shops',
          source: { targetRevision: 'live/test' },
          destination: { server: 'https://10.0.0.1', namespace: 'web' },
          syncPolicy: {},
        },
      }),
    );
    const spec = new Station(chart, 'test', {
      applications: [chart.node.findChild('web') as Application],
    }).spec;
    expect(spec.applications).toEqual([
      {
        name: 'frontend',
        destinationNamespace: 'web',
        namespace: 'shop',
        enabled: true,
        repoURL: 'git@git.example.com:shop.git',
        sourceBranch: 'trunk',
        folder: 'services/web',
        overlay: 'test',
        branch: 'live/test',
        layout: 'SingleFile',
        render: { ytt: {} },
        images: ['docker.io/library/nginx', 'ghcr.io/acme/web'],
        adopt: true,
      },
    ]);
  });

  test('the branch carries the full path of a folder (rule L5)', () => {
    expect(make({ repository: repository.folder('services').folder('api') }).branch).toBe('services/api/env/test');
  });
});

describe('what is wrong at once is refused at once', () => {
  test.each<[string, Partial<ApplicationProps>, RegExp]>([
    ['an overlay outside', { overlay: '../prod' }, /overlay '..\/prod' has the part '..'; write a folder/],
    ['no overlay', { overlay: '' }, /overlay '' is empty; write a folder/],
    ['a name', { name: 'Web' }, /name 'Web' is not a Kubernetes name.*; set `name`/],
    ['a namespace', { namespace: 'argo_cd' }, /namespace 'argo_cd' is not a DNS label/],
    [
      'an image with a tag',
      { images: ['nginx:1.2'] },
      /repository 'nginx:1.2' carries a version; write 'docker.io\/library\/nginx'/,
    ],
    [
      'a destination that cannot be a namespace',
      { name: 'shop.example.com' },
      /destination.namespace 'shop.example.com' is not a DNS label.*; set `destination.namespace`/,
    ],
    [
      'a name too long for a Helm release',
      { name: 'a'.repeat(54), render: Render.helm('chart') },
      /has 54 characters, but is the Helm release too, and at most 53 fit; set a shorter/,
    ],
  ])('%s', (_, props, says) => {
    expect(() => make(props)).toThrow(says);
  });

  test('a cluster named twice, to the compiler and to whoever has none', () => {
    // @ts-expect-error either cluster or server
    const both: ApplicationProps = { repository, overlay: 'x', destination: { cluster: 'a', server: 'https://a' } };
    expect(() => new Application(shop(), 'web', both)).toThrow(/names a cluster twice; give either/);
  });

  test('a name that cannot be derived', () => {
    expect(() => new Application(new Chart(Testing.app(), 'x'), 'web', { repository, overlay: 'env' })).toThrow(
      /namespace '' is missing on the Chart; give the Chart a `namespace`, or the Application a `name`/,
    );
  });
});

describe('Applications that exist already (rule L4)', () => {
  const existing = (namespace?: string) => {
    const chart = shop();
    const application = Application.fromName('shop-test', { repository, overlay: 'env/test', namespace });
    const station = new Station(chart, 'test', { applications: [application] });
    new Track(chart, 'main', { stations: [station], boardedFrom: [Station.fromName('x', { namespace: 'y' })] });
    return chart;
  };

  test('are not emitted, and synth prints the line that gives their consent', () => {
    const chart = existing();
    expect(stderrOf(() => manifests(chart))).toBe(
      'consent: kubectl annotate application shop-test --namespace argocd --overwrite k8sta.io/authorized-station=shop/test\n',
    );
    stderrOf(() => expect(manifests(chart).map(({ kind }) => kind)).toEqual(['Station', 'Track']));
  });

  test('need no consent in the namespace of their station (rule G5)', () => {
    expect(stderrOf(() => manifests(existing('shop')))).toBe('');
  });
});

describe('rendering (rule L7)', () => {
  const chart = HelmChart.at('oci://ghcr.io/acme/charts/service', { version: '2.1.0' });
  test.each([
    [Render.kustomize(), { kustomize: {} }],
    [
      Render.helm(chart),
      { helm: { chart: { repoURL: 'oci://ghcr.io/acme/charts', name: 'service', version: '2.1.0' } } },
    ],
    [Render.helm('charts/web'), { helm: { path: 'charts/web' } }],
    [Render.ytt(), { ytt: {} }],
    [Render.yaml(), { yaml: {} }],
    [Render.command('jsonnet'), { command: { name: 'jsonnet' } }],
  ])('%j', (render, spec) => {
    expect(make({ render }).reference.render).toEqual(spec);
  });

  test('without a word it is found by convention', () => {
    expect(make().reference).not.toHaveProperty('render');
  });

  test('a chart outside the repository and a command that cannot be are refused', () => {
    expect(() => Render.helm('../chart')).toThrow(/chart '..\/chart' has the part/);
    expect(() => Render.helm('')).toThrow(/chart '' is empty/);
    expect(() => Render.command('rm -rf')).toThrow(/command 'rm -rf' is not a DNS label/);
  });
});
