/** The course of a sync operation, as status tells it. No effects. */
import { parseDuration } from '../../../lib/api/duration';
import {
  inStatusShape,
  written,
  type Application,
  type HistoryEntry,
  type OperationState,
  type Retry,
} from './application';
import { identityOf, type Manifest } from './manifests';

/** Argo CD's own pauses between tries. */
const BACKOFF = { duration: '5s', factor: 2, maxDuration: '3m' } as const;
const HISTORY_LIMIT = 10;

/** A new operation, the next try of one that failed, or the same try after a restart. */
export function begun(app: Application, now: Date): OperationState {
  const last = app.status?.operationState;
  const before = last?.phase === 'Running' ? last : undefined;
  const tries = (before?.retryCount ?? 0) + (before?.finishedAt === undefined ? 0 : 1);
  return {
    phase: 'Running',
    message: 'waiting for healthy state of resources',
    startedAt: before?.startedAt ?? written(now),
    operation: app.operation ?? {},
    ...(tries === 0 ? {} : { retryCount: tries }),
  };
}

/**
 * The end of a try that worked.
 *
 * @param before what was live when it began
 */
export function succeeded(
  app: Application,
  state: OperationState,
  synced: { readonly revisions: readonly string[]; readonly manifests: readonly Manifest[] },
  before: readonly Manifest[],
  now: Date,
): OperationState {
  return {
    ...state,
    phase: 'Succeeded',
    message: 'successfully synced (all tasks run)',
    finishedAt: written(now),
    syncResult: { ...inStatusShape(app, synced.revisions), resources: resultsOf(app, state, synced.manifests, before) },
  };
}

/**
 * The end of a try that did not: while tries are left the operation stays Running, with an end and the time of the next
 * try in words, as Argo CD has it.
 *
 * @param revisions what was synced; `undefined` where it did not come to that
 * @param scale factor on the pause before the next try
 */
export function failed(
  app: Application,
  state: OperationState,
  failure: { readonly phase: 'Failed' | 'Error'; readonly message: string; readonly revisions?: readonly string[] },
  now: Date,
  scale: number,
): OperationState {
  const retry = state.operation.retry;
  const tried = state.retryCount ?? 0;
  const end = {
    ...state,
    finishedAt: written(now),
    ...(failure.revisions === undefined ? {} : { syncResult: inStatusShape(app, failure.revisions) }),
  };
  if (retry?.limit === undefined || (retry.limit >= 0 && tried >= retry.limit)) {
    const words = tried === 0 ? failure.message : `${failure.message} (retried ${tried} times).`;
    return { ...end, phase: failure.phase, message: words };
  }
  const at = new Date(now.getTime() + pauseBeforeRetry(retry, tried) * scale);
  return {
    ...end,
    phase: 'Running',
    message: `${failure.message}. Retrying attempt #${tried + 1} at ${written(at).slice(11, 19)}.`,
  };
}

/** Milliseconds before try number `tried + 1`. */
export function pauseBeforeRetry(retry: Retry | undefined, tried: number): number {
  const {
    duration = BACKOFF.duration,
    factor = BACKOFF.factor,
    maxDuration = BACKOFF.maxDuration,
  } = retry?.backoff ?? {};
  return Math.min(readDuration(duration) * factor ** tried, readDuration(maxDuration));
}

/** `status.history` with one more entry, the oldest left out beyond the limit. */
export function historyWith(
  app: Application,
  state: OperationState,
  revisions: readonly string[],
  now: Date,
): readonly HistoryEntry[] {
  const before = app.status?.history ?? [];
  const limit = app.spec.revisionHistoryLimit ?? HISTORY_LIMIT;
  const entry: HistoryEntry = {
    id: (before.at(-1)?.id ?? -1) + 1,
    ...inStatusShape(app, revisions),
    deployStartedAt: state.startedAt,
    deployedAt: written(now),
    initiatedBy: state.operation.initiatedBy ?? {},
  };
  return limit <= 0 ? [] : [...before, entry].slice(-limit);
}

/** Kubernetes also takes a bare number of seconds here. */
function readDuration(text: string): number {
  return parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
}

/** What became of each object: of those that should go, of the namespace, of those that are wanted. */
function resultsOf(
  app: Application,
  { operation }: OperationState,
  wanted: readonly Manifest[],
  before: readonly Manifest[],
): object[] {
  const names = new Set(wanted.map(identityOf));
  const hashes = new Map(before.map((manifest) => [identityOf(manifest), manifest.hash]));
  const { prune, syncOptions } = operation.sync ?? {};
  const gone = before
    .filter((manifest) => !names.has(identityOf(manifest)))
    .map((manifest) =>
      prune === true
        ? resultOf(manifest, { status: 'Pruned', hookPhase: 'Succeeded', message: 'pruned' })
        : resultOf(manifest, { status: 'PruneSkipped', hookPhase: 'Succeeded', message: 'ignored (requires pruning)' }),
    );
  const namespace = app.spec.destination.namespace ?? '';
  const makesNamespace =
    before.length === 0 && namespace !== '' && syncOptions?.includes('CreateNamespace=true') === true;
  const made = makesNamespace ? [namespaceResult(namespace)] : [];
  const applied = wanted.map((manifest) => {
    const hash = hashes.get(identityOf(manifest));
    const verb = hash === undefined ? 'created' : hash === manifest.hash ? 'unchanged' : 'configured';
    const message = `${shortName(manifest)} ${verb}`;
    const images = manifest.images.length === 0 ? {} : { images: manifest.images };
    return { ...resultOf(manifest, { status: 'Synced', hookPhase: 'Running', message }), ...images };
  });
  return [...gone, ...made, ...applied];
}

/** As kubectl names an object: `deployment.apps/web`. */
function shortName({ group, kind, name }: Manifest): string {
  const type = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
  return `${type}/${name}`;
}

function resultOf(
  { group, version, kind, namespace, name }: Manifest,
  outcome: { readonly status: string; readonly hookPhase: string; readonly message: string },
): object {
  return { group, version, kind, namespace, name, syncPhase: 'Sync', ...outcome };
}

function namespaceResult(name: string): object {
  return {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    namespace: '',
    name,
    status: 'Synced',
    syncPhase: 'PreSync',
    hookPhase: 'Running',
    message: `namespace/${name} created`,
  };
}
