/**
 * What a journey knows of an Argo CD Application, and what it may conclude from it. Types only: `runtime/argocd` reads
 * the live object into an `ApplicationView` and judges it; the journey consumes both and never sees Argo CD itself.
 *
 * Times are RFC 3339 strings as Argo CD writes them, with a resolution of one second.
 */

/** Argo CD's verdict on how the live objects compare with the branch. */
export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown';

/** Argo CD's health of an Application, the worst of its resources. */
export type HealthStatus = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';

/** Where a sync operation stands. */
export type OperationPhase = 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error';

/** One source that an Application syncs from; with a source hydrator, the branch that it syncs, not the dry one. */
export interface ApplicationSource {
  readonly repoURL: string;
  /** Branch, tag, SHA or chart version. Empty means the repository's default branch. */
  readonly targetRevision: string;
  /** Folder inside the repository, `.` for its root. */
  readonly path: string;
  /** Set for a Helm chart from a chart repository. */
  readonly chart?: string;
}

/** Whether and how Argo CD syncs by itself. */
export interface AutomatedSync {
  readonly enabled: boolean;
  readonly prune: boolean;
  readonly selfHeal: boolean;
}

/** An operation that somebody asked for and that Argo CD has not finished. */
export interface PendingOperation {
  /** The revision to sync to; empty when the operation names none. */
  readonly revision: string;
  /** Uid of the ticket that asked for it, when the operation is ours. */
  readonly ticket?: string;
  /** Who asked, in words. */
  readonly initiatedBy: string;
}

/** The last operation that Argo CD started. */
export interface OperationState {
  readonly phase: OperationPhase;
  readonly message: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** What was synced, by source index; empty strings where Argo CD does not say. */
  readonly revisions: readonly string[];
}

/** A condition of an Application, such as `ComparisonError`. */
export interface ApplicationCondition {
  readonly type: string;
  readonly message: string;
  readonly since?: string;
}

/** What decisions need of a live Application, and no more: at most 3 KB where the object has one source. */
export interface ApplicationView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deletionTimestamp?: string;
  /** `<namespace>/<name>` of the Station that may drive it, from its consent annotation. */
  readonly authorizedStation?: string;
  /** Set while Argo CD has been asked to look again and has not yet done so. */
  readonly refresh?: { readonly kind: string; readonly requestedAt?: string };
  /** Argo CD leaves this Application alone (`argocd.argoproj.io/skip-reconcile`). */
  readonly skipReconcile: boolean;
  readonly project: string;
  /** Where it deploys to. */
  readonly destination: { readonly server?: string; readonly name?: string; readonly namespace?: string };
  /** Another station of its track may deploy to the same place (rule L3). */
  readonly sharedDestination: boolean;
  readonly sources: readonly ApplicationSource[];
  /** The sources come from Argo CD's source hydrator, which writes the branch itself. */
  readonly hydrated: boolean;
  readonly automated: AutomatedSync;
  readonly syncOptions: readonly string[];
  /** `spec.syncPolicy.retry` as it stands. */
  readonly retry?: Readonly<Record<string, unknown>>;
  readonly sync: {
    readonly status: SyncStatus;
    /** By source index. While not `Synced`, Argo CD may write a branch name here. */
    readonly revisions: readonly string[];
    /** The sources that the comparison was made for; differs from `sources` while Argo CD has not seen an edit. */
    readonly comparedTo: readonly ApplicationSource[];
  };
  readonly health: { readonly status: HealthStatus; readonly message?: string; readonly since?: string };
  readonly operation?: PendingOperation;
  readonly operationState?: OperationState;
  /** When Argo CD last began to compare branch and cluster. */
  readonly reconciledAt?: string;
  readonly conditions: readonly ApplicationCondition[];
  /** How many live resources wait for a prune that the sync policy does not allow. */
  readonly requiresPruning: number;
  /** Images that its resources use, the first 20. */
  readonly images: readonly string[];
}

/** How a revision that Argo CD reports relates to the commit that we wait for. */
export type RevisionRelation =
  /** Another commit with the same files. */
  | 'same'
  /** A descendant in which every managed file is as we wrote it. */
  | 'contains'
  /** Anything else: older, rewritten, or with our files changed. */
  | 'foreign'
  /** Not known yet; somebody has to look into Git first. */
  | 'unknown';

/** What an arrival waits for: this commit, on this branch, live and well. */
export interface Expectation {
  readonly repoURL: string;
  readonly branch: string;
  /** Full SHA, lower case. */
  readonly commit: string;
  /**
   * When the branch was known to show the commit; what Argo CD saw before does not count. Absent where nothing was
   * pushed: then any comparison with the commit counts.
   */
  readonly since?: Date;
  /** When we last asked Argo CD to look again, by our own clock; it is not asked again for `lookAgainMs`. */
  readonly askedAt?: Date;
  /** Relation of another revision to `commit`; asked only for full SHAs. @default every other revision is `unknown` */
  readonly accepts?: (revision: string) => RevisionRelation;
}

/** The API's waiting reasons that an Application can cause. */
export type ApplicationWaitingReason =
  'ApplicationMissing' | 'ArgoCDUnavailable' | 'Degraded' | 'NotSynced' | 'Progressing' | 'Suspended' | 'WrongBranch';

/** The API's failure reasons that an Application can cause. */
export type ApplicationFailureReason = 'ComparisonError' | 'InvalidSpec' | 'SyncFailed';

/** What Argo CD's word means for an arrival. Graces and deadlines are the journey's. */
export type Verdict =
  /** Synced to the commit (or to one that has it), healthy, and long enough so. `revision` is what Argo CD reports. */
  | { readonly outcome: 'Synced'; readonly revision: string }
  | {
      readonly outcome: 'Waiting';
      readonly reason: ApplicationWaitingReason;
      readonly message: string;
      /** Since when, where Argo CD says. */
      readonly since?: Date;
      /** When to judge again even if no event comes. */
      readonly recheckAt?: Date;
      /** The commit is live, only its health or the hold is waited for. */
      readonly synced: boolean;
      /** Argo CD is at work and this is one of its steps: these words say all of them, and do until they last. */
      readonly brief?: string;
      /** What Argo CD said is old: it is asked to look again, and what it said counts meanwhile. */
      readonly ask?: true;
    }
  | { readonly outcome: 'Failed'; readonly reason: ApplicationFailureReason; readonly message: string }
  /** Argo CD has not looked since the push: ask it to look again. */
  | { readonly outcome: 'Refresh'; readonly message: string; readonly brief?: string }
  /** Argo CD knows the commit and will not sync it by itself: start a sync. */
  | { readonly outcome: 'Sync'; readonly message: string; readonly brief?: string };

/** Why a station may not drive an Application, with what a person can do. */
export type Precondition =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: 'ApplicationMissing' | 'NotConsented' | 'WrongBranch' | 'SharedBranch' | 'SharedStation';
      readonly message: string;
    };
