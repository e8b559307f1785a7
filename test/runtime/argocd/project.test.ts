import fc from 'fast-check';
import { projectApplication } from '../../../runtime/argocd';
import { application, COMMIT, operationState, rawApplication, REPOSITORY, source } from './applications';

test('a view has what decisions need', () => {
  expect(application()).toMatchObject({
    namespace: 'argocd',
    name: 'guestbook-test-web',
    resourceVersion: '42',
    authorizedStation: 'guestbook/test',
    project: 'default',
    sources: [{ repoURL: REPOSITORY, targetRevision: 'env/test', path: '.' }],
    automated: { enabled: true, prune: true, selfHeal: true },
    syncOptions: ['CreateNamespace=true'],
    retry: { limit: 2 },
    sync: { status: 'Synced', revisions: [COMMIT] },
    health: { status: 'Healthy' },
    operationState: { phase: 'Succeeded', revisions: [COMMIT] },
    images: ['ghcr.io/acme/guestbook:1.2.3'],
  });
});

test('why it is unhealthy is read off its objects, where Argo CD writes their health', () => {
  const object = (name: string, status: string, message?: string) => ({
    kind: 'Deployment',
    name,
    health: { status, ...(message === undefined ? {} : { message }) },
  });
  const resources = [
    object('web', 'Degraded', 'Deployment "web" exceeded its progress deadline'),
    object('api', 'Progressing', 'Waiting for rollout to finish'),
    object('db', 'Degraded'),
  ];
  const told = (status: Record<string, unknown>) => application({ status }).health.message;
  expect(told({ health: { status: 'Degraded' }, resources })).toBe(
    'Deployment web: Deployment "web" exceeded its progress deadline',
  );
  expect(told({ health: { status: 'Degraded', message: 'of all' }, resources })).toBe('of all');
  expect(told({ health: { status: 'Degraded' }, resources: [] })).toBeUndefined();
  expect(told({ health: { status: 'Healthy' }, resources })).toBeUndefined();
});

test('the source hydrator goes before sources, and sources before source', () => {
  const sources = [
    { ...source, targetRevision: 'a' },
    { ...source, targetRevision: 'b' },
  ];
  expect(application({ spec: { source, sources } }).sources.map((one) => one.targetRevision)).toEqual(['a', 'b']);
  const hydrator = {
    drySource: { repoURL: REPOSITORY, targetRevision: 'main', path: 'app' },
    syncSource: { targetBranch: 'env/test', path: 'web' },
  };
  expect(application({ spec: { sources, sourceHydrator: hydrator } })).toMatchObject({
    hydrated: true,
    sources: [{ repoURL: REPOSITORY, targetRevision: 'env/test', path: 'web' }],
  });
});

test.each([
  ['', '.'],
  ['.', '.'],
  ['./', '.'],
  ['/', '.'],
  ['env/prod/', 'env/prod'],
  ['./web', 'web'],
  ['.hidden', '.hidden'],
])('path "%s" reads as "%s"', (path, read) => {
  expect(application({ spec: { source: { ...source, path } } }).sources[0]?.path).toBe(read);
});

test('an operation of ours is recognised by its ticket', () => {
  const operation = {
    initiatedBy: { username: 'k8sta', automated: true },
    info: [{ name: 'k8sta/ticket', value: 'ticket-uid' }],
    sync: { revision: COMMIT },
  };
  expect(application({ operation }).operation).toEqual({
    revision: COMMIT,
    ticket: 'ticket-uid',
    initiatedBy: 'k8sta',
  });
});

test('a large Application leaves at most 3 KB', () => {
  const words = 'x'.repeat(5_000);
  const raw = rawApplication({
    metadata: { managedFields: [words] },
    status: {
      ...(rawApplication()['status'] as object),
      conditions: [{ type: 'ComparisonError', message: words, lastTransitionTime: '2026-01-01T12:00:00Z' }],
      operationState: operationState('Failed', COMMIT, 20, { message: words }),
      resources: Array.from({ length: 100 }, (_, i) => ({ kind: 'ConfigMap', name: `${i}`, status: 'Synced' })),
      history: Array.from({ length: 10 }, (_, id) => ({ id, revision: COMMIT, source })),
    },
  });
  expect(JSON.stringify(raw).length).toBeGreaterThan(15_000);
  expect(JSON.stringify(projectApplication(raw)).length).toBeLessThan(3_000);
});

test('no object, however odd, stops the projection', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (spec, status, operation) => {
      expect(projectApplication({ metadata: { name: 'odd' }, spec, status, operation }).name).toBe('odd');
    }),
  );
  expect(projectApplication(null).sources).toEqual([]);
});
