/** What the rest of the machine may ask of a forge, and the answers it gets. */

import type { PullRequests } from '../../lib/api';

export interface PullRequest {
  /** Its page. */
  readonly url: string;
  /** What the forge calls it. */
  readonly id: string;
  readonly state: 'Open' | 'Merged' | 'Closed';
  /** Commit at the end of its branch as the forge knows it, maybe cut short; empty where the forge does not say. */
  readonly head: string;
  /** The commit that merging it made, where the forge says; maybe cut short. */
  readonly merged?: string;
  /** What checks of its commit say, all together. `Unknown` where the forge is not asked for them. */
  readonly checks: 'None' | 'Pending' | 'Passed' | 'Failed' | 'Unknown';
  /** What the forge says keeps it from being merged, in a few words. */
  readonly obstacle?: string;
}

/** From which branch into which. */
export interface Way {
  readonly source: string;
  readonly target: string;
}

/** A pull request to be opened; its texts are fit to be shown. */
export interface PullRequestOrder extends Way {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

export interface MergeOrder {
  readonly method: PullRequests['method'];
  /** The one commit that may be merged: whatever was added to the branch is refused. */
  readonly commit: string;
  readonly source: string;
  readonly title: string;
  readonly message: string;
}

/** A word on a commit, for those who look at it on the forge. */
export interface CommitStatus {
  /** What it is about: a later word about the same takes its place. At most 255 characters. */
  readonly context: string;
  readonly state: 'Passed' | 'Failed';
  /** At most 140 characters. */
  readonly description: string;
}

/** An effect that asks right before it goes out for how many milliseconds it may take; with 0 or less it does not go out. */
export interface Effect {
  /** @default 10000 */
  readonly permit?: () => number;
}

/**
 * All that is done with forges; which one a repository is on is the adapter's matter. Every method throws
 * `TransientError` where the forge cannot be reached, does not know our credential or wants to be left alone, with words
 * that say what to mend, and `TerminalError` where it refuses what was asked for.
 */
export interface Forges {
  /** The newest pull request from a branch into another one, whatever its state. */
  find(repoURL: string, way: Way): Promise<PullRequest | undefined>;

  /** Opens one, or adopts the one that is open on this way. */
  open(repoURL: string, order: PullRequestOrder, effect?: Effect): Promise<PullRequest>;

  /** @returns why the forge does not merge it now, in its words; nothing where it has merged it, or is about to */
  merge(repoURL: string, request: PullRequest, order: MergeOrder, effect?: Effect): Promise<string | undefined>;

  /** Closes one that is open, with a note. One that is closed or merged stays as it is. */
  close(repoURL: string, request: PullRequest, note: string, effect?: Effect): Promise<void>;

  /** Says a word on a commit, unless that very word is said there already. */
  report(repoURL: string, commit: string, status: CommitStatus, effect?: Effect): Promise<void>;

  /** Removes a branch; one that is not there is removed already. */
  removeBranch(repoURL: string, branch: string, effect?: Effect): Promise<void>;
}
