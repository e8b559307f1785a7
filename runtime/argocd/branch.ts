import { normaliseRepositoryURL } from '../../lib/network/repository-url';
import type { ApplicationSource, ApplicationView } from '../journey/facts/application';

/** A branch of a repository, however its URL is spelled. */
export interface Branch {
  readonly repoURL: string;
  readonly branch: string;
}

/** One text for each branch of each repository: two Applications with a key in common sync the same branch. */
export function branchKey({ repoURL, branch }: Branch): string {
  return `${normaliseRepositoryURL(repoURL)}#${branch.replace(/^refs\/heads\//, '')}`;
}

/** The keys of all branches that an Application syncs; for an index of who else is on a branch. */
export function branchKeysOf(view: ApplicationView): readonly string[] {
  return view.sources.filter((source) => source.chart === undefined).map(keyOfSource);
}

/** Whether a source syncs that branch. */
export function isOnBranch(source: ApplicationSource, branch: Branch): boolean {
  return source.chart === undefined && keyOfSource(source) === branchKey(branch);
}

function keyOfSource(source: ApplicationSource): string {
  return branchKey({ repoURL: source.repoURL, branch: source.targetRevision });
}
