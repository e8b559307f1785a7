import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRailyard, type Railyard } from '../../../../runtime/railyard';
import type { Application } from '../../../../runtime/railyard/argocd/application';
import { eventually } from '../../../waiting';
import { configMap, deployment, Person } from '../world';

let railyard: Railyard;
let person: Person;
const errors: unknown[] = [];

beforeAll(async () => {
  railyard = await startRailyard({ latencyScale: 0, onError: (error) => errors.push(error) });
  person = await Person.at(railyard);
});

afterAll(async () => {
  await person.leave();
  await railyard.stop();
});

afterEach(() => {
  expect(errors).toEqual([]);
});

const condition = ({ status }: Application, type: string) => status?.conditions?.find((one) => one.type === type);
const manual = { syncPolicy: {} };

test('a pushed branch is synced and healthy after a refresh, and the status tells how', async () => {
  const first = await person.push('env/ride', { 'web.yaml': deployment('ghcr.io/acme/web:1.0.0') });
  await person.create('ride');
  await person.untilSynced('ride', first);

  const second = await person.push('env/ride', { 'web.yaml': deployment('ghcr.io/acme/web:1.1.0') });
  const asked = Math.floor(Date.now() / 1_000) * 1_000;
  await person.refresh('ride');
  const { status, metadata, operation } = await person.untilSynced('ride', second);

  expect(operation).toBeUndefined();
  expect(metadata.annotations ?? {}).not.toHaveProperty('argocd.argoproj.io/refresh-timestamp');
  expect(status).toMatchObject({
    sync: { comparedTo: { source: { targetRevision: 'env/ride' }, destination: { namespace: 'ride' } } },
    operationState: {
      phase: 'Succeeded',
      message: 'successfully synced (all tasks run)',
      operation: { initiatedBy: { automated: true }, sync: { revision: second } },
      syncResult: { revision: second, source: { path: '.' } },
    },
    history: [
      { id: 0, revision: first },
      { id: 1, revision: second },
    ],
    resources: [{ group: 'apps', kind: 'Deployment', name: 'web', status: 'Synced' }],
    summary: { images: ['ghcr.io/acme/web:1.1.0'] },
    sourceType: 'Directory',
  });
  const { reconciledAt = '', operationState } = status ?? {};
  expect(Date.parse(reconciledAt)).toBeGreaterThanOrEqual(asked);
  expect(reconciledAt >= (operationState?.finishedAt ?? '')).toBe(true);
  expect(reconciledAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('a branch of many files is synced whole', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `setting-${index}`);
  const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap('1', name)]));
  const commit = await person.push('env/many', files);
  await person.create('many');
  const { status } = await person.untilSynced('many', commit);
  expect(status?.resources?.map(({ name }) => name).sort()).toEqual([...names].sort());
});

test('without a refresh a push goes unseen until the next look of its own', async () => {
  const first = await person.push('env/unseen', { 'a.yaml': configMap('1') });
  await person.create('unseen');
  await person.untilSynced('unseen', first);
  await person.push('env/unseen', { 'a.yaml': configMap('2') });
  const before = railyard.argocd.counts.comparisons;
  await person.patch('unseen', { metadata: { annotations: { 'railyard.k8sta.io/health': 'Suspended' } } });
  await person.until('unseen', 'looked at', ({ status }) => status?.health?.status === 'Suspended');
  expect((await person.get('unseen')).status?.sync?.revision).toBe(first);
  expect(railyard.argocd.counts.comparisons).toBe(before);
});

test('a commit that changes no manifest moves the revision and runs no operation', async () => {
  const first = await person.push('env/readme', { 'a.yaml': configMap('1') });
  await person.create('readme');
  await person.untilSynced('readme', first);
  const second = await person.push('env/readme', { 'a.yaml': configMap('1'), 'README.md': '# hello\n' });
  await person.refresh('readme');
  const { status } = await person.untilSynced('readme', second);
  expect(status?.operationState?.syncResult?.revision).toBe(first);
  expect(status?.history).toHaveLength(1);
});

