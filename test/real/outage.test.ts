import { eventually } from '../waiting';
import { driven } from './driven';
import { application, Line } from './line';
import { call, realStack } from './stack';

const { runtime, workloads } = driven();

const oneStop = (namespace: string) => ({
  namespace,
  stations: ['test', 'prod'].map((name) => ({ name, applications: [{ id: 'web' }] })),
});

test('an API server that is down for 30 s in the middle of a ride costs time and nothing else', async () => {
  const { servers, kubernetes } = realStack();
  const line = await Line.open(oneStop('api-down'));
  workloads.become(/acme\/web:3\.0\.0$/, 'Progressing');
  await line.ticket('one', '3.0.0');
  await line.waiting('one', 'Progressing');
  const before = await servers.look(runtime.name);
  await servers.stop('kube-apiserver');
  await new Promise((resolve) => setTimeout(resolve, 30_000));
  await servers.start('kube-apiserver');
  await servers.ready('kube-apiserver', async () => (await call(kubernetes, 'GET', '/readyz')).code === 200);
  workloads.become(/acme\/web:3\.0\.0$/, 'Healthy');
  await line.completed('one', 240_000);
  expect((await servers.look(runtime.name)).pid).toBe(before.pid);
  expect(await line.repository.log('env/test')).toHaveLength(1);
  expect(await line.repository.log('env/prod')).toHaveLength(1);
});

test('a Git server that is down is waited for by name, and the ride goes on', async () => {
  const { servers, forge } = realStack();
  const line = await Line.open(oneStop('git-down'));
  await servers.stop('forge');
  await line.ticket('one', '3.1.0');
  const waiting = await line.waiting('one', 'GitUnavailable');
  expect(waiting.status?.waiting?.message).toContain(new URL(forge.url).host);
  await servers.start('forge');
  await servers.ready('forge', async () => (await call({ url: forge.url }, 'GET', '/api/healthz')).code === 200);
  await line.completed('one', 240_000);
  expect(await line.repository.log('env/test')).toHaveLength(1);
  expect(await line.repository.log('env/prod')).toHaveLength(1);
});

test('Argo CD that restarts in the middle of a ride takes it up again', async () => {
  const { servers } = realStack();
  const line = await Line.open(oneStop('argo-down'));
  workloads.become(/acme\/web:3\.2\.0$/, 'Progressing');
  await line.ticket('one', '3.2.0');
  await line.waiting('one', 'Progressing');
  for (const name of ['argocd-application-controller', 'argocd-repo-server']) await servers.stop(name);
  workloads.become(/acme\/web:3\.2\.0$/, 'Healthy');
  for (const name of ['argocd-repo-server', 'argocd-application-controller']) await servers.start(name);
  await line.completed('one', 240_000);
  await eventually('Argo CD shows prod as it is', async () => {
    const { status } = await application('argo-down-prod-web');
    return status?.sync?.revision === (await line.repository.head('env/prod'));
  });
});
