/**
 * An Application as the stand-in reads and writes it. The API server has validated each object against Argo CD's own
 * schema, so these types are taken at their word.
 */

export interface Source {
  readonly repoURL?: string;
  readonly targetRevision?: string;
  readonly path?: string;
  readonly chart?: string;
  readonly ref?: string;
  readonly directory?: { readonly recurse?: boolean; readonly include?: string; readonly exclude?: string };
}

export interface Destination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** How often, and after which pauses, a failed sync is tried again. */
export interface Retry {
  readonly limit?: number;
  readonly backoff?: { readonly duration?: string; readonly factor?: number; readonly maxDuration?: string };
}

export interface Operation {
  readonly initiatedBy?: { readonly username?: string; readonly automated?: boolean };
  readonly info?: readonly { readonly name: string; readonly value: string }[];
  readonly retry?: Retry;
  readonly sync?: {
    readonly revision?: string;
    readonly revisions?: readonly string[];
    readonly source?: Source;
    readonly sources?: readonly Source[];
    readonly prune?: boolean;
    readonly dryRun?: boolean;
    readonly resources?: readonly object[];
    readonly syncOptions?: readonly string[];
  };
}

export interface OperationState {
  readonly phase: 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error';
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly operation: Operation;
  readonly retryCount?: number;
  readonly syncResult?: {
    readonly revision?: string;
    readonly revisions?: readonly string[];
    readonly source?: Source;
    readonly sources?: readonly Source[];
    readonly resources?: readonly object[];
  };
}

export interface Condition {
  readonly type: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown';
export type HealthStatus = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';

export interface Health {
  readonly status: HealthStatus;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Comparison {
  readonly status: SyncStatus;
  readonly revision?: string;
  readonly revisions?: readonly string[];
  /** Missing where the spec was refused before a first comparison. */
  readonly comparedTo?: {
    readonly source?: Source;
    readonly sources?: readonly Source[];
    readonly destination: Destination;
  };
}

export interface ResourceStatus {
  readonly group?: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status: SyncStatus;
  readonly requiresPruning?: boolean;
}

export interface HistoryEntry {
  readonly id: number;
  readonly revision?: string;
  readonly revisions?: readonly string[];
  readonly deployStartedAt: string;
  readonly deployedAt: string;
  readonly source?: Source;
  readonly sources?: readonly Source[];
  readonly initiatedBy?: Operation['initiatedBy'];
}

export interface Status {
  readonly sync?: Comparison;
  readonly health?: Health;
  readonly operationState?: OperationState;
  readonly reconciledAt?: string;
  readonly conditions?: readonly Condition[];
  readonly history?: readonly HistoryEntry[];
  readonly resources?: readonly ResourceStatus[];
  readonly summary?: { readonly images?: readonly string[] };
  readonly sourceType?: string;
  readonly resourceHealthSource?: 'appTree';
  readonly controllerNamespace?: string;
}

export interface Application {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly project?: string;
    readonly source?: Source;
    readonly sources?: readonly Source[];
    readonly sourceHydrator?: {
      readonly drySource?: { readonly repoURL?: string };
      readonly syncSource?: { readonly repoURL?: string; readonly targetBranch?: string; readonly path?: string };
    };
    readonly destination: Destination;
    readonly revisionHistoryLimit?: number;
    readonly syncPolicy?: {
      readonly automated?: { readonly enabled?: boolean; readonly prune?: boolean; readonly selfHeal?: boolean };
      readonly syncOptions?: readonly string[];
      readonly retry?: Retry;
    };
  };
  readonly status?: Status;
  readonly operation?: Operation;
}

/** `<namespace>/<name>`: what queues and maps hold. */
export function keyOf({ metadata }: Application): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** What the Application syncs, and whether it says so as a list: the shape of its status follows that of its spec. */
export function sourcesOf({ spec }: Application): { readonly several: boolean; readonly sources: readonly Source[] } {
  const synced = spec.sourceHydrator?.syncSource;
  if (synced !== undefined) {
    const repoURL = synced.repoURL ?? spec.sourceHydrator?.drySource?.repoURL;
    return { several: false, sources: [{ repoURL, targetRevision: synced.targetBranch, path: synced.path }] };
  }
  if (spec.sources !== undefined && spec.sources.length > 0) return { several: true, sources: spec.sources };
  return { several: false, sources: spec.source === undefined ? [] : [spec.source] };
}

/** Sources and revisions in the fields that status uses for one, or for several, of them. */
export function inStatusShape(
  app: Application,
  revisions: readonly string[],
): { revision?: string; revisions?: readonly string[]; source?: Source; sources?: readonly Source[] } {
  const { several, sources } = sourcesOf(app);
  return several ? { revisions, sources } : { revision: revisions[0], source: sources[0] };
}

/** A time as Argo CD writes it: to the second. */
export function written(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
