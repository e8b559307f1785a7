/**
 * Jobs: the slow effects that run beside the decisions, so that no render, push or look ever keeps an abort or a
 * rollback waiting. A decision names the job that it needs by a key made from what the job depends on; what became
 * of it is a fact of the next snapshot. A job that no decision asks for any more is forgotten.
 */

import type {
  ApplicationReference,
  Change,
  Chart,
  FailureReason,
  Image,
  PullRequests,
  RenderedState,
  Renderer,
  Subscription,
  SubscriptionStatus,
  TicketReference,
  WaitingReason,
} from '../../../lib/api';
import type { RevisionRelation } from './application';
import type { Piece } from './cargo';
import type { Ownership } from './ownership';
import type { TagChoice, TagJob, Tip, TipJob, Walk, WalkJob } from './source-job';

/** Reads the heads of source branches, for the record that boarding makes (rule A8). */
export interface SourcesJob {
  readonly kind: 'sources';
  readonly key: string;
  readonly branches: readonly { readonly repoURL: string; readonly branch: string }[];
}
/** A branch that does not exist is left out. */
export type SourceHeads = readonly { readonly repoURL: string; readonly branch: string; readonly commit: string }[];

/** Looks for what a subscription would choose now (rules B1, B2). */
export interface LookJob {
  readonly kind: 'look';
  readonly key: string;
  readonly namespace: string;
  readonly subscription: Subscription;
  readonly last: SubscriptionStatus | undefined;
  /** The newest hint that there was when it began; empty where there has been none. */
  readonly seen: string;
  /** How old an answer of a registry may be that others got, in milliseconds. @default 0, as after news of a change */
  readonly maxAgeMs?: number;
}
export interface Look {
  readonly images?: readonly Image[];
  readonly chart?: Chart;
  /** When the choice was built, where the strategy goes by it. */
  readonly created?: Date;
  /** Whether the choice ranks above the one ticketed last, in the strategy's own order; for `digest`, whether it differs. */
  readonly newer: boolean;
  /** Why that one, in a sentence. */
  readonly choice: string;
  /** Why there is none, when there is none. */
  readonly problem?: string;
  /** Whoever answers tells of every change, so that nobody looks at intervals. @default false */
  readonly tells?: boolean;
}

/** One application of an arrival, before anything is known of its branch. */
export interface PrepareApplication {
  readonly reference: ApplicationReference;
  /** The head that Station.status records, if any. */
  readonly head?: string;
  /** The good commit that Station.status records, if any. */
  readonly good?: { readonly commit: string; readonly state: RenderedState };
  /** The state that a branch that never existed starts from (rule A8). */
  readonly start?: RenderedState;
  /** SHAs that the arrival lists for this branch: its record and what was withdrawn. */
  readonly listed: readonly string[];
  /** The commit that the Application is synced to and healthy at, if any; a recovery trusts no other head (rule A7). */
  readonly live?: string;
  /** SHAs that tickets list which have not completed here; a recovery never takes one for good (rule A7). */
  readonly unfinished: readonly string[];
  /** Heads that a person has seen and told us to write over (rule D8, Resume). */
  readonly resumed: readonly string[];
  /** What a rollback puts back, whatever the change (rule G3). */
  readonly restore?: {
    /** The good commit whose managed files it puts back. */
    readonly commit: string;
    /** Whether a commit is made although nothing differs, so that a push without an answer cannot land any more. */
    readonly fence: boolean;
  };
  /** Its commit goes by pull request (rule D9): a branch that never existed gets an empty commit first. */
  readonly byRequest?: true;
}

/**
 * Reads heads, decides whose they are, composes, renders and makes the commits of one arrival, without showing them to
 * anybody (rules A2-A8, D2, D3, D8).
 */
export interface PrepareJob {
  readonly kind: 'prepare';
  readonly key: string;
  readonly namespace: string;
  readonly station: string;
  readonly ticket: string;
  /** Date of every commit of the arrival. */
  readonly start: Date;
  /** Everything that the ticket carries, in one change. */
  readonly change: Change;
  /** The same, part by part with its root, in the order in which it is applied. */
  readonly cargo: readonly Piece[];
  /** What a rollback does, in a line. */
  readonly rollback?: string;
  readonly approvedBy: readonly string[];
  /** Who has told us to write over which head (rule D8), the last word last. */
  readonly resumes: readonly { readonly head: string; readonly by: string }[];
  readonly applications: readonly PrepareApplication[];
  /**
   * What Argo CD reports of the station's Applications, and the newest hint about a pull request. No part of the key: it
   * only says when to look again.
   */
  readonly seen: string;
}

/** The managed files of one application, and how they differ from what its branch shows. */
export interface Trees {
  /** Digest over the managed files, without the record of the state: what an approval is for (rule F3). */
  readonly digest: string;
  /** How many files differ. */
  readonly changed: number;
  /** What differs, in a line. */
  readonly summary: string;
}

