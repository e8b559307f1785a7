import { judge, preconditions, projectApplication, refreshPatch, syncOperation } from '../../../runtime/argocd';
import type { Expectation, Verdict } from '../../../runtime/journey/facts/application';
import { startRailyard, type Railyard } from '../../../runtime/railyard';
import { eventually } from '../../waiting';
import { configMap, deployment, Person } from '../railyard/world';

let railyard: Railyard;
let person: Person;

beforeAll(async () => {
  // A little of Argo CD's latency, so that every state in between can be met.
  railyard = await startRailyard({ latencyScale: 0.05 });
  person = await Person.at(railyard);
});

afterAll(async () => {
  await person.leave();
  await railyard.stop();
});

/** Waits as an arrival does: judges what is there, asks Argo CD for what the verdict says, until it is final. */
async function arrive(name: string, commit: string): Promise<{ verdict: Verdict; asked: string[] }> {
  const expectation: Expectation = { repoURL: person.repoURL, branch: `env/${name}`, commit, since: new Date() };
  const asked: string[] = [];
  const verdict = await eventually(`${name} is judged for good`, async () => {
    const view = projectApplication(await person.get(name));
    const word = judge(view, expectation, new Date(), { settleMs: 200 });
    if (word.outcome === 'Waiting') return false;
    if (word.outcome === 'Synced' || word.outcome === 'Failed') return word;
    asked.push(word.outcome);
    const request =
      word.outcome === 'Refresh'
        ? { kind: 'Patch' as const, patch: refreshPatch(new Date()) }
        : syncOperation(view, { commit, ticketUid: 'ticket-uid', now: new Date() });
    if (request.kind === 'Patch') await person.patch(name, request.patch);
    return false;
  });
  return { verdict, asked };
}

test('with automated sync on, a refresh is all that is asked', async () => {
  const first = await person.push('env/auto', { 'web.yaml': deployment('web:1') });
  await person.create('auto');
  // Before it has looked at all, its first look may show the second commit, and nothing has to be asked.
  await eventually('the first commit is synced', async () => {
    const { status } = await person.get('auto');
    return status?.sync?.revision === first;
  });
  const commit = await person.push('env/auto', { 'web.yaml': deployment('web:2') });
  const { verdict, asked } = await arrive('auto', commit);
  expect(verdict).toEqual({ outcome: 'Synced', revision: commit });
  expect(new Set(asked)).toEqual(new Set(['Refresh']));
  const { status } = await person.get('auto');
  expect(status).toMatchObject({ sync: { status: 'Synced', revision: commit }, summary: { images: ['web:2'] } });
  expect(status?.operationState?.operation.initiatedBy).toEqual({ automated: true });
});

test('with automated sync off, one sync is started, and it names its ticket', async () => {
  await person.push('env/hand', { 'a.yaml': configMap('1') });
  await person.create('hand', { spec: { syncPolicy: {} } });
  const commit = await person.push('env/hand', { 'a.yaml': configMap('2') });
  const { verdict, asked } = await arrive('hand', commit);
  expect(verdict.outcome).toBe('Synced');
  expect(asked.filter((what) => what === 'Sync')).toHaveLength(1);
  const { status } = await person.get('hand');
  expect(status?.history).toHaveLength(1);
  expect(status?.operationState?.operation).toMatchObject({
    initiatedBy: { username: 'k8sta' },
    info: [{ name: 'k8sta/ticket', value: 'ticket-uid' }],
    sync: { revision: commit },
  });
});

test('two starts of one sync on the same view: the second is refused by its resourceVersion', async () => {
  const commit = await person.push('env/twice', { 'a.yaml': configMap('1') });
  await person.create('twice', { spec: { syncPolicy: {} } });
  await person.until('twice', 'compared', ({ status }) => status?.sync?.revision === commit);
  const view = projectApplication(await person.get('twice'));
  const request = syncOperation(view, { commit, ticketUid: 'a', now: new Date() });
  const patch = request.kind === 'Patch' ? request.patch : {};
  await person.patch('twice', patch);
  await expect(person.patch('twice', patch)).rejects.toThrow(/409/);
});

test('a sync that fails is final, in the words of Argo CD', async () => {
  await person.push('env/fails', { 'a.yaml': configMap('1') });
  const retry = { limit: 0 };
  await person.create('fails', {
    metadata: { annotations: { 'railyard.k8sta.io/sync-error': 'quota exceeded' } },
    spec: { syncPolicy: { automated: {}, retry } },
  });
  const commit = await person.push('env/fails', { 'a.yaml': configMap('2') });
  expect((await arrive('fails', commit)).verdict).toEqual({
    outcome: 'Failed',
    reason: 'SyncFailed',
    message: 'one or more objects failed to apply, reason: quota exceeded',
  });
});

test('manifests that cannot be read are final, and the time before the first push is not', async () => {
  await person.push('main', { 'README.md': 'source\n' });
  await person.create('unread');
  await person.until('unread', 'in error', ({ status }) => status?.conditions?.[0]?.type === 'ComparisonError');
  const commit = await person.push('env/unread', { 'a.yaml': configMap('1') });
  expect((await arrive('unread', commit)).verdict.outcome).toBe('Synced');

  const broken = await person.push('env/unread', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n' });
  const { verdict } = await arrive('unread', broken);
  expect(verdict).toMatchObject({ outcome: 'Failed', reason: 'ComparisonError' });
  expect('message' in verdict && verdict.message).toContain('Failed to unmarshal "a.yaml"');
});

test('degraded health is waited on, since when it is so', async () => {
  const commit = await person.push('env/sick', { 'a.yaml': configMap('1') });
  await person.create('sick', { metadata: { annotations: { 'railyard.k8sta.io/health': 'Degraded: pods crash' } } });
  await person.until('sick', 'degraded', ({ status, operation }) => {
    const compared = (status?.reconciledAt ?? '') >= (status?.operationState?.finishedAt ?? '');
    return (
      status?.sync?.status === 'Synced' && status.health?.status === 'Degraded' && compared && operation === undefined
    );
  });
  const view = projectApplication(await person.get('sick'));
  const verdict = judge(view, { repoURL: person.repoURL, branch: 'env/sick', commit }, new Date());
  expect(verdict).toMatchObject({
    outcome: 'Waiting',
    reason: 'Degraded',
    synced: true,
    message: 'Argo CD reports Degraded: pods crash',
  });
});

test('the conditions for driving an Application are read from the live one', async () => {
  await person.create('consent');
  const claim = { namespace: 'guestbook', station: 'test', repoURL: person.repoURL, branch: 'env/consent' };
  expect(preconditions(projectApplication(await person.get('consent')), claim)).toMatchObject({
    reason: 'NotConsented',
  });
  await person.patch('consent', { metadata: { annotations: { 'k8sta.io/authorized-station': 'guestbook/test' } } });
  expect(preconditions(projectApplication(await person.get('consent')), claim)).toEqual({ ok: true });
});