test('before its first push a branch gives a comparison error, and the push heals it', async () => {
  await person.push('main', { 'README.md': 'source\n' });
  await person.create('late');
  const waiting = await person.until('late', 'in error', (app) => condition(app, 'ComparisonError') !== undefined);
  expect(condition(waiting, 'ComparisonError')?.message).toContain("unable to resolve 'env/late' to a commit SHA");
  expect(waiting.status?.sync).toMatchObject({ status: 'Unknown' });
  // What was asked for, since nothing was found.
  expect(waiting.status?.sync?.revision).toBe('env/late');

  const commit = await person.push('env/late', { 'a.yaml': configMap('1') });
  await person.refresh('late');
  expect((await person.untilSynced('late', commit)).status?.conditions).toBeUndefined();
});

test('a folder that is not there gives a comparison error', async () => {
  await person.push('env/folder', { 'a.yaml': configMap('1') });
  const source = { repoURL: person.repoURL, targetRevision: 'env/folder', path: 'apps/web' };
  await person.create('folder', { spec: { source } });
  const app = await person.until('folder', 'in error', (one) => condition(one, 'ComparisonError') !== undefined);
  expect(condition(app, 'ComparisonError')?.message).toContain('apps/web: app path does not exist');
});

test('a repository that is not there gives a comparison error', async () => {
  const source = { repoURL: `${railyard.gitURL}/nothing.git`, targetRevision: 'main', path: '.' };
  await person.create('gone', { spec: { source } });
  const app = await person.until('gone', 'in error', (one) => condition(one, 'ComparisonError') !== undefined);
  expect(condition(app, 'ComparisonError')?.message).toContain('failed to list refs: repository not found');
});

test('what a Git server says that refuses stands in the comparison error', async () => {
  const broken = createServer((_request, response) => response.writeHead(500).end('the disk is full\n'));
  broken.listen(0, '127.0.0.1');
  await once(broken, 'listening');
  const { port } = broken.address() as AddressInfo;
  const source = { repoURL: `http://127.0.0.1:${port}/web.git`, targetRevision: 'main', path: '.' };
  await person.create('broken-server', { spec: { source } });
  const app = await person.until('broken-server', 'in error', (one) => condition(one, 'ComparisonError') !== undefined);
  broken.close();
  const words = 'failed to list refs: the server answered 500: the disk is full';
  expect(condition(app, 'ComparisonError')?.message).toContain(words);
});

