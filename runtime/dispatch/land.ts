/** The job `land`: recorded commits get to their branches, by one atomic compare-and-swap push for each repository (D4, D5). */

import { TerminalError } from '../errors';
import type { Git, PushOutcome } from '../git';
import type { LandedApplication, Landing, LandJob, RecordedCommit } from '../journey';
import { Unavailable } from './job-board';
import { byRepository, lookAtHeads } from './heads';

/** How long a push may take: inside the lease, so that a leader that lost it cannot push any more. */
const PUSH_DEADLINE_MS = 10_000;

export async function land(git: Git, job: LandJob, now: () => Date, signal: AbortSignal): Promise<Landing> {
  const placed = job.commits.map((one) => ({ ...one, repoURL: one.reference.repoURL }));
  const landings = await Promise.all(
    byRepository(placed).map(async ([repoURL, commits]) => landOne(git, repoURL, commits, now, signal)),
  );
  return landings.flat();
}

/** The branches of one repository. */
async function landOne(
  git: Git,
  repoURL: string,
  commits: readonly RecordedCommit[],
  now: () => Date,
  signal: AbortSignal,
): Promise<LandedApplication[]> {
  const shown = (one: RecordedCommit): LandedApplication => ({
    outcome: 'Shown',
    reference: one.reference,
    commit: one.commit,
  });
  const pushed = commits.filter((one) => one.push);
  if (pushed.length === 0) return commits.map(shown);

  const outcome = await push(git, repoURL, pushed, now);
  if (outcome.outcome === 'Accepted') return commits.map(shown);
  if (outcome.outcome === 'Refused' && outcome.kind === 'Rejected') {
    return commits.map((one) =>
      one.push ? { outcome: 'Rejected', reference: one.reference, message: outcome.message } : shown(one),
    );
  }
  const looked = await lookAtHeads(git, { commits: pushed }, signal, outcome.message);
  const landing = outcome.outcome === 'BytesMissing' ? looked.map(withdrawn) : looked;
  if (landing.some((one) => one.outcome === 'NotShown') && !landing.some(isDecisive)) {
    throw new Unavailable('GitUnavailable', `${repoURL} did not take the push: ${outcome.message}`);
  }
  return [...landing, ...commits.filter((one) => !one.push).map(shown)];
}

/** What a decision can go on from, whatever became of the other branches of the push. */
const isDecisive = (one: LandedApplication): boolean =>
  one.outcome === 'Withdraw' || one.outcome === 'Suspended' || one.outcome === 'Rejected';

/** A commit whose bytes are gone cannot land: it is made again, and comes out the same where nothing else changed (D2). */
const withdrawn = (one: LandedApplication): LandedApplication =>
  one.outcome === 'NotShown' ? { ...one, outcome: 'Withdraw' } : one;

type Attempt = PushOutcome | { readonly outcome: 'BytesMissing'; readonly message: string };

async function push(git: Git, repoURL: string, commits: readonly RecordedCommit[], now: () => Date): Promise<Attempt> {
  const updates = commits.map((one) => ({ branch: one.branch, expected: one.parent, commit: one.commit }));
  try {
    return await git.push(repoURL, updates, { deadline: new Date(now().getTime() + PUSH_DEADLINE_MS) });
  } catch (error) {
    if (error instanceof TerminalError && error.reason === 'CommitMissing') {
      return { outcome: 'BytesMissing', message: error.message };
    }
    throw error;
  }
}
