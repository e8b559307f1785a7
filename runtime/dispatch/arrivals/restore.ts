/** What a rollback puts back: the managed files of a good commit, byte for byte, and its state (rule G3). */

import type { RenderedState } from '../../../lib/api';
import { TerminalError } from '../../errors';
import type { Git } from '../../git';
import type { PrepareApplication } from '../../journey';
import { managedFiles } from './adoption';
import type { Composition } from './compose';
import { branchContent } from '../jobs/state-record';

/** @throws TerminalError `NeverGood` where the commit has no record of what it shows, `CommitMissing` where it is gone */
export async function restored(
  git: Git,
  { reference, good }: PrepareApplication,
  commit: string,
): Promise<{ readonly state: RenderedState; readonly composition: Composition }> {
  const { repoURL } = reference;
  const state = good?.commit === commit ? good.state : (await branchContent(git, repoURL, commit)).record?.state;
  if (state === undefined) {
    throw new TerminalError(`commit ${commit} of ${repoURL} has no record of what it shows`, 'NeverGood');
  }
  return { state, composition: await managedFiles(git, repoURL, commit) };
}
