/** The job `land`: recorded commits get to their branches, by one atomic compare-and-swap push for each repository (D4, D5). */

import { TerminalError } from '../../errors';
import type { Forges } from '../../forge';
import type { Git, PushOutcome } from '../../git';
import { pushesOverAt, type LandedApplication, type Landing, type LandJob, type RecordedCommit } from '../../journey';
import { enter } from './enter';
import { Unavailable } from '../jobs/job-board';
import { byRepository, lookAtHeads } from '../jobs/heads';
import { confirmRecord, type Records } from '../caches/records';
import { isAsked } from './request';

export interface LandTools {
  readonly git: Git;
  readonly records: Records;
  readonly forges: Forges;
  readonly now: () => Date;
}

export async function land(tools: LandTools, job: LandJob, signal: AbortSignal): Promise<Landing> {
  // Counted from before the record is read: whoever sleeps in between wakes up too late to push.
  const deadline = pushesOverAt(tools.now());
  if (job.commits.some((one) => one.push)) await confirmRecord(tools.records, job);
  const asked = job.commits.filter(isAsked);
  const entered = job.commits.filter((one) => one.entered);
  const pushed = job.commits.filter((one) => !isAsked(one) && !one.entered);
  const placed = pushed.map((one) => ({ ...one, repoURL: one.reference.repoURL }));
  const landings = await Promise.all([
    lookAtHeads(tools.git, { commits: entered }, signal),
    ...byRepository(placed).map(async ([repoURL, commits]) =>
      landOne({ ...tools, job, deadline }, repoURL, commits, signal),
    ),
    ...asked.map(async (one) => [await enter({ ...tools, job }, one, deadline, signal)]),
  ]);
  return landings.flat();
}

/** The branches of one repository. */
async function landOne(
  { git, records, job, deadline }: LandTools & { readonly job: LandJob; readonly deadline: Date },
  repoURL: string,
  commits: readonly RecordedCommit[],
  signal: AbortSignal,
): Promise<LandedApplication[]> {
  const shown = (one: RecordedCommit): LandedApplication => ({
    outcome: 'Shown',
    reference: one.reference,
    commit: one.commit,
  });
  const pushed = commits.filter((one) => one.push);
  if (pushed.length === 0) return commits.map(shown);

  const outcome = await push(git, repoURL, pushed, deadline);
  if (outcome.outcome === 'Accepted') return commits.map(shown);
  await confirmRecord(records, job);
  const looked = await lookAtHeads(git, { commits: pushed }, signal, outcome.message);
  const landing = looked.map((one) => (one.outcome === 'NotShown' ? notShown(one, outcome) : one));
  if (landing.some((one) => one.outcome === 'NotShown') && !landing.some(isDecisive)) {
    throw new Unavailable('GitUnavailable', `${repoURL} did not take the push: ${outcome.message}`);
  }
  return [...landing, ...commits.filter((one) => !one.push).map(shown)];
}

/** What a decision can go on from, whatever became of the other branches of the push. */
const isDecisive = (one: LandedApplication): boolean =>
  one.outcome === 'Withdraw' || one.outcome === 'Suspended' || one.outcome === 'Rejected';

type NotShown = Extract<LandedApplication, { outcome: 'NotShown' }>;

/**
 * What it means that the head is where it was. A rule of the server is its last word; a commit whose bytes are gone is
 * made again, and comes out the same where nothing else changed (D2).
 */
function notShown(one: NotShown, attempt: Attempt): LandedApplication {
  if (attempt.outcome === 'BytesMissing') return { ...one, outcome: 'Withdraw' };
  return attempt.outcome === 'Refused' && attempt.kind === 'Rejected' ? { ...one, outcome: 'Rejected' } : one;
}

type Attempt = PushOutcome | { readonly outcome: 'BytesMissing'; readonly message: string };

async function push(git: Git, repoURL: string, commits: readonly RecordedCommit[], deadline: Date): Promise<Attempt> {
  const updates = commits.map((one) => ({ branch: one.branch, expected: one.parent, commit: one.commit }));
  try {
    return await git.push(repoURL, updates, { deadline });
  } catch (error) {
    if (error instanceof TerminalError && error.reason === 'CommitMissing') {
      return { outcome: 'BytesMissing', message: error.message };
    }
    throw error;
  }
}
