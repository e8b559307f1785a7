import { exceptFor } from '../except-for';
import { configMap, course, deployment, World } from './world';

let world: World;
beforeAll(async () => {
  world = await World.open();
}, 60_000);
afterAll(() => world.close());

const manual = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } };

test('a push is synced after a refresh, by automated sync, and the status tells how', async () => {
  const first = await world.push('env/ride', { 'a.yaml': configMap('1') });
  await world.create('ride');
  await world.untilSynced('ride', first);
  const second = await world.push('env/ride', { 'a.yaml': configMap('2') });
  const asked = Math.floor(Date.now() / 1_000) * 1_000;
  const seen = await world.record('ride', async () => {
    await world.refresh('ride');
    await world.untilSynced('ride', second);
  });
  const last = await world.untilSynced('ride', second);
  expect(world.told(last)).toMatchSnapshot();
  expect(last.metadata.annotations ?? {}).not.toHaveProperty('argocd.argoproj.io/refresh');
  const { reconciledAt = '', operationState } = last.status ?? {};
  expect(Date.parse(reconciledAt)).toBeGreaterThanOrEqual(asked);
  expect(reconciledAt >= (operationState?.finishedAt ?? '')).toBe(true);

  const compared = course(seen, ({ status }) => [status?.sync?.status, status?.sync?.revision]);
  expect(compared.slice(-1)).toEqual([['Synced', second]]);
  expect(compared).toContainEqual(['Synced', first]);
  // It may be said to be synced while the operation that brings it there still runs, and never before that.
  for (const { status } of seen) {
    const synced = status?.sync?.status === 'Synced' && status.sync.revision === second;
    if (synced) expect(status?.operationState?.operation.sync?.revision).toBe(second);
  }
});

test('a commit that changes no manifest moves the revision and runs no operation', async () => {
  const first = await world.push('env/readme', { 'a.yaml': configMap('1') });
  await world.create('readme');
  await world.untilSynced('readme', first);
  const second = await world.push('env/readme', { 'a.yaml': configMap('1'), 'README.md': '# hello\n' });
  await world.refresh('readme');
  expect(world.told(await world.untilSynced('readme', second))).toMatchSnapshot();
});

test('files that are no manifests, and hidden folders, are nobody’s business', async () => {
  const commit = await world.push('env/others', {
    'a.yaml': configMap('1'),
    'README.md': 'words',
    '.k8sta/state.yaml': 'kind: RenderedState\napiVersion: k8sta.io/v1alpha1\n',
    'deeper/b.yaml': configMap('1', 'deeper'),
  });
  await world.create('others');
  const { status } = await world.untilSynced('others', commit);
  expect(status?.resources?.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['ConfigMap settings']);
});

test('a branch that is not there yet is a comparison error, and its first push heals it', async () => {
  await world.push('main', { 'README.md': 'source\n' });
  await world.create('late');
  expect(world.told(await world.untilCondition('late', 'ComparisonError'))).toMatchSnapshot();
  const commit = await world.push('env/late', { 'a.yaml': configMap('1') });
  await world.refresh('late');
  expect((await world.untilSynced('late', commit)).status?.conditions).toBeUndefined();
});

test('a folder that is not there is a comparison error', async () => {
  await world.push('env/folder', { 'a.yaml': configMap('1') });
  const source = { repoURL: world.repoURL, targetRevision: 'env/folder', path: 'apps/web' };
  await world.create('folder', { spec: { source } });
  expect(world.told(await world.untilCondition('folder', 'ComparisonError'))).toMatchSnapshot();
});

