import type { RollbackTarget } from '../../../lib/api';
import { STATIONS, TICKETS } from '../../../runtime/resources';
import type { KubeObject } from '../../../runtime/kube';
import { Yard } from './yard';
import type { Scene } from './scene';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

/** What a person makes with kubectl. */
const rollBack = (scene: Scene, name: string, to: RollbackTarget['to']) =>
  yard.cluster.objects(TICKETS).create({
    metadata: { name, namespace: scene.name },
    spec: { rollback: { station: 'test', to }, origin: { person: 'ada' }, hold: false, abort: false },
  });

test('a person rolls a bad release back that soaks for a day: within 5 s, byte for byte, and the station is held (g, G3)', async () => {
  const scene = await yard.scene('back');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  const good = await scene.repository.manifests('env/test');
  await scene.repository.commit('env/test', { 'README.md': 'Hands off.\n' });
  await scene.say('station', 'test', { exit: { soak: '24h' } });
  await scene.ticket('two', '2.0.0');
  await scene.waiting('two', 'Soak');
  expect(await scene.repository.manifests('env/test')).not.toEqual(good);

  const { metadata } = await rollBack(scene, 'back', { previous: true });
  const { status } = await scene.completed('back');
  const took = Date.parse(status?.stamps?.[0]?.departed ?? '') - Date.parse(metadata.creationTimestamp ?? '');
  expect(took).toBeLessThanOrEqual(5_000);
  expect(await scene.repository.manifests('env/test')).toEqual(good);
  expect(await scene.repository.read('env/test', 'README.md')).toBe('Hands off.\n');
  expect(scene.stamps('two')).toEqual(['test RolledBack']);
  expect(scene.seen('two')?.status?.phase).toBe('Aborted');
  expect(scene.stationNow('test')?.status?.holdBy).toEqual({ ticket: 'back', uid: metadata.uid });

  await scene.say('station', 'test', { exit: null });
  await scene.ticket('three', '3.0.0');
  await scene.waiting('three', 'Held');
  await scene.say('ticket', 'back', { resumes: [{ uid: metadata.uid, by: 'ada' }] });
  await scene.completed('three');
});

test('a good state that only Git remembers can be gone back to; one that never was cannot (G3)', async () => {
  const scene = await yard.scene('older');
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  const first = (await scene.repository.head('env/test')) ?? '';
  await scene.ticket('two', '2.0.0');
  await scene.completed('two');
  const station = scene.stationNow('test');
  await yard.cluster
    .objects<KubeObject>(STATIONS)
    .merge({ namespace: scene.name, name: 'test' }, { status: { history: [] } }, { subresource: 'status' });
  const application = `argocd/${scene.appName('test')}`;
  const stranger = await scene.repository.commit('env/test', { 'README.md': 'Hands off.\n' });
  await rollBack(scene, 'never', { commits: [{ application, commit: stranger }] });
  const { status } = await scene.failed('never');
  expect(status?.failure).toMatchObject({ reason: 'NeverGood', message: expect.stringContaining(stranger) as string });
  expect(await scene.repository.head('env/test')).toBe(stranger);
  expect(scene.stationNow('test')?.status?.applications).toEqual(station?.status?.applications);

  await rollBack(scene, 'back', { commits: [{ application, commit: first }] });
  await scene.completed('back');
  expect(await scene.repository.manifests('env/test')).toContain('guestbook:1.0.0');
});
