/** What each kind of forge is asked, for one repository. */

import type { CommitStatus, Effect, MergeOrder, PullRequest, PullRequestOrder, Way } from './contract';

export interface Adapter {
  find(way: Way): Promise<PullRequest | undefined>;
  open(order: PullRequestOrder, effect?: Effect): Promise<PullRequest>;
  merge(request: PullRequest, order: MergeOrder, effect?: Effect): Promise<string | undefined>;
  close(request: PullRequest, note: string, effect?: Effect): Promise<void>;
  report(commit: string, status: CommitStatus, effect?: Effect): Promise<void>;
  removeBranch(branch: string, effect?: Effect): Promise<void>;
}

/** Parts of a path, each as a part of a URL. */
export const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
