import { refreshPatch, syncOperation } from '../../../runtime/argocd';
import { application, at, COMMIT, OLDER, saying } from './applications';

const wish = { commit: COMMIT, ticketUid: 'ticket-uid', now: at(30) };

test('a refresh asks for a normal look, with its time', () => {
  expect(refreshPatch(at(30))).toEqual({
    metadata: {
      annotations: {
        'argocd.argoproj.io/refresh': 'normal',
        'argocd.argoproj.io/refresh-timestamp': '2026-01-01T12:00:30.000Z',
      },
    },
  });
});

test('a sync is one compare-and-swap write: operation, refresh, and the old operation state gone', () => {
  expect(syncOperation(application(), wish)).toEqual({
    kind: 'Patch',
    patch: {
      metadata: { resourceVersion: '42', ...(refreshPatch(at(30))['metadata'] as object) },
      operation: {
        initiatedBy: { username: 'k8sta', automated: true },
        info: [{ name: 'k8sta/ticket', value: 'ticket-uid' }],
        sync: { revision: COMMIT, prune: true, syncOptions: ['CreateNamespace=true'] },
        retry: { limit: 2 },
      },
      status: { operationState: null },
    },
  });
});

test('a sync that is already asked for is not asked for again', () => {
  const first = syncOperation(application(), wish);
  const operation = first.kind === 'Patch' ? (first.patch['operation'] as Record<string, unknown>) : {};
  expect(syncOperation(application({ operation }), wish)).toEqual({ kind: 'AlreadyRequested' });
  expect(syncOperation(application({ operation }), { ...wish, ticketUid: 'another' })).toMatchObject({ kind: 'Busy' });
});

test("somebody else's operation is left alone", () => {
  const operation = { initiatedBy: { username: 'ada' }, sync: { revision: OLDER } };
  expect(syncOperation(application({ operation }), wish)).toMatchObject({
    kind: 'Busy',
    message: saying('ada'),
  });
});
