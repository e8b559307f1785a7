/** The job `sources`: heads of source branches, as they are when a ticket boards (rule A8). */

import type { Git } from '../../git';
import type { SourceHeads, SourcesJob } from '../../journey';
import { placeOf, readHeads } from '../jobs/heads';

export async function sourceHeads(git: Git, job: SourcesJob, signal: AbortSignal): Promise<SourceHeads> {
  const heads = await readHeads(git, job.branches, signal);
  return job.branches.flatMap((branch) => {
    const commit = heads.get(placeOf(branch));
    return commit === undefined ? [] : [{ ...branch, commit }];
  });
}
