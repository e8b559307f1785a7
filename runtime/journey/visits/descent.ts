/** What a decision has to know of how commits descend from each other, and how it asks (rules A4, B5). */

import { shortCommit } from '../../../lib/api/words';
import type { ApplicationReference, Ticket } from '../../../lib/api';
import { cargoOf } from '../facts/cargo';
import { canonical } from '../facts/canonical';
import type { Failure } from './ending';
import type { Descent, DescentJob, DescentQuestion } from '../facts/job';
import type { Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { commitsFor, sourceBranchOf, type SourceHistory } from '../facts/state';

/** The answers of a job as decisions read them. */
export const historyOf = ({ onBranch, contained }: Descent): SourceHistory => {
  const shown = new Set(onBranch);
  const pairs = new Set(contained);
  return {
    onBranch: (repoURL, commit) => shown.has(`${repoURL} ${commit}`),
    contains: (repoURL, ancestor, descendant) => pairs.has(`${repoURL} ${ancestor} ${descendant}`),
  };
};

/** Asks how commits relate; equal questions are one job. */
export const descentJob = (questions: readonly DescentQuestion[]): DescentJob => ({
  kind: 'descent',
  key: canonical(questions),
  questions,
});

type Missing =
  { readonly kind: 'Failure'; readonly failure: Failure } | { readonly kind: 'Obstacle'; readonly obstacle: Obstacle };

/**
 * Rule B5: whether every commit that the ticket carries is on a source branch of the applications that it concerns.
 *
 * @returns `undefined` where all are; `Unknown` while somebody looks
 */
export function missingSource(
  draft: Draft,
  ticket: Ticket,
  references: readonly ApplicationReference[],
): Missing | 'Unknown' | undefined {
  const questions = new Map<string, DescentQuestion>();
  for (const reference of references) {
    const { repoURL } = reference;
    const branch = sourceBranchOf(reference);
    const incoming = cargoOf(ticket).flatMap(({ change }) => commitsFor(change, reference));
    const key = `${repoURL} ${branch}`;
    const known = questions.get(key)?.incoming ?? [];
    if (incoming.length > 0) {
      questions.set(key, { repoURL, branch, incoming: [...new Set([...known, ...incoming])].sort(), recorded: [] });
    }
  }
  if (questions.size === 0) return undefined;
  const asked = [...questions.values()];
  const fact = draft.ask(descentJob(asked));
  if (fact === undefined || fact.state === 'Running') return 'Unknown';
  if (fact.state === 'Failed') {
    return { kind: 'Obstacle', obstacle: { reason: fact.reason, message: `cannot board yet: ${fact.message}` } };
  }
  const history = historyOf(fact.result);
  for (const { repoURL, branch, incoming } of asked) {
    const stray = incoming.find((commit) => !history.onBranch(repoURL, commit));
    if (stray === undefined) continue;
    const message = `commit ${shortCommit(stray)} is not on branch ${branch} of ${repoURL}: merge it there first`;
    return { kind: 'Failure', failure: { reason: 'SourceNotContained', message } };
  }
  return undefined;
}
