/** A branch of ours that Station.status knows nothing of: its state is read back from Git (rule A7). */

import type { RenderedState } from '../../../lib/api';
import type { Git } from '../../git';
import type { Ownership, PrepareApplication } from '../../journey';
import { branchContent, editedPaths } from '../jobs/state-record';

export interface Recovered {
  readonly ownership: Ownership;
  readonly good?: { readonly commit: string; readonly state: RenderedState };
}

/**
 * Looks at a branch that is nobody's by the records of the cluster. With a `state.yaml` that names this application and
 * lists exactly the bytes that are there, the head is ours; it is good if its Application runs it in health and no
 * unfinished ticket lists it, else the good commit that it names is.
 */
export async function recover(git: Git, application: PrepareApplication, ownership: Ownership): Promise<Recovered> {
  const { reference, live, unfinished, head: recorded, listed } = application;
  if (ownership.whose !== 'ForeignBranch' || recorded !== undefined || listed.length > 0) return { ownership };
  const { repoURL } = reference;
  const content = await branchContent(git, repoURL, ownership.head);
  const { record } = content;
  if (record?.application !== `${reference.namespace}/${reference.name}`) return { ownership };
  const paths = editedPaths(content);
  if (paths.length > 0) return { ownership: { whose: 'ForeignCommit', head: ownership.head, paths } };
  const ours: Ownership = { whose: 'Ours', head: ownership.head, by: ownership.head };
  if (live === ownership.head && !unfinished.includes(ownership.head)) {
    return { ownership: ours, good: { commit: ownership.head, state: record.state } };
  }
  if (record.good === undefined || !(await git.has(repoURL, record.good))) return { ownership: ours };
  const earlier = await branchContent(git, repoURL, record.good);
  return earlier.record === undefined
    ? { ownership: ours }
    : { ownership: ours, good: { commit: record.good, state: earlier.record.state } };
}
