import fc from 'fast-check';
import type { Application, OperationState } from '../../../../runtime/railyard/argocd/application';
import { compare } from '../../../../runtime/railyard/argocd/cluster';
import { automatedSync, conditionsSince, needsComparison } from '../../../../runtime/railyard/argocd/decisions';
import { readManifests } from '../../../../runtime/railyard/argocd/manifests';
import { mergePatch } from '../../../../runtime/railyard/argocd/merge';
import { begun, failed, historyWith } from '../../../../runtime/railyard/argocd/operations';
import { healthOf } from '../../../../runtime/railyard/argocd/script';

const NOON = new Date('2026-01-01T12:00:00Z');
const seconds = (count: number) => new Date(NOON.getTime() + count * 1_000);
const source = { repoURL: 'https://git.example.com/web.git', targetRevision: 'env/test', path: '.' };
const destination = { name: 'in-cluster', namespace: 'web' };
const COMMIT = '1'.repeat(40);

function application(status: Application['status'], more: Partial<Application['spec']> = {}): Application {
  return {
    metadata: { namespace: 'argocd', name: 'web', uid: 'u', resourceVersion: '1' },
    spec: { source, destination, syncPolicy: { automated: {} }, ...more },
    status,
  };
}

describe('a merge patch', () => {
  /** RFC 7396, written down. */
  function apply(target: unknown, patch: unknown): unknown {
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
    const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
    const result: Record<string, unknown> = isObject ? { ...target } : {};
    for (const [field, value] of Object.entries(patch)) {
      if (value === null) delete result[field];
      else result[field] = apply(result[field], value);
    }
    return result;
  }
  // A merge patch can say nothing about null, and neither can Kubernetes.
  const leaf = fc.oneof(
    fc.integer({ max: 3 }),
    fc.constantFrom('a', 'b', true),
    fc.array(fc.integer({ max: 2 }), { maxLength: 2 }),
  );
  const objectOf = (inner: fc.Arbitrary<unknown>) =>
    fc.dictionary(fc.constantFrom('x', 'y', 'z'), inner, { maxKeys: 3, noNullPrototype: true });
  const value = objectOf(fc.oneof(leaf, objectOf(fc.oneof(leaf, objectOf(leaf)))));

  test('turns the one object into the other, and there is none between equals', () => {
    fc.assert(
      fc.property(value, value, (from, to) => {
        const patch = mergePatch(from, to);
        expect(apply(from, patch ?? {})).toEqual(to);
        expect(mergePatch(from, from)).toBeUndefined();
      }),
    );
  });
});

describe('a folder', () => {
  const read = (files: Record<string, string>, directory?: { recurse?: boolean }) =>
    readManifests(
      new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
      { ...source, directory },
      'web',
    );
  const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

  test('gives the manifests of its own files, and of subfolders only with recurse', () => {
    const files = {
      'b.yaml': `${configMap('one')}---\n${configMap('two')}`,
      'sub/c.yaml': configMap('three'),
      'README.md': '# hi',
    };
    expect(read(files).map((manifest) => manifest.name)).toEqual(['one', 'two']);
    expect(read(files, { recurse: true }).map((manifest) => manifest.name)).toEqual(['one', 'two', 'three']);
  });

  test('a Deployment shows its images, and what names no namespace goes to the destination', () => {
    const text = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { initContainers: [{ image: 'init:1' }], containers: [{ image: 'web:2' }] } } },
    });
    expect(read({ 'web.json': text })).toMatchObject([
      { group: 'apps', version: 'v1', namespace: 'web', images: ['init:1', 'web:2'] },
    ]);
  });

  test.each([
    [
      'broken YAML with the marks of a manifest',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n',
      /Failed to unmarshal "a.yaml"/,
    ],
    ['no kind', 'apiVersion: v1\nmetadata: {name: x}\n', /Object 'Kind' is missing/],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\n', /'metadata.name' is missing/],
  ])('%s is an error', (_, text, words) => {
    expect(() => read({ 'a.yaml': text })).toThrow(words);
  });

  test('YAML that is no manifest is ignored, broken or not', () => {
    expect(read({ 'values.yaml': 'replicas: 3\n', 'broken.yaml': '{{ .Values }}: [\n' })).toEqual([]);
  });

  test('what another tool has to render is refused, naming it', () => {
    expect(() => read({ 'kustomization.yaml': 'resources: []' })).toThrow(/for kustomize/);
  });

  test('compares object by object, and what is left over awaits a prune', () => {
    const before = read({ 'a.yaml': `${configMap('same')}---\n${configMap('gone')}` });
    const wanted = read({ 'a.yaml': `${configMap('same')}---\n${configMap('new')}` });
    const { status, resources } = compare(wanted, { manifests: before, rolledOutAt: 0 });
    expect(status).toBe('OutOfSync');
    expect(resources.map(({ name, status: one, requiresPruning }) => [name, one, requiresPruning])).toEqual([
      ['same', 'Synced', undefined],
      ['new', 'OutOfSync', undefined],
      ['gone', 'OutOfSync', true],
    ]);
  });
});