test('a broken manifest is a comparison error, and leaves what was live', async () => {
  const first = await world.push('env/broken', { 'a.yaml': configMap('1') });
  await world.create('broken');
  await world.untilSynced('broken', first);
  await world.push('env/broken', { 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n' });
  await world.refresh('broken');
  const broken = await world.untilCondition('broken', 'ComparisonError');
  expect(broken.status?.sync?.status).toBe('Unknown');
  expect(broken.status?.health?.status).toBe('Healthy');
  expect(broken.status?.operationState?.syncResult?.revision).toBe(first);
  expect(broken.status?.conditions?.[0]?.message).toContain('Failed to unmarshal "a.yaml"');
  const next = await world.push('env/broken', { 'a.yaml': configMap('2') });
  await world.refresh('broken');
  expect((await world.untilSynced('broken', next)).status?.conditions).toBeUndefined();
});

test('a project that does not exist makes the spec invalid', async () => {
  await world.create('stranger', { spec: { project: 'nobody' } });
  const stranger = await world.until('stranger', 'judged', ({ status }) => status?.health?.status === 'Unknown');
  expect(world.told(stranger)).toMatchSnapshot();
});

test('a destination that does not exist makes the spec invalid (exception: any-destination)', async () => {
  await world.push('env/nowhere', { 'a.yaml': configMap('1') });
  await world.create('nowhere', { spec: { destination: { name: 'moon', namespace: 'x' } } });
  const { status } = await world.until('nowhere', 'judged', (app) => app.status?.sync?.status !== undefined);
  exceptFor('any-destination', () =>
    expect(status?.conditions).toMatchObject([
      { type: 'InvalidSpecError', message: 'there are no clusters with this name: moon' },
    ]),
  );
});

describe('with automated sync off', () => {
  test.each([
    ['absent', deployment('web:1'), manual],
    [
      'disabled',
      configMap('1'),
      { syncPolicy: { automated: { enabled: false }, syncOptions: ['CreateNamespace=true'] } },
    ],
  ])('(%s) it stays out of sync until somebody starts an operation', async (name, manifest, spec) => {
    const commit = await world.push(`env/${name}`, { 'a.yaml': manifest });
    await world.create(name, { spec });
    expect(world.told(await world.untilCompared(name, commit))).toMatchSnapshot();
    const seen = await world.record(name, async () => {
      await world.operate(name, {
        initiatedBy: { username: 'ada' },
        info: [{ name: 'ticket', value: 'one' }],
        sync: { revision: commit, syncOptions: ['CreateNamespace=true'] },
      });
      if (name === 'absent') await world.rollOut(name, 'Healthy');
      await world.untilSynced(name, commit);
    });
    expect(world.told(await world.get(name))).toMatchSnapshot();
    const phases = course(seen, ({ status }) => status?.operationState?.phase).filter((phase) => phase !== undefined);
    expect(phases.at(-1)).toBe('Succeeded');
    expect(['Running', 'Succeeded']).toEqual(expect.arrayContaining(phases));
  });

  test('an operation without a prune leaves what the branch no longer has, and one with it takes it away', async () => {
    const first = await world.push('env/prune', { 'a.yaml': configMap('1', 'a'), 'b.yaml': configMap('1', 'b') });
    await world.create('prune', { spec: manual });
    await world.untilCompared('prune', first);
    const sync = (revision: string, prune: boolean) =>
      world.operate('prune', {
        sync: { revision, prune, syncOptions: ['CreateNamespace=true', 'PrunePropagationPolicy=background'] },
      });
    await sync(first, false);
    await world.untilSynced('prune', first);
    const second = await world.push('env/prune', { 'a.yaml': configMap('2', 'a') });
    await sync(second, false);
    const left = await world.until(
      'prune',
      'left with what should go',
      ({ status, operation }) =>
        operation === undefined &&
        status?.operationState?.syncResult?.revision === second &&
        status.operationState.finishedAt !== undefined &&
        status.sync?.revision === second &&
        status.resources?.some((resource) => resource.requiresPruning) === true &&
        status.resources.some((resource) => resource.status === 'Synced'),
    );
    expect(world.told(left)).toMatchSnapshot();
    await sync(second, true);
    await world.untilSynced('prune', second);
  });

  test('an operation to a commit that nobody has ends in error', async () => {
    const commit = await world.push('env/unknown', { 'a.yaml': configMap('1') });
    await world.create('unknown', { spec: manual });
    await world.untilCompared('unknown', commit);
    await world.operate('unknown', { sync: { revision: '1'.repeat(40) } });
    const { status, operation } = await world.until(
      'unknown',
      'over',
      (app) => app.status?.operationState?.finishedAt !== undefined,
    );
    expect(operation).toBeUndefined();
    expect(status?.operationState?.phase).toBe('Error');
    expect(status?.operationState?.message).toContain('ComparisonError');
    expect(status?.history).toBeUndefined();
  });
});

test('health is that of the workloads, and changes without a comparison', async () => {
  const commit = await world.push('env/web', { 'web.yaml': deployment('web:1') });
  await world.create('web');
  await world.until('web', 'synced', (app) => app.status?.sync?.status === 'Synced');
  await world.rollOut('web', 'Progressing');
  const progressing = await world.until('web', 'progressing', ({ status }) => {
    return status?.health?.status === 'Progressing' && status.operationState?.phase === 'Succeeded';
  });
  expect(progressing.status?.sync).toMatchObject({ status: 'Synced', revision: commit });
  await world.rollOut('web', 'Degraded');
  const degraded = await world.until('web', 'degraded', ({ status }) => status?.health?.status === 'Degraded');
  exceptFor('health-with-words', () => expect(degraded.status?.health).not.toHaveProperty('message'));
  await world.rollOut('web', 'Healthy');
  expect(world.told(await world.untilSynced('web', commit))).toMatchSnapshot();
});

test('an Application that is to be left alone is left alone', async () => {
  await world.create('alone', { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } });
  // One that came later has been looked after, so this one would have been.
  const commit = await world.push('env/after', { 'a.yaml': configMap('1') });
  await world.create('after');
  await world.untilSynced('after', commit);
  expect((await world.get('alone')).status).toBeUndefined();
});
