/** The jobs that look at source branches and their tags, and what they find (rule B3). */

import type { SourceTags } from '../../../lib/api';

/** Reads the head of a source branch; what others have just read of the repository is as good. */
export interface TipJob {
  readonly kind: 'tip';
  readonly key: string;
  readonly repoURL: string;
  readonly branch: string;
  /** How old an answer may be, in milliseconds. */
  readonly maxAgeMs: number;
  /** The newest hint that there was when it began; empty where there has been none. */
  readonly seen: string;
}
export interface Tip {
  /** Absent where the branch does not exist. */
  readonly commit?: string;
  /** When the server was asked. @default - whoever answers tells of every push */
  readonly askedAt?: Date;
}

/** Chooses among the tags of a source; what others have just read of the repository is as good. */
export interface TagJob {
  readonly kind: 'tag';
  readonly key: string;
  readonly repoURL: string;
  /** The branch that has to have the commit of a tag (rule B5). */
  readonly branch: string;
  readonly tags: SourceTags;
  /** How old an answer may be, in milliseconds. */
  readonly maxAgeMs: number;
  /** The newest hint that there was when it began; empty where there has been none. */
  readonly seen: string;
}
export interface TagChoice {
  /** Absent where none fits. */
  readonly chosen?: { readonly tag: string; readonly commit: string };
  /** Why that one, or why none, in a sentence. */
  readonly choice: string;
  /** When the server was asked. @default - whoever answers tells of every tag */
  readonly askedAt?: Date;
}

/** What counts in a repository for one subscription. */
export interface SurveyQuestion {
  /** Folder that the repository is seen from; empty means its root (rule L5). */
  readonly folder: string;
  /** Globs of paths seen from the folder; empty means all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Every overlay folder that is known in the repository, from its root. */
  readonly overlays: readonly string[];
}

/** Walks the first-parent commits of a source branch after one of them. */
export interface WalkJob extends SurveyQuestion {
  readonly kind: 'walk';
  readonly key: string;
  readonly repoURL: string;
  readonly branch: string;
  /** The last commit that was seen. */
  readonly from: string;
  readonly head: string;
  /** Whether a tag names the head: releases need not follow each other on one line. @default false */
  readonly isTagged?: boolean;
}

/** What commits ask for. */
export interface Survey {
  /** How many commits there are. */
  readonly commits: number;
  /** The newest that touches anything outside the overlays. */
  readonly source?: string;
  /** For each overlay folder the newest commit that touches it, and overlays only; sorted by folder. */
  readonly overlays: readonly { readonly path: string; readonly commit: string }[];
  /** The commits that make no ticket. @default - none */
  readonly skipped?: { readonly count: number; readonly oldest: string; readonly newest: string };
}
export type Walk =
  | ({ readonly outcome: 'Walked' } & Survey)
  /** The branch does not contain the last commit that was seen; for a tag, the repository has no such commit any more. */
  | { readonly outcome: 'Rewritten' };
