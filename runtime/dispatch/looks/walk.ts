/** The job `walk`: what the new commits of a source branch ask for (rule B3). */

import { TransientError } from '../../errors';
import type { Git } from '../../git';
import { survey, type Walk, type WalkJob } from '../../journey';

/** @throws TransientError where the branch shows another head by now */
export async function walk(git: Git, job: WalkJob, signal: AbortSignal): Promise<Walk> {
  const { repoURL, branch, from, head, isTagged } = job;
  if (isTagged === true) {
    if (!(await git.has(repoURL, from))) return { outcome: 'Rewritten' };
  } else if (!(await git.contains(repoURL, from, head))) {
    // A server's copy that lags behind shows an old head for a while: nobody has rewritten anything then.
    const present = (await git.heads(repoURL, [branch], signal)).get(branch);
    if (present !== head) throw new TransientError(`Branch ${branch} of ${repoURL} moved while it was looked at.`);
    return { outcome: 'Rewritten' };
  }
  const history = await git.history(repoURL, { upTo: head, without: [from] });
  return { outcome: 'Walked', ...survey(history, job) };
}
