import { projectApplication } from '../../../runtime/argocd';
import type { ApplicationView } from '../../../runtime/journey/facts/application';

export const REPOSITORY = 'https://git.example.com/guestbook.git';
export const COMMIT = '1'.repeat(40);
export const OLDER = '0'.repeat(40);
export const NEWER = '2'.repeat(40);

/** A time of the test day: `at(12)` is twelve seconds past noon. */
export const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 12) + seconds * 1_000);
/** The same as Argo CD writes it, to the second. */
export const written = (seconds: number) => at(Math.floor(seconds)).toISOString().replace('.000Z', 'Z');

type Raw = Record<string, unknown>;

export const source: Raw = { repoURL: REPOSITORY, targetRevision: 'env/test', path: '.' };

/** The operation state of a finished automated sync to `revision`. */
export const operationState = (phase: string, revision: string, finished: number, more: Raw = {}): Raw => ({
  phase,
  message: phase === 'Succeeded' ? 'successfully synced (all tasks run)' : 'one or more objects failed to apply',
  startedAt: written(finished - 1),
  finishedAt: written(finished),
  operation: { sync: { revision } },
  syncResult: { revision, source },
  ...more,
});

/** An Application as Argo CD leaves it when all went well: pushed at 10, synced at 20, compared at 21, healthy since 21. */
export function rawApplication(changes: { metadata?: Raw; spec?: Raw; status?: Raw; operation?: Raw } = {}): Raw {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      namespace: 'argocd',
      name: 'guestbook-test-web',
      uid: 'a-uid',
      resourceVersion: '42',
      annotations: { 'k8sta.io/authorized-station': 'guestbook/test' },
      ...changes.metadata,
    },
    spec: {
      project: 'default',
      source,
      destination: { name: 'in-cluster', namespace: 'web' },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['CreateNamespace=true'],
        retry: { limit: 2 },
      },
      ...changes.spec,
    },
    status: {
      reconciledAt: written(21),
      sync: { status: 'Synced', revision: COMMIT, comparedTo: { source } },
      health: { status: 'Healthy', lastTransitionTime: written(21) },
      operationState: operationState('Succeeded', COMMIT, 20),
      summary: { images: ['ghcr.io/acme/guestbook:1.2.3'] },
      ...changes.status,
    },
    ...(changes.operation === undefined ? {} : { operation: changes.operation }),
  };
}

export const application = (changes: Parameters<typeof rawApplication>[0] = {}): ApplicationView =>
  projectApplication(rawApplication(changes));

/** Matches a text that has these words. */
export const saying = (words: string | RegExp): unknown =>
  typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words);
