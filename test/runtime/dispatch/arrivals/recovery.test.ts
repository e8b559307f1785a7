import { STATIONS } from '../../../../runtime/resources';
import { eventually } from '../../../waiting';
import { IMAGE, type Scene } from '../scene';
import { Yard } from '../yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

async function recreate(scene: Scene, station: string): Promise<void> {
  await yard.cluster.objects(STATIONS).delete({ namespace: scene.name, name: station });
  await eventually('the station is gone', () => scene.stationNow(station) === undefined);
  await scene.station(station);
}

test('a Station made anew after a README-only commit finds its state in Git again (A7, h)', async () => {
  const scene = await yard.scene('anew');
  const first = 'ghcr.io/acme/other';
  await scene.ticket('one', {
    images: [
      { repoURL: IMAGE, tag: '1.0.0' },
      { repoURL: first, tag: '5.0.0' },
    ],
  });
  await scene.completed('one');
  const readme = await scene.repository.commit('env/test', { 'README.md': 'by a person\n' });
  await scene.annotate('anew-test', { 'argocd.argoproj.io/refresh': 'normal' });
  await eventually('Argo CD shows the README commit', () => {
    const application = yard.eyes.applications.get('argocd/anew-test') as unknown as {
      status: { sync: { revision: string } };
    };
    return application.status.sync.revision === readme;
  });
  await recreate(scene, 'test');
  await scene.ticket('two', { images: [{ repoURL: first, tag: '6.0.0' }] });
  await scene.completed('two');

  expect(await scene.repository.manifests('env/test')).toContain(`${IMAGE}:1.0.0`);
  expect(await scene.repository.read('env/test', 'README.md')).toBe('by a person\n');
  const { states = [], applications = [] } = scene.stationNow('test')?.status ?? {};
  expect(states[applications[0]?.good?.state ?? -1]?.images).toMatchObject([
    { repoURL: IMAGE, tag: '1.0.0' },
    { repoURL: first, tag: '6.0.0' },
  ]);
});

test('a Station made anew holds its gates again for what its branch shows (A7, C5)', async () => {
  const scene = await yard.scene('gates-again');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  await recreate(scene, 'test');
  await scene.ticket('two', '1.0.0');
  await scene.completed('two');
  expect(scene.stamps('two')).toEqual(['test NoChange']);
  expect(await scene.repository.log('env/test')).toHaveLength(1);
});

test('a Station made anew does not take for good what failed there: the good commit before it is (A7)', async () => {
  const scene = await yard.scene('anew-failed', {
    stations: [{ name: 'test', spec: { deadlines: { degraded: '0s' } } }],
  });
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  yard.railyard.argocd.script('argocd', 'anew-failed-test', { health: 'Degraded: it crashes' });
  await scene.ticket('two', '2.0.0');
  await scene.failed('two');
  await recreate(scene, 'test');
  yard.railyard.argocd.script('argocd', 'anew-failed-test', undefined);
  await scene.ticket('three', { images: [{ repoURL: 'ghcr.io/acme/other', tag: '1.0.0' }] });
  await scene.completed('three');
  expect(await scene.repository.manifests('env/test')).toContain(`${IMAGE}:1.0.0`);
});

test('a new station behind prod gets the configuration and images of prod with its first image, not the head (A8, i)', async () => {
  const other = 'ghcr.io/acme/other';
  const scene = await yard.scene('behind', {
    stations: ['prod'],
    source: { 'env/dr/kustomization.yaml': 'resources: [../../base]\nnameSuffix: -dr\n' },
  });
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  const base = await scene.repository.head('main');
  await scene.repository.commit('main', {
    'env/dr/kustomization.yaml': 'resources: [../../base]\nnameSuffix: -newer\n',
  });
  await scene.station('dr');
  await scene.track('main', ['prod', 'dr']);
  await scene.ticket('two', { images: [{ repoURL: other, tag: '3.0.0' }] });
  await scene.completed('two');

  const manifests = await scene.repository.manifests('env/dr');
  expect(manifests).toContain(`${IMAGE}:1.0.0`);
  expect(manifests).toContain('guestbook-dr');
  const { states = [], applications = [] } = scene.stationNow('dr')?.status ?? {};
  expect(states[applications[0]?.good?.state ?? -1]).toMatchObject({ base, overlay: base });
});

test('a source change brings base and overlay of its commit, and a change of the overlay folder only at the next one (A2)', async () => {
  const scene = await yard.scene('source');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  const commit = await scene.repository.commit('main', {
    'base/service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: guestbook}\nspec: {ports: [{port: 80}]}\n',
    'base/kustomization.yaml': 'resources: [deployment.yaml, service.yaml]\n',
  });
  await scene.ticket('two', { images: [{ repoURL: IMAGE, tag: '1.1.0' }] });
  await scene.completed('two');
  expect(await scene.repository.manifests('env/test')).not.toContain('kind: Service');
  await scene.ticket('three', { sources: [{ repoURL: scene.repository.url, commit }] });
  await scene.completed('three');
  const manifests = await scene.repository.manifests('env/test');
  expect(manifests).toContain('kind: Service');
  expect(manifests).toContain(`${IMAGE}:1.1.0`);
});

test('a runtime that is stopped and started goes on where it stood, without a second commit (I3)', async () => {
  const scene = await yard.scene('restarted', { stations: ['test', 'prod'] });
  yard.railyard.argocd.script('argocd', 'restarted-prod', { health: 'Progressing' });
  await scene.ticket('one', '1.0.0');
  await scene.until(
    'one',
    'is at prod',
    ({ status }) => status?.station === 'prod' && status.waiting?.reason === 'Progressing',
  );
  await yard.stopRuntime();
  await yard.start();
  yard.railyard.argocd.script('argocd', 'restarted-prod', undefined);
  await scene.completed('one');
  expect(await scene.repository.log('env/test')).toHaveLength(1);
  expect(await scene.repository.log('env/prod')).toHaveLength(1);
});
