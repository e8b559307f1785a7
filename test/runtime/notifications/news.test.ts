import type { Ticket } from '../../../lib/api';
import { markOf, newsOf, untold } from '../../../runtime/notifications';

const at = (minute: number): string => `2030-01-01T10:${String(minute).padStart(2, '0')}:00Z`;

type Status = NonNullable<Ticket['status']>;

function ticket(status: Partial<Status>, spec: Partial<Ticket['spec']> = { track: 'main' }): Ticket {
  return {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Ticket',
    metadata: {
      name: 'main-7',
      namespace: 'shop',
      uid: 'u7',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: at(0),
    },
    spec: { change: { images: [{ repoURL: 'ghcr.io/acme/web', tag: '1.4.0' }] }, hold: false, abort: false, ...spec },
    status: { conditions: [], summary: { change: 'web 1.4.0' }, ...status },
  };
}

const stamp = (station: string, minute: number, result: 'Arrived' | 'Skipped' | 'Failed' = 'Arrived') => ({
  station,
  arrived: at(minute - 1),
  departed: at(minute),
  result,
  commits: [{ application: `argocd/shop-${station}`, commit: 'c'.repeat(40) }],
});

const ended = (minute: number) => [
  { type: 'Ended', status: 'True' as const, reason: 'Completed', message: '', lastTransitionTime: at(minute) },
];

const told = (one: Ticket): string[] => newsOf(one).map(({ kind, station = '', time }) => `${kind} ${station} ${time}`);

test('a ticket tells each arrival, and that it has completed', () => {
  const one = ticket({ phase: 'Completed', stamps: [stamp('test', 2), stamp('prod', 5)], conditions: ended(6) });
  expect(told(one)).toEqual([`arrived test ${at(2)}`, `arrived prod ${at(5)}`, `completed prod ${at(6)}`]);
  expect(newsOf(one)[0]).toMatchObject({
    ticket: 'main-7',
    track: 'main',
    change: 'web 1.4.0',
    commits: [{ application: 'argocd/shop-test' }],
  });
});

test('what was skipped or failed is no arrival; a failure says why', () => {
  const failure = { reason: 'Degraded' as const, station: 'prod', message: 'web: crash loop' };
  const stamps = [stamp('test', 2, 'Skipped'), stamp('prod', 5, 'Failed')];
  const one = ticket({ phase: 'Failed', stamps, failure, conditions: ended(5) });
  expect(told(one)).toEqual([`failed prod ${at(5)}`]);
  expect(newsOf(one)).toMatchObject([{ reason: 'Degraded', message: 'web: crash loop' }]);
});

test('a wait for an approval is told while it lasts, and a wait for anything else is not', () => {
  const waiting = { reason: 'Approval' as const, since: at(3), message: 'waits for a yes' };
  expect(told(ticket({ phase: 'Standing', station: 'prod', waiting }))).toEqual([`approval-wanted prod ${at(3)}`]);
  expect(told(ticket({ phase: 'Standing', station: 'prod', waiting: { ...waiting, reason: 'Soak' } }))).toEqual([]);
});

test('a rollback is told once, when it has ended', () => {
  const spec = { rollback: { station: 'prod', to: 'previous' as const }, track: undefined };
  const one = ticket({ phase: 'Completed', stamps: [stamp('prod', 5)], conditions: ended(5) }, spec as never);
  expect(told(one)).toEqual([`rolled-back prod ${at(5)}`]);
  expect(newsOf(one)).toMatchObject([{ commits: [{ application: 'argocd/shop-prod' }] }]);
});

test('an abort and being overtaken are no news', () => {
  for (const phase of ['Aborted', 'Superseded'] as const)
    expect(told(ticket({ phase, conditions: ended(5) }))).toEqual([]);
});

test('with the mark of all that was told nothing is left, and only what comes after it is told then', () => {
  const waiting = { reason: 'Approval' as const, since: at(3), message: 'waits for a yes' };
  const before = ticket({ phase: 'Standing', station: 'prod', stamps: [stamp('test', 2)], waiting });
  expect(untold(before)).toEqual(newsOf(before));
  const marked = { ...before, status: { ...before.status, told: markOf(before) } } as Ticket;
  expect(untold(marked)).toEqual([]);
  const later = ticket({
    phase: 'Completed',
    stamps: [stamp('test', 2), stamp('prod', 5)],
    conditions: ended(5),
    told: markOf(before),
  });
  expect(untold(later).map(({ kind }) => kind)).toEqual(['arrived', 'completed']);
  // An approval that was withdrawn is wanted once more.
  const again = ticket({
    phase: 'Standing',
    station: 'prod',
    waiting: { ...waiting, since: at(8) },
    stamps: [stamp('test', 2)],
    told: markOf(before),
  });
  expect(untold(again).map(({ kind }) => kind)).toEqual(['approval-wanted']);
});

test('news have the same ids at each look, and no two of them the same', () => {
  const one = ticket({
    phase: 'Completed',
    stamps: [stamp('test', 2), stamp('test', 4), stamp('prod', 5)],
    conditions: ended(6),
  });
  const ids = newsOf(one).map(({ id }) => id);
  expect(newsOf(one).map(({ id }) => id)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
