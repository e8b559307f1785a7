/** What a ticket says when a branch holds something that is not ours (rule D8). */

import { shortCommit } from '../../../lib/api/words';
import type { ApplicationReference, Ticket } from '../../../lib/api';
import type { Foreign } from '../facts/job';
import type { Obstacle } from './obstacle';
import { NO_COMMIT } from '../facts/ownership';

/** Paths named in a message; a commit that touches more says how many more. */
const NAMED_PATHS = 5;

/** Paths in words: the first ones, and how many more there are. */
export function namingPaths(paths: readonly string[]): string {
  const rest = paths.length - NAMED_PATHS;
  return `${paths.slice(0, NAMED_PATHS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** The reason, what was found, and the two ways on. */
export function suspension(reference: ApplicationReference, ownership: Foreign, ticket: Ticket): Obstacle {
  const branch = `branch ${reference.branch} of ${reference.repoURL}`;
  const named = `${ticket.metadata.name} --namespace ${ticket.metadata.namespace}`;
  const ways = (head: string): string =>
    `To put our files on top: k8sta resume ${named}, or add {uid: ${ticket.metadata.uid}, heads: [${head}], by: <you>} to spec.resumes of the ticket; to leave the branch alone: k8sta abort ${named}, or set spec.abort.`;
  const resume = (head: string): Obstacle['resume'] => ({ uid: ticket.metadata.uid, heads: [head] });
  switch (ownership.whose) {
    case 'ForeignCommit':
      return {
        reason: 'ForeignCommit',
        message: `${branch} is at ${shortCommit(ownership.head)}, which changed files that K8sTA wrote: ${namingPaths(ownership.paths)}. ${ways(ownership.head)}`,
        resume: resume(ownership.head),
      };
    case 'HistoryRewritten':
      return {
        reason: 'HistoryRewritten',
        message: `${branch} is at ${shortCommit(ownership.head)}, which does not descend from the last commit that K8sTA put there. ${ways(ownership.head)}`,
        resume: resume(ownership.head),
      };
    case 'BranchDeleted':
      return {
        reason: 'BranchDeleted',
        message: `${branch} is gone, though K8sTA has put a commit there. ${ways(NO_COMMIT)}`,
        resume: resume(NO_COMMIT),
      };
    case 'ForeignBranch':
      return {
        reason: 'ForeignBranch',
        message: `${branch} is at ${shortCommit(ownership.head)} and K8sTA has no record of writing it. To take its files over, set adopt: true on ${reference.name} in the Station; to leave the branch alone, set spec.abort.`,
      };
  }
}
