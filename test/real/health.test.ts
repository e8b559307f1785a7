import { driven } from './driven';
import { application, Line } from './line';
import { IMAGE } from './image';

const { workloads } = driven();

const twoStops = (namespace: string) => ({
  namespace,
  stations: ['test', 'prod'].map((name) => ({ name, applications: [{ id: 'web' }], degradedGraceSeconds: 10 })),
});

test('a degraded Application holds its ticket, then fails it in Argo CD’s words, and prod never sees it (E2)', async () => {
  const line = await Line.open(twoStops('degraded'));
  workloads.become(/acme\/web:1\.6\.6$/, 'Degraded');
  await line.ticket('one', '1.6.6');
  const held = await line.waiting('one', 'Degraded');
  expect(held.status?.waiting?.message).toContain('degraded-test-web: Argo CD reports Degraded');
  const { status } = await application('degraded-test-web');
  expect(status?.health?.status).toBe('Degraded');
  const failed = await line.until('one', 'fails', ({ status: now }) => now?.phase === 'Failed');
  expect(failed.status?.failure).toMatchObject({ reason: 'Degraded' });
  expect(failed.status?.failure?.message).toContain('Argo CD reports Degraded');
  expect(await line.repository.head('env/prod')).toBeUndefined();

  await line.ticket('two', '1.6.7');
  await line.completed('two');
  expect(await line.repository.manifests('env/prod')).toContain(`image: ${IMAGE}:1.6.7`);
});

test('one that recovers within its grace arrives', async () => {
  const line = await Line.open({
    namespace: 'recovers',
    stations: [{ name: 'test', applications: [{ id: 'web' }], degradedGraceSeconds: 120 }],
  });
  workloads.become(/acme\/web:1\.7\.0$/, 'Degraded');
  await line.ticket('one', '1.7.0');
  await line.waiting('one', 'Degraded');
  workloads.become(/acme\/web:1\.7\.0$/, 'Progressing');
  await line.waiting('one', 'Progressing');
  workloads.become(/acme\/web:1\.7\.0$/, 'Healthy');
  await line.completed('one');
});
