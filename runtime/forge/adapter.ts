/** What each kind of forge is asked, for one repository. */

import { TransientError } from '../errors';
import type { CommitStatus, Effect, MergeOrder, PullRequest, PullRequestOrder, Way } from './contract';
import type { Answer } from './http';

export interface Adapter {
  find(way: Way): Promise<PullRequest | undefined>;
  open(order: PullRequestOrder, effect?: Effect): Promise<PullRequest>;
  merge(request: PullRequest, order: MergeOrder, effect?: Effect): Promise<string | undefined>;
  close(request: PullRequest, note: string, effect?: Effect): Promise<void>;
  report(commit: string, status: CommitStatus, effect?: Effect): Promise<void>;
  removeBranch(branch: string, effect?: Effect): Promise<void>;
}

/**
 * Where a forge says that there is one already: the one that is open.
 *
 * @param what is asked for, for the message
 * @throws TransientError where it is gone again
 */
export async function openAlready(
  find: Adapter['find'],
  order: PullRequestOrder,
  { words }: Answer,
  what: string,
): Promise<PullRequest> {
  const present = await find(order);
  if (present?.state === 'Open') return present;
  throw new TransientError(`${what} was there a moment ago: ${words}`);
}

/** Parts of a path, each as a part of a URL. */
export const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
