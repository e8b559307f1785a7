/** What is done alike with every pull request of an arrival (rule D9). */

import { messageOf, TerminalError, TransientError } from '../../errors';
import type { Forges, PullRequest } from '../../forge';
import type { Git } from '../../git';
import type { RecordedCommit, RequestOrder } from '../../journey';
import { Unavailable } from '../jobs/job-board';
import type { Records } from '../caches/records';

export interface RequestTools {
  readonly git: Git;
  readonly forges: Forges;
  readonly records: Records;
}

/** A recorded commit that goes by pull request. */
export type Asked = RecordedCommit & { readonly request: RequestOrder };

export const isAsked = (one: RecordedCommit): one is Asked => one.request !== undefined;

/** What a forge cannot do now is waited for under the name of what it is about. @throws Unavailable, TerminalError */
export async function asking<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof TerminalError || error instanceof Unavailable) throw error;
    throw new Unavailable('PullRequest', messageOf(error), {
      cause: error,
      ...(error instanceof TransientError && error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    });
  }
}

/** Whether a commit that a forge tells of, maybe cut short, is this one. */
const isCommit = (told: string, commit: string): boolean => told.length >= 7 && commit.startsWith(told);

/** Whether a pull request is that of the very record, and not of an earlier one of the same ticket. */
export const isOurs = ({ request, commit }: Asked, { url, head }: PullRequest): boolean =>
  url === request.url || isCommit(head, commit);

export const wayOf = ({ branch, request }: Asked): { source: string; target: string } => ({
  source: request.branch,
  target: branch,
});

/** Where a commit waits. */
export interface WaitingBranch {
  readonly repoURL: string;
  readonly branch: string;
  /** What it shows, if it is there. */
  readonly head: string | undefined;
  /** What the branch shows that it is to be merged into. */
  readonly target: string | undefined;
}

/**
 * Removes the branch on which a commit waited, unless it holds commits of others that are nowhere else (I3).
 *
 * @returns whether it is gone
 */
export async function remove(
  { git, forges }: RequestTools,
  { repoURL, branch, head, target }: WaitingBranch,
  listed: readonly string[],
): Promise<boolean> {
  if (head === undefined) return true;
  const isOurs = listed.includes(head) || (target !== undefined && (await git.contains(repoURL, head, target)));
  if (isOurs) await asking(forges.removeBranch(repoURL, branch));
  return isOurs;
}
