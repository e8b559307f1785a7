/** What Argo CD's controller decides, as functions of an Application and the time. No effects. */
import {
  sourcesOf,
  written,
  type Application,
  type Comparison,
  type Condition,
  type Health,
  type Operation,
  type OperationState,
  type ResourceStatus,
} from './application';
import { canonical } from './merge';

export const REFRESH = 'argocd.argoproj.io/refresh';
export const REFRESH_TIMESTAMP = 'argocd.argoproj.io/refresh-timestamp';
export const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';
/** How often Argo CD retries an automated sync whose policy does not say. */
const DEFAULT_RETRY = { limit: 5 } as const;

/**
 * Whether branch and cluster have to be compared, asking Git anew: somebody asked for it, the spec is not the compared
 * one, or the last comparison is older than `pollMs`.
 */
export function needsComparison(app: Application, now: Date, pollMs: number): boolean {
  if (app.metadata.annotations?.[REFRESH] !== undefined) return true;
  const reconciledAt = app.status?.reconciledAt;
  if (reconciledAt === undefined) return true;
  const compared = app.status?.sync?.comparedTo;
  if (canonical(comparedTo(app)) !== canonical(compared)) return true;
  return now.getTime() - new Date(reconciledAt).getTime() >= pollMs;
}

/** What `status.sync.comparedTo` says after a comparison. */
export function comparedTo(app: Application): NonNullable<Comparison['comparedTo']> {
  const { several, sources } = sourcesOf(app);
  const { destination } = app.spec;
  return several ? { sources, destination } : { source: sources[0], destination };
}

/** Why Argo CD refuses a spec before it looks at anything else, in its words; the project is checked elsewhere. */
export function specError(app: Application): string | undefined {
  const { sources } = sourcesOf(app);
  if (sources.length === 0) return 'spec.source or spec.sources is required';
  const bare = sources.some((source) => !source.repoURL || !(source.path || source.chart || source.ref));
  if (bare) return 'spec.source.repoURL and either spec.source.path or spec.source.chart are required';
  const { server, name } = app.spec.destination;
  return server || name ? undefined : 'Destination server missing from app spec';
}

/** What automated sync does after a comparison. */
export type AutomatedSync =
  | { readonly kind: 'Nothing' }
  | { readonly kind: 'Start'; readonly operation: Operation }
  /** It tried this revision and failed; it does not try again. */
  | { readonly kind: 'GaveUp'; readonly message: string };

export function automatedSync(
  app: Application,
  comparison: Comparison,
  resources: readonly ResourceStatus[],
): AutomatedSync {
  if (comparison.status !== 'OutOfSync' || !mayStart(app)) return { kind: 'Nothing' };
  const policy = app.spec.syncPolicy;
  const prune = policy?.automated?.prune === true;
  const onlyPrunes = resources.every((resource) => resource.status === 'Synced' || resource.requiresPruning === true);
  if (onlyPrunes && !prune) return { kind: 'Nothing' };

  const last = app.status?.operationState;
  if (last !== undefined && isTried(last, comparison)) {
    if (last.phase === 'Failed' || last.phase === 'Error') return { kind: 'GaveUp', message: gaveUp(last) };
    if (policy?.automated?.selfHeal !== true) return { kind: 'Nothing' };
  }
  return { kind: 'Start', operation: operationTo(comparison, app, prune) };
}

function operationTo({ revision, revisions }: Comparison, app: Application, prune: boolean): Operation {
  const { retry = DEFAULT_RETRY, syncOptions } = app.spec.syncPolicy ?? {};
  const { source, sources } = comparedTo(app);
  const target = revisions === undefined ? { revision, source } : { revisions, sources };
  return {
    initiatedBy: { automated: true },
    retry,
    sync: { ...target, prune, ...(syncOptions === undefined ? {} : { syncOptions }) },
  };
}

function mayStart({ metadata, spec, operation }: Application): boolean {
  const automated = spec.syncPolicy?.automated;
  const isOn = automated !== undefined && automated.enabled !== false;
  return isOn && operation === undefined && metadata.deletionTimestamp === undefined;
}

function isTried(last: OperationState, { revision, revisions }: Comparison): boolean {
  return canonical(revisionsTried(last)) === canonical(revisions ?? [revision]);
}

function revisionsTried({ syncResult, operation }: OperationState): readonly (string | undefined)[] {
  return syncResult?.revisions ?? operation.sync?.revisions ?? [syncResult?.revision ?? operation.sync?.revision];
}

function gaveUp(last: OperationState): string {
  return `Failed last sync attempt to [${revisionsTried(last).join(' ')}]: ${last.message ?? ''}`;
}

/** A health with the time since when it is so. */
export function healthSince(before: Health | undefined, health: Pick<Health, 'status' | 'message'>, now: Date): Health {
  const lasts = before?.status === health.status ? before.lastTransitionTime : undefined;
  return { ...health, lastTransitionTime: lasts ?? written(now) };
}

/** Conditions with the times since when they stand. */
export function conditionsSince(
  before: readonly Condition[] | undefined,
  found: readonly Condition[],
  now: Date,
): readonly Condition[] | undefined {
  if (found.length === 0) return undefined;
  return found.map(({ type, message }) => {
    const standing = before?.find((condition) => condition.type === type && condition.message === message);
    return { type, message, lastTransitionTime: standing?.lastTransitionTime ?? written(now) };
  });
}
