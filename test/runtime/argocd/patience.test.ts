/** How long Argo CD's word is waited by, and how it is told. */

import { judge } from '../../../runtime/argocd';
import type { ApplicationView, Expectation, Verdict } from '../../../runtime/journey/facts/application';
import { application, at, COMMIT, OLDER, REPOSITORY, source, written } from './applications';

const expectation: Expectation = { repoURL: REPOSITORY, branch: 'env/test', commit: COMMIT, since: at(10.7) };
const synced = { status: 'Synced', revision: COMMIT, comparedTo: { source } };
const outOfSync = { ...synced, status: 'OutOfSync' };
const refreshing = (requested: number) => ({
  annotations: {
    'argocd.argoproj.io/refresh': 'normal',
    'argocd.argoproj.io/refresh-timestamp': at(requested).toISOString(),
  },
});

interface Case {
  readonly when: string;
  readonly view: ApplicationView;
  readonly now: number;
  readonly expecting?: Partial<Expectation>;
  readonly says: Record<string, unknown> & { readonly outcome: Verdict['outcome'] };
}

/** Compared at 21, and since then not a word. */
const progressing = { status: { health: { status: 'Progressing', lastTransitionTime: written(22) } } };
const asksAgain: Case[] = [
  {
    when: 'the comparison is young',
    view: application(progressing),
    now: 80,
    says: { outcome: 'Waiting', reason: 'Progressing', recheckAt: at(81) },
  },
  {
    when: 'it is a minute old',
    view: application(progressing),
    now: 81,
    says: { outcome: 'Waiting', reason: 'Progressing', synced: true, ask: true },
  },
  {
    when: 'it is old, and we asked a moment ago: our request is under way, or was answered by another clock',
    view: application(progressing),
    now: 300,
    expecting: { askedAt: at(290) },
    says: { outcome: 'Waiting', reason: 'Progressing', recheckAt: at(350) },
  },
  {
    when: 'it is old, and we asked a minute ago',
    view: application(progressing),
    now: 350,
    expecting: { askedAt: at(290) },
    says: { outcome: 'Waiting', reason: 'Progressing', ask: true },
  },
  {
    when: 'it is old, and somebody has asked: what was said stands until the answer',
    view: application({ ...progressing, metadata: refreshing(90) }),
    now: 100,
    says: { outcome: 'Waiting', reason: 'Progressing', synced: true, recheckAt: at(150) },
  },
  {
    when: 'it is old, and nobody answers',
    view: application({ ...progressing, metadata: refreshing(90) }),
    now: 150,
    says: { outcome: 'Waiting', reason: 'ArgoCDUnavailable' },
  },
  {
    when: 'it is old and says that objects are missing',
    view: application({ status: { health: { status: 'Missing', lastTransitionTime: written(22) } } }),
    now: 81,
    says: { outcome: 'Waiting', reason: 'Progressing', synced: false, ask: true },
  },
  {
    when: 'it is old and says Degraded',
    view: application({ status: { health: { status: 'Degraded', lastTransitionTime: written(22) } } }),
    now: 81,
    says: { outcome: 'Waiting', reason: 'Degraded', ask: true },
  },
];

test.each(asksAgain)('while it is not healthy, and $when', ({ view, now, expecting = {}, says }) => {
  const verdict = judge(view, { ...expectation, ...expecting }, at(now));
  expect(verdict).toMatchObject(says);
  expect('ask' in verdict).toBe('ask' in says);
});

test('what waits for a person, or is well, is not looked at again, however old the comparison', () => {
  for (const status of ['Suspended', 'Healthy']) {
    const view = application({ status: { health: { status, lastTransitionTime: written(22) } } });
    expect(judge(view, expectation, at(86_400))).not.toHaveProperty('ask');
  }
});

test('in an hour of Progressing it is asked once a minute, also by a clock that is far ahead of ours', () => {
  for (const aheadSeconds of [0, 600, -600]) {
    let compared = 21;
    let askedAt: Date | undefined;
    const asked: number[] = [];
    for (let now = 60; now < 3_660; now += 1) {
      const view = application({ status: { ...progressing.status, reconciledAt: written(compared) } });
      const verdict = judge(view, { ...expectation, ...(askedAt && { askedAt }) }, at(now));
      if (!('ask' in verdict)) continue;
      asked.push(now);
      askedAt = at(now);
      compared = now + aheadSeconds;
    }
    const apart = asked.slice(1).map((now, index) => now - (asked[index] ?? 0));
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(60);
  }
});

/** What all steps of a sync are told by while it is young; everything else is told in its own words. */
const BRIEF = 'waits for Argo CD to see and sync 1111111';
const steps: { readonly when: string; readonly view: ApplicationView; readonly brief?: string }[] = [
  { when: 'a refresh is pending', view: application({ metadata: refreshing(55) }), brief: BRIEF },
  {
    when: 'our commit is not seen',
    view: application({ status: { sync: { ...synced, revision: OLDER } } }),
    brief: BRIEF,
  },
  { when: 'a sync runs', view: application({ operation: { sync: { revision: COMMIT } } }), brief: BRIEF },
  {
    when: 'it has not compared since the sync ended',
    view: application({ status: { reconciledAt: written(19) } }),
    brief: BRIEF,
  },
  {
    when: 'we start the sync',
    view: application({ spec: { syncPolicy: {} }, status: { sync: outOfSync, operationState: undefined } }),
    brief: BRIEF,
  },
  {
    when: 'a closed window holds the sync that runs',
    view: application({
      operation: { sync: { revision: COMMIT } },
      status: {
        operationState: { phase: 'Running', message: 'Sync operation blocked by sync window', startedAt: written(20) },
      },
    }),
  },
  {
    when: 'it does not start to sync, as in a closed window',
    view: application({ status: { sync: outOfSync, operationState: undefined } }),
  },
  { when: 'live objects have drifted', view: application({ status: { sync: outOfSync } }) },
  { when: 'it does not know', view: application({ status: { sync: { ...synced, status: 'Unknown' } } }) },
  { when: 'it rolls out', view: application(progressing) },
];

test.each(steps)('says in one wording for all steps of a sync, or in its own, that $when', ({ view, brief }) => {
  const verdict = judge(view, expectation, at(60));
  expect(verdict.outcome).not.toBe('Synced');
  expect('brief' in verdict ? verdict.brief : undefined).toBe(brief);
});