export type PreparedApplication =
  | {
      readonly outcome: 'Commit' | 'NoChange';
      readonly reference: ApplicationReference;
      /** Absent for a branch that never existed. */
      readonly parent?: string;
      readonly tree: string;
      readonly trees: Trees;
      /** For `NoChange` the present head. */
      readonly commit: string;
      readonly state: RenderedState;
      readonly renderer?: Renderer;
      /** The good commit that was read back from the branch (rule A7). */
      readonly recovered?: { readonly commit: string; readonly state: RenderedState };
      readonly message: string;
    }
  | { readonly outcome: 'Suspended'; readonly reference: ApplicationReference; readonly ownership: Foreign }
  | {
      readonly outcome: 'Failed';
      readonly reference: ApplicationReference;
      readonly reason: FailureReason;
      readonly message: string;
    };
export type Foreign = Exclude<Ownership, { whose: 'Ours' | 'Nobody' }>;
export type Prepared = readonly PreparedApplication[];

/** Works out what a ticket that stands before a gate would change, and commits nothing (rule F2). */
export interface PreviewJob {
  readonly kind: 'preview';
  readonly key: string;
  /** What is put on the good states, in this order: older tickets that stand there first, the ticket's own last. */
  readonly changes: readonly Piece[];
  readonly applications: readonly PrepareApplication[];
}

export type PreviewedApplication =
  | {
      readonly outcome: 'Trees';
      readonly reference: ApplicationReference;
      readonly trees: Trees;
    }
  | Extract<PreparedApplication, { outcome: 'Failed' }>;
export type Preview = readonly PreviewedApplication[];

/** How a recorded commit is asked to be let into its branch (rule D9). */
export interface RequestOrder {
  /** Branch on which the commit waits. */
  readonly branch: string;
  /** Page of the pull request, once it is on record. */
  readonly url?: string;
  /** Git tree of the commit. */
  readonly tree: string;
  /** Who merges, and how the runtime does where that is asked for. */
  readonly merge: PullRequests['merge'];
  readonly method: PullRequests['method'];
  readonly words: RequestWords;
}

/** What a pull request says of itself; words of others, to be escaped where they are shown. */
export interface RequestWords {
  readonly application: string;
  /** What the ticket carries, in a line. */
  readonly change: string;
  /** What the commit changes, in a line. */
  readonly summary: string;
  /** Whence the ticket comes, one line each. */
  readonly lineage: readonly string[];
  readonly approvedBy: readonly string[];
}

/** One recorded commit on its way to its branch. */
export interface RecordedCommit {
  readonly reference: ApplicationReference;
  readonly branch: string;
  readonly parent?: string;
  readonly commit: string;
  /** The head that Station.status records, if any. */
  readonly head?: string;
  /** The commit itself and everything withdrawn. */
  readonly listed: readonly string[];
  /** What tickets list from which a rollback took the station: ours, though not what was asked for (rule D8). */
  readonly displaced?: readonly string[];
  /** Whether this arrival makes the commit, or found that there is nothing to change. */
  readonly push: boolean;
  /** It is let in by pull request, and not pushed to its branch. */
  readonly request?: RequestOrder;
  /** Its pull request was merged: only whether the branch still shows it is looked at. */
  readonly entered?: true;
}

/** Pushes the recorded commits: the branches of one repository in one atomic compare-and-swap push (rules D4, D5). */
export interface LandJob {
  readonly kind: 'land';
  readonly key: string;
  readonly namespace: string;
  readonly station: string;
  readonly stationUid: string;
  readonly ticket: string;
  readonly ticketUid: string;
  /** When the ticket took the station. */
  readonly start: string;
  readonly commits: readonly RecordedCommit[];
  /** What Argo CD reports of the station's Applications. No part of the key: it only says when to look again. */
  readonly seen: string;
}

/**
 * Closes the pull requests of an arrival that ends, with a note, and removes their branches; then reads where the
 * recorded commits stand, since one may have been merged before it was closed (rule D7).
 */
export interface CloseJob {
  readonly kind: 'close';
  readonly key: string;
  readonly namespace: string;
  readonly station: string;
  readonly ticket: string;
  /** Only if this ticket is really gone: to be asked past the cache (rule C3). */
  readonly ifGone?: TicketReference;
  /** Only if the station really does not have this ticket in it: to be asked past the cache (rule C3). */
  readonly ifOutside?: TicketReference;
  /** Why, for those who read the pull request. */
  readonly note: string;
  readonly requests: readonly {
    readonly reference: Pick<ApplicationReference, 'repoURL' | 'branch'>;
    /** Branch on which the commit waits. */
    readonly branch: string;
    /** Absent where it does not matter any more where the commit stands. */
    readonly commit?: RecordedCommit;
    /** What the ticket lists. Absent with `commit`, and where nobody knows any more what was recorded. */
    readonly listed?: readonly string[];
  }[];
}

/** Reads where the recorded commits stand, without pushing anything (rule D5). */
export interface HeadsJob extends Omit<LandJob, 'kind'> {
  readonly kind: 'heads';
}

