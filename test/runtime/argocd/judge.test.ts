import fc from 'fast-check';
import { judge } from '../../../runtime/argocd';
import type {
  ApplicationView,
  Expectation,
  RevisionRelation,
  Verdict,
} from '../../../runtime/journey/facts/application';
import {
  application,
  at,
  COMMIT,
  NEWER,
  OLDER,
  operationState,
  REPOSITORY,
  source,
  written,
  saying,
} from './applications';

const expectation: Expectation = { repoURL: REPOSITORY, branch: 'env/test', commit: COMMIT, since: at(10.7) };
const synced = { status: 'Synced', revision: COMMIT, comparedTo: { source } };
const outOfSync = { ...synced, status: 'OutOfSync' };
const manual = { syncPolicy: {} };
const comparisonError = (since: number) => ({
  type: 'ComparisonError',
  message: 'app path does not exist',
  lastTransitionTime: written(since),
});

interface Case {
  readonly when: string;
  readonly view: ApplicationView | undefined;
  readonly now?: number;
  readonly expecting?: Partial<Expectation>;
  readonly says: Record<string, unknown> & { readonly outcome: Verdict['outcome'] };
}

const refreshing = (requested: number) => ({
  annotations: {
    'argocd.argoproj.io/refresh': 'normal',
    'argocd.argoproj.io/refresh-timestamp': at(requested).toISOString(),
  },
});
const relation = (answer: RevisionRelation) => ({ accepts: () => answer });

