/** The job `goods`: which commits were good once, by what a branch has on record of its good commits (rules A7, G3). */

import type { Git } from '../../git';
import type { Goods, GoodsJob } from '../../journey';
import { branchContent } from './state-record';

/** Good commits that are looked through, back from the present one. */
const MOST_STEPS = 2_000;

export async function goods(git: Git, job: GoodsJob, signal: AbortSignal): Promise<Goods> {
  const found = await Promise.all(
    job.commits.map(async ({ reference, present, commit }) =>
      (await wasGood(git, reference.repoURL, present, commit, signal)) ? [commit] : [],
    ),
  );
  return found.flat();
}

/** Goes back from good commit to good commit: each has the one before it on record. */
async function wasGood(
  git: Git,
  repoURL: string,
  present: string,
  wanted: string,
  signal: AbortSignal,
): Promise<boolean> {
  let good: string | undefined = present;
  for (let step = 0; step < MOST_STEPS && good !== undefined && !signal.aborted; step += 1) {
    if (good === wanted) return true;
    if (!(await git.has(repoURL, good))) return false;
    const { record } = await branchContent(git, repoURL, good);
    good = record?.good;
  }
  return false;
}