/** Where one recorded commit stands on its branch, judged after a look at the head past every cache. */
export type LandedApplication =
  /** The head is `commit`, or descends from it with our files as we wrote them; an earlier record may have landed late. */
  | { readonly outcome: 'Shown'; readonly reference: ApplicationReference; readonly commit: string }
  /** The head is still the parent: nothing happened. */
  | { readonly outcome: 'NotShown'; readonly reference: ApplicationReference; readonly message: string }
  /** The head is ours, but the record can no longer land on it: withdraw it and make a new one (rule D2). */
  | { readonly outcome: 'Withdraw'; readonly reference: ApplicationReference; readonly message: string }
  | { readonly outcome: 'Suspended'; readonly reference: ApplicationReference; readonly ownership: Foreign }
  /** The server says no, in its own words. */
  | { readonly outcome: 'Rejected'; readonly reference: ApplicationReference; readonly message: string }
  /** Its pull request is open; `soon` where it is about to show more. */
  | {
      readonly outcome: 'Requested';
      readonly reference: ApplicationReference;
      readonly url: string;
      readonly message: string;
      readonly soon?: true;
      /** The head of a branch that does not show the merge of which the forge tells. */
      readonly unshown?: string;
    }
  /** Its pull request was closed and not merged. */
  | { readonly outcome: 'Closed'; readonly reference: ApplicationReference; readonly message: string };
export type Landing = readonly LandedApplication[];

/** Says how a revision that Argo CD reports relates to our commit (rule D6). */
export interface RelateJob {
  readonly kind: 'relate';
  readonly key: string;
  readonly repoURL: string;
  readonly commit: string;
  readonly revision: string;
}

/** Finds out which commits were good once: what a branch has on record of the good commits before each (rule A7). */
export interface GoodsJob {
  readonly kind: 'goods';
  readonly key: string;
  readonly commits: readonly {
    readonly reference: ApplicationReference;
    /** The good commit of now. */
    readonly present: string;
    /** The one that is asked about. */
    readonly commit: string;
  }[];
}
/** Those of the commits that were. */
export type Goods = readonly string[];

/** Makes a run of Argo Rollouts, or adopts the one of that name (rules F5, L10). */
export interface AnalyseJob {
  readonly kind: 'analyse';
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly template: string;
  readonly clusterScope: boolean;
  readonly args: readonly { readonly name: string; readonly value: string }[];
  readonly ticket: { readonly name: string; readonly uid: string };
  /** Name of the Station. */
  readonly station: string;
}

/** Commits of one source branch to be compared. */
export interface DescentQuestion {
  readonly repoURL: string;
  readonly branch: string;
  /** Commits of a change. */
  readonly incoming: readonly string[];
  /** Commits that states record. */
  readonly recorded: readonly string[];
}

/** Finds out how commits of source branches relate (rules A4, B5). */
export interface DescentJob {
  readonly kind: 'descent';
  readonly key: string;
  readonly questions: readonly DescentQuestion[];
}
export interface Descent {
  /** `repoURL commit` of each that its source branch contains. */
  readonly onBranch: readonly string[];
  /** `repoURL incoming recorded` of each pair of which the recorded one contains the incoming one. */
  readonly contained: readonly string[];
}

/** Finds out what an overlay's commit stands on (rule B4). */
export interface FollowJob {
  readonly kind: 'follow';
  readonly key: string;
  readonly repoURL: string;
  /** The new commit of the overlay. */
  readonly commit: string;
  /** The overlay's folder. */
  readonly path: string;
  /** The commits that the station's state records as base and as overlay. */
  readonly base: string;
  readonly recorded: string;
  /** Every overlay folder that is known in the repository. */
  readonly overlays: readonly string[];
}
export interface Follow {
  /** The newest commit up to the overlay's own that touches anything outside the overlays and that the base lacks. */
  readonly outside?: string;
  /** Whether one that the base lacks touches the folder as well, after the overlay's recorded commit. */
  readonly mixed: boolean;
}

export type Job =
  | DescentJob
  | FollowJob
  | SourcesJob
  | LookJob
  | TipJob
  | TagJob
  | WalkJob
  | PrepareJob
  | PreviewJob
  | LandJob
  | HeadsJob
  | CloseJob
  | RelateJob
  | GoodsJob
  | AnalyseJob;
export type JobKind = Job['kind'];
export interface JobResults {
  readonly descent: Descent;
  readonly follow: Follow;
  readonly sources: SourceHeads;
  readonly look: Look;
  readonly tip: Tip;
  readonly tag: TagChoice;
  readonly walk: Walk;
  readonly prepare: Prepared;
  readonly preview: Preview;
  readonly land: Landing;
  readonly heads: Landing;
  readonly close: Landing;
  readonly relate: RevisionRelation;
  readonly goods: Goods;
  readonly analyse: 'Started';
}

export type JobFact<Result> =
  /** `inTurn`: others were before it when it was asked for. */
  | { readonly state: 'Running'; readonly since: Date; readonly inTurn?: true }
  /** `seen` is what the job was started with. */
  | {
      readonly state: 'Done';
      readonly at: Date;
      readonly result: Result;
      readonly seen?: string;
      /** It runs once more. */
      readonly again?: true;
    }
  | {
      readonly state: 'Failed';
      readonly reason: WaitingReason;
      readonly message: string;
      /** Not before this time is it worth another try. */
      readonly retryAt: Date;
    };
