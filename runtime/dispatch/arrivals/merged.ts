/** How a pull request came in is recognised by content, whichever method merged it (rules D8, D9). */

import { STATE_FILE } from '../../../lib/api';
import type { PullRequest } from '../../forge';
import type { Git } from '../../git';
import type { LandedApplication } from '../../journey';
import { remove, type Asked, type RequestTools } from './request';
import { branchContent, touchedPaths } from '../jobs/state-record';

/** Files of our commit that are not the same in another one; all of it where its bytes are gone and the tree is another. */
export async function filesTouched(
  git: Git,
  { commit, reference: { repoURL }, request }: Asked,
  other: string,
): Promise<string[]> {
  if (await git.has(repoURL, commit)) {
    const [ours, theirs] = await Promise.all([branchContent(git, repoURL, commit), branchContent(git, repoURL, other)]);
    return touchedPaths(ours, theirs);
  }
  return (await git.describe(repoURL, other)).tree === request.tree ? [] : [STATE_FILE];
}

/** The forge says merged: by whichever method, the branch has to show our files on top of what it showed (rules D8, D9). */
export async function merged(
  tools: RequestTools,
  one: Asked,
  found: PullRequest,
  signal: AbortSignal,
): Promise<LandedApplication> {
  const { git } = tools;
  const { reference, request } = one;
  const { repoURL } = reference;
  const heads = await git.heads(repoURL, [one.branch, request.branch], signal);
  const head = heads.get(one.branch);
  if (head === undefined) return { outcome: 'Suspended', reference, ownership: { whose: 'BranchDeleted' } };
  if (head === one.parent) return { ...about(one, found, 'merged; the branch does not show it yet'), unshown: head };
  if (one.parent !== undefined && !(await git.contains(repoURL, one.parent, head))) {
    return { outcome: 'Suspended', reference, ownership: { whose: 'HistoryRewritten', head } };
  }
  const paths = await filesTouched(git, one, head);
  if (paths.length > 0) return { outcome: 'Suspended', reference, ownership: { whose: 'ForeignCommit', head, paths } };
  const place = { repoURL, branch: request.branch, head: heads.get(request.branch), target: head };
  await remove(tools, place, one.listed);
  return { outcome: 'Shown', reference, commit: head };
}

/** An open one that is about to show more. */
export const about = (
  { reference }: Asked,
  { url }: PullRequest,
  message: string,
): Extract<LandedApplication, { outcome: 'Requested' }> => ({
  outcome: 'Requested',
  reference,
  url,
  message,
  soon: true,
});
