/** Lets a recorded commit into its branch by pull request (rule D9). */

import { TerminalError } from '../../errors';
import type { PullRequest } from '../../forge';
import type { Git } from '../../git';
import type { LandedApplication, LandJob } from '../../journey';
import { lookAtHeads } from '../jobs/heads';
import { Unavailable } from '../jobs/job-board';
import { about, filesTouched, merged } from './merged';
import { confirmRecord } from '../caches/records';
import { asking, isOurs, remove, wayOf, type Asked, type RequestTools, type WaitingBranch } from './request';
import { bodyOf, titleOf } from './request-text';

type Tools = RequestTools & { readonly job: LandJob };

/** One commit of a land job that goes by pull request. */
export async function enter(tools: Tools, one: Asked, deadline: Date, signal: AbortSignal): Promise<LandedApplication> {
  const { git, forges } = tools;
  const { reference, request } = one;
  const { repoURL } = reference;
  const heads = await git.heads(repoURL, [request.branch, one.branch], signal);
  const [head, target] = [heads.get(request.branch), heads.get(one.branch)];
  const place = { repoURL, branch: request.branch, head, target };
  const [standing] = await lookAtHeads(git, { commits: [one] }, signal);
  const found = await asking(forges.find(repoURL, wayOf(one)));
  const ended = await endOf(tools, one, { found, standing, place, signal });
  if (ended !== undefined) return ended;
  const isThere = head !== undefined && (head === one.commit || (await git.contains(repoURL, one.commit, head)));
  return found?.state === 'Open' && isThere
    ? wait(tools, one, found, head, signal)
    : ask(tools, one, { found, place, isThere, deadline });
}

interface Seen {
  /** The newest on this way, whatever it is. */
  readonly found: PullRequest | undefined;
  /** Where the commit stands on the branch that it is to enter. */
  readonly standing: LandedApplication | undefined;
  readonly place: WaitingBranch;
  readonly signal: AbortSignal;
}

/** What is decided about a commit, if it is: it has come in, or it will not, or a person has to say. */
async function endOf(
  tools: Tools,
  one: Asked,
  { found, standing, place, signal }: Seen,
): Promise<LandedApplication | undefined> {
  const { git, forges } = tools;
  const { reference } = one;
  const ours = found !== undefined && isOurs(one, found) ? found : undefined;
  if (ours?.state === 'Merged') return merged(tools, one, ours, signal);
  if (standing?.outcome === 'Shown') {
    const note = 'The branch shows its commit already.';
    if (found?.state === 'Open') await asking(forges.close(reference.repoURL, found, note));
    await remove(tools, place, one.listed);
    return standing;
  }
  if (ours?.state === 'Closed') {
    await remove(tools, place, one.listed);
    return { outcome: 'Closed', reference, message: `${ours.url} was closed without being merged` };
  }
  if (standing?.outcome !== 'Suspended') return undefined;
  return ours !== undefined && (await isBeingMerged(git, one, place))
    ? about(one, ours, 'about to be merged')
    : standing;
}

/** Whether the branch shows our files although the forge has not said merged yet: some say so a moment later. */
const isBeingMerged = async (git: Git, one: Asked, { target }: WaitingBranch): Promise<boolean> =>
  target !== undefined && (await filesTouched(git, one, target)).length === 0;

const CHECKS: Readonly<Record<PullRequest['checks'], string>> = {
  None: 'no checks',
  Pending: 'its checks are under way',
  Passed: 'its checks pass',
  Failed: 'its checks fail',
  Unknown: 'open',
};

/** One that is open: merged by people, or by us where that is asked for and nothing forbids it. */
async function wait(
  tools: Tools,
  one: Asked,
  found: PullRequest,
  head: string,
  signal: AbortSignal,
): Promise<LandedApplication> {
  const { git, forges, records, job } = tools;
  const { reference, request, commit } = one;
  const words = [CHECKS[found.checks], ...(found.obstacle === undefined ? [] : [found.obstacle])];
  const told = (...more: readonly string[]): LandedApplication => ({
    outcome: 'Requested',
    reference,
    url: found.url,
    message: [...words, ...more].join('; '),
  });
  if (request.merge === 'People') return told('a person merges it');
  if (head !== commit) return told('somebody has added commits, so that a person has to merge it');
  if (found.checks === 'Pending' || found.checks === 'Failed') return told();
  await confirmRecord(records, job);
  const subject = { ...job, words: request.words };
  const trailers = (await git.has(reference.repoURL, commit))
    ? (await git.describe(reference.repoURL, commit)).trailers
    : [];
  const order = {
    method: request.method,
    commit,
    source: request.branch,
    title: titleOf(subject),
    message: trailers.map(({ key, value }) => `${key}: ${value}`).join('\n'),
  };
  const refusal = await asking(forges.merge(reference.repoURL, found, order));
  if (refusal !== undefined) return told(`not merged yet: ${refusal}`);
  const after = await asking(forges.find(reference.repoURL, wayOf(one)));
  return after?.state === 'Merged' ? merged(tools, one, after, signal) : about(one, found, 'about to be merged');
}

interface Asking {
  /** The newest on this way, whatever it is. */
  readonly found: PullRequest | undefined;
  readonly place: WaitingBranch;
  /** The commit is on its branch already. */
  readonly isThere: boolean;
  readonly deadline: Date;
}

/** Brings the commit to its branch and opens the pull request; what an earlier record left there is taken away first. */
async function ask(tools: Tools, one: Asked, asked: Asking): Promise<LandedApplication> {
  const { forges, records, job } = tools;
  const { reference, request } = one;
  await confirmRecord(records, job);
  try {
    const refusal = asked.isThere ? undefined : await bring(tools, one, asked);
    if (refusal !== undefined) return refusal;
    const subject = { ...job, words: request.words };
    const order = { ...wayOf(one), title: titleOf(subject), body: bodyOf(subject) };
    const opened = await asking(forges.open(reference.repoURL, order));
    return { outcome: 'Requested', reference, url: opened.url, message: CHECKS[opened.checks] };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const { message } = error;
    return { outcome: error.reason === 'CommitMissing' ? 'Withdraw' : 'Rejected', reference, message };
  }
}

/** Brings the commit to the branch on which it waits. @returns the refusal of the server, if that is what came of it */
async function bring(
  tools: Tools,
  { reference, request, commit, listed }: Asked,
  { found, place, deadline }: Asking,
): Promise<LandedApplication | undefined> {
  const { git, forges, records, job } = tools;
  const { repoURL } = reference;
  const note = `Ticket ${job.ticket} has made its commit again.`;
  if (found?.state === 'Open') await asking(forges.close(repoURL, found, note));
  if (!(await remove(tools, place, listed))) {
    throw new Unavailable('PullRequest', `branch ${request.branch} holds commits of others: remove it, or rename it`);
  }
  const pushed = await git.push(repoURL, [{ branch: request.branch, expected: undefined, commit }], { deadline });
  if (pushed.outcome === 'Refused' && pushed.kind === 'Rejected') {
    return { outcome: 'Rejected', reference, message: `${request.branch}: ${pushed.message}` };
  }
  if (pushed.outcome !== 'Accepted') {
    throw new Unavailable('GitUnavailable', `${repoURL} did not take ${request.branch}: ${pushed.message}`);
  }
  await confirmRecord(records, job);
  return undefined;
}