test('a broken manifest gives a comparison error and leaves what was live', async () => {
  const first = await person.push('env/broken', { 'a.yaml': configMap('1') });
  await person.create('broken');
  await person.untilSynced('broken', first);
  await person.push('env/broken', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n' });
  await person.refresh('broken');
  const app = await person.until('broken', 'in error', (one) => condition(one, 'ComparisonError') !== undefined);
  expect(condition(app, 'ComparisonError')?.message).toContain('Failed to unmarshal "a.yaml"');
  expect(app.status?.health?.status).toBe('Healthy');
  expect(app.status?.operationState?.syncResult?.revision).toBe(first);
});

test('a project that does not exist makes the spec invalid', async () => {
  await person.create('stranger', { spec: { project: 'nobody' } });
  const app = await person.until('stranger', 'invalid', (one) => condition(one, 'InvalidSpecError') !== undefined);
  expect(condition(app, 'InvalidSpecError')?.message).toBe(
    'Application referencing project nobody which does not exist',
  );
  expect(app.status?.reconciledAt).toBeUndefined();
});

describe('with automated sync off', () => {
  test.each([
    ['absent', manual],
    ['not enabled', { syncPolicy: { automated: { enabled: false } } }],
  ])('(%s) it stays out of sync until somebody starts an operation', async (_, spec) => {
    const name = spec === manual ? 'manual' : 'disabled';
    const commit = await person.push(`env/${name}`, { 'a.yaml': configMap('1') });
    await person.create(name, { spec });
    const before = await person.until(name, 'compared', ({ status }) => status?.sync?.revision === commit);
    expect(before.status?.sync?.status).toBe('OutOfSync');
    // A ConfigMap has no health that could be missing.
    expect(before.status?.health?.status).toBe('Healthy');
    expect(before.status?.operationState).toBeUndefined();

    await person.patch(name, { operation: { initiatedBy: { username: 'ada' }, sync: { revision: commit } } });
    const after = await person.untilSynced(name, commit);
    expect(after.status?.operationState).toMatchObject({
      phase: 'Succeeded',
      operation: { initiatedBy: { username: 'ada' } },
    });
    expect(after.status?.history).toMatchObject([{ revision: commit, initiatedBy: { username: 'ada' } }]);
  });

  test('an operation without a prune leaves what the branch no longer has, and one with it takes it away', async () => {
    const first = await person.push('env/prune', { 'a.yaml': configMap('1', 'a'), 'b.yaml': configMap('1', 'b') });
    await person.create('prune', { spec: manual });
    await person.patch('prune', { operation: { sync: { revision: first } } });
    await person.untilSynced('prune', first);

    const second = await person.push('env/prune', { 'a.yaml': configMap('2', 'a') });
    await person.patch('prune', { operation: { sync: { revision: second } } });
    const left = await person.until(
      'prune',
      'compared after the second sync',
      ({ status, operation }) =>
        operation === undefined &&
        status?.operationState?.syncResult?.revision === second &&
        status.resources?.some((resource) => resource.requiresPruning) === true,
    );
    expect(left.status?.sync?.status).toBe('OutOfSync');

    await person.patch('prune', { operation: { sync: { revision: second, prune: true } } });
    await person.untilSynced('prune', second);
  });

  test('an operation to a commit that nobody has ends in error', async () => {
    await person.push('env/nowhere', { 'a.yaml': configMap('1') });
    await person.create('nowhere', { spec: manual });
    await person.patch('nowhere', { operation: { sync: { revision: '1'.repeat(40) } } });
    const app = await person.until('nowhere', 'over', ({ status }) => status?.operationState?.phase === 'Error');
    expect(app.operation).toBeUndefined();
    expect(app.status?.operationState?.message).toContain('ComparisonError');
  });
});

describe('a script', () => {
  test('makes syncs fail, with their retries, and automated sync gives up on that commit', async () => {
    const commit = await person.push('env/failing', { 'a.yaml': configMap('1') });
    await person.create('failing', { metadata: { annotations: { 'railyard.k8sta.io/sync-error': 'quota exceeded' } } });
    const app = await person.until('failing', 'given up', (one) => condition(one, 'SyncError') !== undefined);
    expect(app.status?.operationState).toMatchObject({
      phase: 'Failed',
      retryCount: 5,
      message: 'one or more objects failed to apply, reason: quota exceeded (retried 5 times).',
      syncResult: { revision: commit },
    });
    expect(condition(app, 'SyncError')?.message).toContain(`Failed last sync attempt to [${commit}]`);
    expect(app.status?.resources).toMatchObject([{ status: 'OutOfSync' }]);
    expect(app.status?.history).toBeUndefined();

    await person.patch('failing', { metadata: { annotations: { 'railyard.k8sta.io/sync-error': null } } });
    const next = await person.push('env/failing', { 'a.yaml': configMap('2') });
    await person.refresh('failing');
    expect((await person.untilSynced('failing', next)).status?.conditions).toBeUndefined();
  });

  test.each([
    ['Degraded: pods crash', 'Degraded', 'pods crash'],
    ['suspended', 'Suspended', undefined],
    ['Missing', 'Missing', undefined],
    ['Progressing', 'Progressing', undefined],
  ])('%s by annotation', async (words, status, message) => {
    const name = `health-${status.toLowerCase()}`;
    const commit = await person.push(`env/${name}`, { 'a.yaml': configMap('1') });
    await person.create(name);
    const well = await person.untilSynced(name, commit);
    await person.patch(name, { metadata: { annotations: { 'railyard.k8sta.io/health': words } } });
    const app = await person.until(name, status, (one) => one.status?.health?.status === status);
    expect(app.status?.health?.message).toBe(message);
    // Health alone is no comparison.
    expect(app.status?.reconciledAt).toBe(well.status?.reconciledAt);

    await person.patch(name, { metadata: { annotations: { 'railyard.k8sta.io/health': null } } });
    await person.until(name, 'healthy again', (one) => one.status?.health?.status === 'Healthy');
  });

  test('a slow start is Progressing first, and Healthy by itself', async () => {
    const seen: string[] = [];
    await person.push('env/slow', { 'web.yaml': deployment('web:1') });
    await person.create('slow', { metadata: { annotations: { 'railyard.k8sta.io/health': 'Healthy after 400ms' } } });
    await person.until('slow', 'healthy', ({ status }) => {
      const health = status?.health?.status ?? '';
      if (seen.at(-1) !== health) seen.push(health);
      return health === 'Healthy';
    });
    expect(seen.slice(-2)).toEqual(['Progressing', 'Healthy']);
  });

  test('by program it can depend on the images', async () => {
    railyard.argocd.script('argocd', 'canary', {
      health: ({ images }) => (images.includes('web:2') ? 'Degraded: 2 is broken' : undefined),
    });
    const first = await person.push('env/canary', { 'web.yaml': deployment('web:1') });
    await person.create('canary');
    await person.untilSynced('canary', first);
    await person.push('env/canary', { 'web.yaml': deployment('web:2') });
    await person.refresh('canary');
    await person.until('canary', 'degraded', ({ status }) => status?.health?.message === '2 is broken');
    railyard.argocd.script('argocd', 'canary', undefined);
    await person.until('canary', 'healthy', ({ status }) => status?.health?.status === 'Healthy');
  });

  test('words that nobody understands are said in a condition', async () => {
    const commit = await person.push('env/odd', { 'a.yaml': configMap('1') });
    await person.create('odd', { metadata: { annotations: { 'railyard.k8sta.io/health': 'splendid' } } });
    const app = await person.until(
      'odd',
      'synced',
      ({ status }) => status?.sync?.revision === commit && status.sync.status === 'Synced',
    );
    expect(condition(app, 'UnknownError')?.message).toContain('"splendid" is no health');
  });
});

test('an Application that is to be left alone, or in another namespace, is left alone', async () => {
  await person.create('alone', { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } });
  await person.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
  const elsewhere = '/apis/argoproj.io/v1alpha1/namespaces/team/applications';
  const { spec } = await person.get('alone');
  await person.send('POST', elsewhere, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'elsewhere', namespace: 'team' },
    spec,
  });
  // One that came later has been looked after, so these two would have been.
  const commit = await person.push('env/after', { 'a.yaml': configMap('1') });
  await person.create('after');
  await person.untilSynced('after', commit);
  expect((await person.get('alone')).status).toBeUndefined();
  expect((await person.send<Application>('GET', `${elsewhere}/elsewhere`)).status).toBeUndefined();
});

test('an Application with the resources finalizer goes, and comes back with nothing live', async () => {
  const commit = await person.push('env/going', { 'a.yaml': configMap('1') });
  await person.create('going', { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } });
  await person.untilSynced('going', commit);
  await person.delete('going');
  await eventually('it is gone', () =>
    person.get('going').then(
      () => false,
      () => true,
    ),
  );
  await person.create('going', { spec: manual });
  const app = await person.until('going', 'compared', ({ status }) => status?.sync?.revision === commit);
  expect(app.status).toMatchObject({ sync: { status: 'OutOfSync' }, health: { status: 'Healthy' } });
});

test('at rest nothing is compared, written or started', async () => {
  await eventually('all is quiet', async () => {
    const before = { ...railyard.argocd.counts };
    await new Promise((resolve) => setTimeout(resolve, 200));
    return JSON.stringify(before) === JSON.stringify(railyard.argocd.counts);
  });
  const { argocd, git } = railyard.counts;
  const before = { ...argocd, ...git };
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect({ ...argocd, ...git }).toEqual(before);
});