describe('a comparison is needed', () => {
  const compared = { status: 'Synced' as const, revision: COMMIT, comparedTo: { source, destination } };
  const settled = { reconciledAt: '2026-01-01T12:00:00Z', sync: compared };
  test.each<[string, Application, boolean]>([
    ['not after one', application(settled), false],
    ['where there was none', application(undefined), true],
    ['after a change of the branch', application(settled, { source: { ...source, targetRevision: 'x' } }), true],
    ['after a change of the destination', application(settled, { destination: { name: 'other' } }), true],
    [
      'when asked for',
      {
        ...application(settled),
        metadata: { ...application(settled).metadata, annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
      },
      true,
    ],
  ])('%s', (_, app, needed) => {
    expect(needsComparison(app, seconds(5), 10_000)).toBe(needed);
  });

  test('when the last one is too old', () => {
    expect(needsComparison(application(settled), seconds(10), 10_000)).toBe(true);
  });
});

describe('automated sync', () => {
  const outOfSync = { status: 'OutOfSync' as const, revision: COMMIT, comparedTo: { source, destination } };
  const changed = [{ version: 'v1', kind: 'ConfigMap', name: 'x', status: 'OutOfSync' as const }];
  const leftOver = [
    { ...changed[0], version: 'v1', kind: 'ConfigMap', name: 'x', status: 'OutOfSync' as const, requiresPruning: true },
  ];
  const ended = (phase: OperationState['phase']): OperationState => ({
    phase,
    message: 'boom',
    startedAt: '',
    operation: { sync: { revision: COMMIT } },
    syncResult: { revision: COMMIT },
  });

  test('starts where branch and cluster differ', () => {
    expect(automatedSync(application({}), outOfSync, changed)).toMatchObject({
      kind: 'Start',
      operation: { initiatedBy: { automated: true }, retry: { limit: 5 }, sync: { revision: COMMIT, prune: false } },
    });
  });

  test('stays away where it is off, not enabled, or has nothing to do', () => {
    const nothing = { kind: 'Nothing' };
    expect(automatedSync(application({}, { syncPolicy: {} }), outOfSync, changed)).toEqual(nothing);
    expect(
      automatedSync(application({}, { syncPolicy: { automated: { enabled: false } } }), outOfSync, changed),
    ).toEqual(nothing);
    expect(automatedSync(application({}), { ...outOfSync, status: 'Synced' }, changed)).toEqual(nothing);
    expect(automatedSync(application({}), outOfSync, leftOver)).toEqual(nothing);
    expect(automatedSync({ ...application({}), operation: {} }, outOfSync, changed)).toEqual(nothing);
  });

  test('does not try a commit again that failed, and says so', () => {
    const app = application({ operationState: ended('Failed') });
    expect(automatedSync(app, outOfSync, changed)).toEqual({
      kind: 'GaveUp',
      message: `Failed last sync attempt to [${COMMIT}]: boom`,
    });
  });

  test('puts drift right only with self-heal', () => {
    const status = { operationState: ended('Succeeded') };
    expect(automatedSync(application(status), outOfSync, changed)).toEqual({ kind: 'Nothing' });
    const healing = application(status, { syncPolicy: { automated: { selfHeal: true } } });
    expect(automatedSync(healing, outOfSync, changed)).toMatchObject({ kind: 'Start' });
  });
});

describe('an operation', () => {
  const operation = { retry: { limit: 1, backoff: { duration: '10s', factor: 2 } }, sync: { revision: COMMIT } };
  const app = { ...application({}), operation };

  test('that fails stays Running until its tries are used up', () => {
    const first = failed(app, begun(app, NOON), { phase: 'Failed', message: 'boom' }, seconds(1), 1);
    expect(first).toMatchObject({ phase: 'Running', message: 'boom. Retrying attempt #1 at 12:00:11.' });
    const next = { ...app, status: { operationState: first } };
    const second = failed(next, begun(next, seconds(11)), { phase: 'Failed', message: 'boom' }, seconds(12), 1);
    expect(second).toMatchObject({
      phase: 'Failed',
      retryCount: 1,
      message: 'boom (retried 1 times).',
      startedAt: '2026-01-01T12:00:00Z',
      finishedAt: '2026-01-01T12:00:12Z',
    });
  });

  test('goes on after a restart as the same try', () => {
    const running = begun(app, NOON);
    expect(begun({ ...app, status: { operationState: running } }, seconds(60))).toEqual(running);
  });

  test('leaves at most as much history as the spec says', () => {
    let status: Application['status'] = {};
    for (let i = 0; i < 12; i += 1) {
      const current: Application = { ...app, status };
      status = { history: historyWith(current, begun(current, NOON), [COMMIT], seconds(i)) };
    }
    expect(status.history?.map(({ id }) => id)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const none: Application = application(status, { revisionHistoryLimit: 0 });
    expect(historyWith(none, begun(none, NOON), [COMMIT], NOON)).toEqual([]);
  });
});

describe('health', () => {
  const live = { manifests: [], rolledOutAt: NOON.getTime() };
  test.each([
    [undefined, 0, 'Progressing'],
    [undefined, 10, 'Healthy'],
    ['healthy', 9, 'Progressing'],
    ['Healthy after 30s', 29, 'Progressing'],
    ['Healthy after 30s', 30, 'Healthy'],
    ['Degraded: pods crash: twice', 0, 'Degraded'],
    ['degraded after 5s: late', 4, 'Progressing'],
    ['degraded after 5s: late', 5, 'Degraded'],
    ['Suspended', 0, 'Suspended'],
    ['Progressing', 3_600, 'Progressing'],
  ])('script %p, %p s after a roll-out: %s', (words, after, status) => {
    expect(healthOf(words, live, 10_000, seconds(after)).health.status).toBe(status);
  });

  test('a message is kept whole, and a wait says when it ends', () => {
    expect(healthOf('Degraded: pods crash: twice', live, 0, NOON).health.message).toBe('pods crash: twice');
    expect(healthOf('Healthy after 30s', live, 0, seconds(10)).changesInMs).toBe(20_000);
  });

  test.each(['fine', 'Healthy after soon', 'Healthy for 3s'])('%p is refused, naming it', (words) => {
    expect(() => healthOf(words, live, 0, NOON)).toThrow(/"fine"|'soon'|"Healthy for 3s"/);
  });
});

test('a condition keeps the time since when it stands', () => {
  const first = conditionsSince(undefined, [{ type: 'ComparisonError', message: 'a' }], NOON);
  const same = conditionsSince(first, [{ type: 'ComparisonError', message: 'a' }], seconds(9));
  const other = conditionsSince(first, [{ type: 'ComparisonError', message: 'b' }], seconds(9));
  expect(same).toEqual(first);
  expect(other?.[0]?.lastTransitionTime).toBe('2026-01-01T12:00:09Z');
  expect(conditionsSince(first, [], NOON)).toBeUndefined();
});