const cases: Case[] = [
  { when: 'all is well', view: application(), says: { outcome: 'Synced', revision: COMMIT } },

  // 1. The object is there, and nothing is asked of Argo CD.
  { when: 'the Application is gone', view: undefined, says: { outcome: 'Waiting', reason: 'ApplicationMissing' } },
  {
    when: 'it is being deleted',
    view: application({ metadata: { deletionTimestamp: written(22) } }),
    says: { outcome: 'Waiting', reason: 'ApplicationMissing', since: at(22) },
  },
  {
    when: 'a refresh is pending',
    view: application({ metadata: refreshing(25) }),
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(85) },
  },
  {
    when: 'a refresh is never answered',
    view: application({ metadata: refreshing(25) }),
    now: 86,
    says: { outcome: 'Waiting', reason: 'ArgoCDUnavailable', since: at(25) },
  },
  {
    when: 'Argo CD is told to leave it alone',
    view: application({ metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } }),
    says: { outcome: 'Waiting', reason: 'ArgoCDUnavailable' },
  },
  {
    when: 'an operation is asked for, on a commit that is live',
    view: application({ operation: { sync: { revision: COMMIT } } }),
    says: { outcome: 'Waiting', reason: 'NotSynced', synced: true },
  },

  // 2. No operation is under way.
  {
    when: 'an operation runs, blocked by a window',
    view: application({
      operation: { sync: { revision: COMMIT }, initiatedBy: { username: 'ada' } },
      status: {
        operationState: { phase: 'Running', message: 'Sync operation blocked by sync window', startedAt: written(20) },
      },
    }),
    says: {
      outcome: 'Waiting',
      reason: 'NotSynced',
      message: 'Argo CD runs a sync to 1111111 by ada: Sync operation blocked by sync window',
    },
  },
  {
    when: 'an operation waits for its next try (Running, with an end)',
    view: application({
      operation: { sync: { revision: COMMIT } },
      status: { operationState: operationState('Running', COMMIT, 20) },
    }),
    says: { outcome: 'Waiting', reason: 'NotSynced' },
  },
  {
    when: 'an operation was left behind as running, lately',
    view: application({ status: { operationState: { phase: 'Running', startedAt: written(20) } } }),
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(80) },
  },
  {
    when: 'an operation was left behind as running, long ago',
    view: application({ status: { operationState: { phase: 'Running', startedAt: written(20) } } }),
    now: 81,
    says: { outcome: 'Sync' },
  },
  {
    when: 'an operation succeeded without end and result',
    view: application({ status: { operationState: { phase: 'Succeeded' } } }),
    says: { outcome: 'Synced' },
  },

  // 3. The comparison is younger than the operation, and than the push.
  {
    when: 'health is older than the end of the sync (stale Healthy)',
    view: application({ status: { reconciledAt: written(19) } }),
    now: 25,
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(30) },
  },
  {
    when: 'Argo CD forgets to compare after the sync',
    view: application({ status: { reconciledAt: written(19) } }),
    now: 30,
    says: { outcome: 'Refresh' },
  },
  {
    when: 'Argo CD has not looked since the push',
    view: application({
      status: { reconciledAt: written(9), operationState: null, sync: { ...synced, revision: OLDER } },
    }),
    now: 11,
    says: { outcome: 'Refresh', message: 'Argo CD is at 0000000, not at 1111111' },
  },
  {
    when: 'Argo CD looked in the very second of the push and missed it',
    view: application({
      status: { reconciledAt: written(10), operationState: null, sync: { ...synced, revision: OLDER } },
    }),
    now: 10.8,
    says: { outcome: 'Refresh' },
  },
  {
    when: 'it was asked a moment ago',
    view: application({
      status: { reconciledAt: written(9), operationState: null, sync: { ...synced, revision: OLDER } },
    }),
    now: 12,
    expecting: { askedAt: at(11) },
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(21) },
  },
  {
    when: 'a clock is an hour off, and Argo CD reports the very commit',
    view: application(),
    expecting: { since: at(3_600) },
    now: 3_601,
    says: { outcome: 'Synced' },
  },
  {
    when: 'Argo CD has never compared',
    view: application({
      status: { reconciledAt: undefined, sync: undefined, health: undefined, operationState: null },
    }),
    says: { outcome: 'Refresh' },
  },

  // 4. The comparison worked, and was made for what the spec says now.
  {
    when: 'the comparison failed before the push (the branch was not there yet)',
    view: application({
      status: {
        reconciledAt: written(10),
        operationState: null,
        sync: { status: 'Unknown', comparedTo: { source } },
        conditions: [comparisonError(2)],
      },
    }),
    says: { outcome: 'Refresh' },
  },
  {
    when: 'the comparison failed after the push, for the first time',
    view: application({
      status: {
        reconciledAt: written(12),
        operationState: null,
        sync: { status: 'Unknown', comparedTo: { source } },
        conditions: [comparisonError(12)],
      },
    }),
    now: 13,
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(17) },
  },
  {
    when: 'that failure is due for a second look',
    view: application({
      status: {
        reconciledAt: written(12),
        operationState: null,
        sync: { status: 'Unknown', comparedTo: { source } },
        conditions: [comparisonError(12)],
      },
    }),
    now: 17,
    says: { outcome: 'Refresh' },
  },
  {
    when: 'the second look fails like the first',
    view: application({
      status: {
        reconciledAt: written(18),
        operationState: null,
        sync: { status: 'Unknown', comparedTo: { source } },
        conditions: [comparisonError(12)],
      },
    }),
    now: 18,
    says: { outcome: 'Failed', reason: 'ComparisonError', message: 'app path does not exist' },
  },
  {
    when: 'the spec is invalid',
    view: application({ status: { conditions: [{ type: 'InvalidSpecError', message: 'project x does not exist' }] } }),
    says: { outcome: 'Failed', reason: 'InvalidSpec', message: 'project x does not exist' },
  },
  {
    when: 'a warning is no error',
    view: application({ status: { conditions: [{ type: 'OrphanedResourceWarning', message: '3 orphans' }] } }),
    says: { outcome: 'Synced' },
  },
  {
    when: 'the comparison was made for another path',
    view: application({ status: { sync: { ...synced, comparedTo: { source: { ...source, path: 'old' } } } } }),
    now: 25,
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(31) },
  },
  {
    when: 'the Application was pointed elsewhere meanwhile',
    view: application({ spec: { source: { ...source, targetRevision: 'env/prod' } } }),
    says: { outcome: 'Waiting', reason: 'WrongBranch' },
  },

  // 5. Synced, at our commit.
  {
    when: 'automated sync is about to start',
    view: application({ status: { sync: outOfSync, operationState: operationState('Succeeded', OLDER, 5) } }),
    says: { outcome: 'Waiting', reason: 'NotSynced' },
  },
  {
    when: 'automated sync is off',
    view: application({ spec: manual, status: { sync: outOfSync, operationState: null } }),
    says: { outcome: 'Sync' },
  },
  {
    when: 'automated sync is there and not enabled',
    view: application({
      spec: { syncPolicy: { automated: { enabled: false } } },
      status: { sync: outOfSync, operationState: null },
    }),
    says: { outcome: 'Sync' },
  },
  {
    when: 'automated sync is off, our sync ended, and only a prune is left',
    view: application({
      spec: manual,
      status: { sync: outOfSync, resources: [{ kind: 'ConfigMap', requiresPruning: true }] },
    }),
    says: { outcome: 'Waiting', reason: 'NotSynced', message: saying('1 resources wait for a prune') },
  },
  {
    when: 'the reported revision is a branch name',
    view: application({ status: { sync: { ...outOfSync, revision: 'env/test' } } }),
    expecting: relation('contains'),
    now: 25,
    says: { outcome: 'Waiting', reason: 'NotSynced' },
  },
  {
    when: 'nothing was pushed and Argo CD has known the commit for long',
    view: application(),
    expecting: { since: undefined },
    now: 90_000,
    says: { outcome: 'Synced' },
  },
  {
    when: 'nothing was pushed and Argo CD does not report the head',
    view: application({ status: { sync: { ...synced, revision: OLDER } } }),
    expecting: { since: undefined },
    now: 90_000,
    says: { outcome: 'Refresh' },
  },

  // 6. The operation on our commit.
  {
    when: 'the sync of our commit failed',
    view: application({ status: { sync: outOfSync, operationState: operationState('Failed', COMMIT, 20) } }),
    says: { outcome: 'Failed', reason: 'SyncFailed', message: 'one or more objects failed to apply' },
  },
  {
    when: 'the sync of our commit broke off without a result',
    view: application({
      status: { sync: outOfSync, operationState: operationState('Error', COMMIT, 20, { syncResult: undefined }) },
    }),
    says: { outcome: 'Failed', reason: 'SyncFailed' },
  },
  {
    when: 'its objects are in place and a hook failed',
    view: application({ status: { operationState: operationState('Failed', COMMIT, 20) } }),
    says: { outcome: 'Failed', reason: 'SyncFailed' },
  },
  {
    when: 'an earlier arrival of the same commit failed',
    view: application({
      status: { reconciledAt: written(11), sync: outOfSync, operationState: operationState('Failed', COMMIT, 5) },
    }),
    says: { outcome: 'Sync' },
  },
  {
    when: 'an older commit failed, and ours is not yet synced',
    view: application({ status: { sync: outOfSync, operationState: operationState('Failed', OLDER, 5) } }),
    says: { outcome: 'Waiting', reason: 'NotSynced' },
  },
  {
    when: 'our commit changed nothing, so no operation ran for it',
    view: application({ status: { operationState: operationState('Succeeded', OLDER, 5) } }),
    says: { outcome: 'Synced' },
  },

  // 7. Another revision that has our commit.
  {
    when: 'a descendant with our files is synced',
    view: application({ status: { sync: { ...synced, revision: NEWER } } }),
    expecting: relation('contains'),
    says: { outcome: 'Synced', revision: NEWER },
  },
  {
    when: 'a descendant with our files failed to sync',
    view: application({
      status: { sync: { ...outOfSync, revision: NEWER }, operationState: operationState('Failed', NEWER, 20) },
    }),
    expecting: relation('contains'),
    says: { outcome: 'Failed', reason: 'SyncFailed' },
  },
  {
    when: 'a revision with the same tree is synced',
    view: application({ status: { sync: { ...synced, revision: NEWER } } }),
    expecting: relation('same'),
    says: { outcome: 'Synced' },
  },
  {
    when: 'Argo CD is healthy on a revert of our commit',
    view: application({ status: { sync: { ...synced, revision: NEWER } } }),
    expecting: relation('foreign'),
    now: 25,
    says: { outcome: 'Waiting', reason: 'NotSynced', recheckAt: at(31) },
  },
  {
    when: 'nobody has looked into Git yet',
    view: application({ status: { sync: { ...synced, revision: NEWER } } }),
    now: 25,
    says: { outcome: 'Waiting', reason: 'NotSynced' },
  },

  // 8. Health, and whether it lasts.
  ...(['Progressing', 'Unknown'] as const).map((status) => ({
    when: `health is ${status}`,
    view: application({ status: { health: { status, lastTransitionTime: written(22) } } }),
    says: { outcome: 'Waiting' as const, reason: 'Progressing', synced: true, message: `Argo CD reports ${status}` },
  })),
  {
    when: 'health is Missing: what is gone is not live, though it was synced',
    view: application({ status: { health: { status: 'Missing', lastTransitionTime: written(22) } } }),
    says: { outcome: 'Waiting', reason: 'Progressing', synced: false, message: 'Argo CD reports Missing' },
  },
  ...(['Degraded', 'Suspended'] as const).map((status) => ({
    when: `health is ${status}`,
    view: application({ status: { health: { status, message: 'pod crashed', lastTransitionTime: written(22) } } }),
    says: {
      outcome: 'Waiting' as const,
      reason: status,
      synced: true,
      since: at(22),
      message: `Argo CD reports ${status}: pod crashed`,
    },
  })),
  {
    when: 'it is healthy since a moment only',
    view: application(),
    now: 25,
    says: { outcome: 'Waiting', reason: 'Progressing', recheckAt: at(26), synced: true },
  },
  {
    when: 'it does not say since when it is healthy',
    view: application({ status: { health: { status: 'Healthy' } } }),
    now: 25,
    says: { outcome: 'Synced' },
  },
  {
    when: 'two sources, ours the second',
    view: application({
      spec: { source: undefined, sources: [{ ...source, targetRevision: 'other' }, source] },
      status: {
        sync: {
          status: 'Synced',
          revisions: [OLDER, COMMIT],
          comparedTo: { sources: [{ ...source, targetRevision: 'other' }, source] },
        },
        operationState: operationState('Failed', OLDER, 20, { syncResult: { revisions: [COMMIT, OLDER] } }),
      },
    }),
    says: { outcome: 'Synced', revision: COMMIT },
  },
];

test.each(cases)('when $when', ({ view, now = 60, expecting = {}, says }) => {
  expect(judge(view, { ...expectation, ...expecting }, at(now))).toMatchObject(says);
});

test('the hold is as long as the caller says', () => {
  expect(judge(application(), expectation, at(21.1), { settleMs: 0 })).toMatchObject({ outcome: 'Synced' });
});

test('whatever the fields say, passing needs our commit synced, health, no open operation and a later comparison', () => {
  const revision = fc.constantFrom(COMMIT, COMMIT, COMMIT, OLDER, NEWER, 'env/test', '');
  const second = fc.integer({ min: 0, max: 40 });
  const view = fc.record({
    sync: fc.record({
      status: fc.constantFrom('Synced', 'Synced', 'OutOfSync', 'Unknown'),
      revision,
      comparedTo: fc.constant({ source }),
    }),
    health: fc.record({
      status: fc.constantFrom('Healthy', 'Healthy', 'Progressing', 'Degraded', 'Missing'),
      lastTransitionTime: second.map(written),
    }),
    reconciledAt: second.map(written),
    operationState: fc.option(
      fc
        .tuple(fc.constantFrom('Running', 'Succeeded', 'Succeeded', 'Failed', 'Error'), revision, second)
        .map((parts) => operationState(...parts)),
    ),
    conditions: fc.constantFrom([], [], [comparisonError(3)]),
  });
  const seldom = fc.constantFrom(false, false, false, true);
  let passed = 0;
  fc.assert(
    fc.property(view, seldom, seldom, fc.integer({ min: 0, max: 60 }), (status, pending, asked, now) => {
      const seen = application({
        status,
        ...(pending ? { operation: { sync: { revision: COMMIT } } } : {}),
        metadata: asked ? refreshing(1) : {},
      });
      if (judge(seen, expectation, at(now)).outcome !== 'Synced') return;
      passed += 1;
      expect(seen.sync).toMatchObject({ status: 'Synced', revisions: [COMMIT] });
      expect(seen.health.status).toBe('Healthy');
      expect([seen.operation, seen.refresh, ...seen.conditions].filter((open) => open !== undefined)).toEqual([]);
      const state = seen.operationState;
      expect(state?.phase).not.toBe('Running');
      if (state?.revisions[0] === COMMIT) expect(state.phase).toBe('Succeeded');
      expect((state?.finishedAt ?? '') <= (seen.reconciledAt ?? '')).toBe(true);
      expect(at(now - 5) >= new Date(seen.health.since ?? '')).toBe(true);
    }),
    { numRuns: 20_000 },
  );
  expect(passed).toBeGreaterThan(50);
});
