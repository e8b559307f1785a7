/** The second stage of an arrival: the recorded commits get to their branches, once (rules D2, D4, D5). */

import { parseDuration, type Arrival, type ArrivalApplication } from '../../../lib/api';
import { failClosed, standAgainClosed } from './closing';
import type { JobFact, LandedApplication, Landing, LandJob, Prepared, PrepareJob } from '../facts/job';
import { headsJob, landJob, landKey, withShown } from './land-job';
import { prepareJob, prepareKey } from '../visits/prepare-job';
import { mayStillLand } from './push';
import { areUnshown, EMPTY_TREE, mayBeOpen, pauseOf, requestObstacle, undone } from '../visits/request';
import { isSame, keyOf } from '../facts/state';
import { afterDeadline, type Looked } from './unanswered';
import { shutAgain, standAgain, stopOf, waitInStation, type Visit } from './visit';
import { without } from '../facts/without';
import { textOf } from '../facts/time';
import { awaitApplications } from './waiting';
import { suspendOrResume, withdraw } from './withdrawing';

/** Whether the recorded bytes are at hand: made in this very life of the process. */
function isMade(arrival: Arrival, fact: JobFact<Prepared> | undefined): boolean {
  if (fact?.state !== 'Done') return false;
  const { result: made } = fact;
  return arrival.applications.every(
    ({ result, commit }) =>
      result !== 'Commit' || (commit !== undefined && made.some((one) => 'commit' in one && one.commit === commit)),
  );
}

/** Brings the recorded commits to their branches, or finds that they are there (rules D2, D5). */
export function land(visit: Visit, arrival: Arrival): void {
  const { draft } = visit;
  const key = landKey(visit, arrival);
  const job = (): LandJob => landJob(visit, arrival);
  const running = draft.peek('land', key);
  if (arrival.applications.some(mayBeOpen)) {
    if (running === undefined && !readyToAsk(visit, arrival)) return;
  } else if (running === undefined && arrival.applications.some((one) => one.result === 'Commit')) {
    if (!readyToPush(visit, arrival)) return;
  }
  const fact = draft.askFor('land', key, job);
  if (fact === undefined || fact.state === 'Running') return;
  if (fact.state === 'Failed') return waitInStation(visit, arrival, fact);
  if (fact.result.some((one) => one.outcome === 'Suspended')) draft.askAgain(job());
  lookAgain(visit, job, fact);
  landed(visit, arrival, fact);
}

type Requested = Extract<LandedApplication, { outcome: 'Requested' }>;

/** Looks at open pull requests again: when Argo CD reports something else, or the pause since the last look is over. */
function lookAgain(
  { draft, ticket }: Visit,
  asked: () => LandJob,
  fact: Extract<JobFact<Landing>, { state: 'Done' }>,
): void {
  const open = fact.result.filter((one): one is Requested => one.outcome === 'Requested');
  if (open.length === 0 || fact.again) return;
  const job = asked();
  const { waiting } = ticket.status ?? {};
  if (waiting?.reason === 'HistoryRewritten' && areUnshown(open)) {
    if (fact.seen !== job.seen) draft.start(job);
    return;
  }
  const waited = waiting?.reason === 'PullRequest' ? draft.now.getTime() - Date.parse(waiting.since) : 0;
  const next = new Date(fact.at.getTime() + pauseOf(open, waited));
  if (next <= draft.now || fact.seen !== job.seen) draft.start(job);
  else draft.wake(next);
}

/**
 * Pull requests are found again by their branch. After a restart before any was opened the gates are held again
 * (rule F4); a commit whose bytes are gone by then is made again.
 */
function readyToAsk(visit: Visit, arrival: Arrival): boolean {
  const isBegun = arrival.pullRequests !== undefined || arrival.applications.some((one) => one.shown);
  const stop = stopOf(withoutRecord(visit));
  if (isBegun || isMade(arrival, visit.draft.peek('prepare', prepareKey(stop, visit.start)))) return true;
  if (shutAgain(visit) === undefined) return true;
  standAgainClosed(visit, arrival);
  return false;
}

/**
 * After a restart the record is all there is: look first whether the push had happened, hold the gates again if it had
 * not (rule F4), and make the bytes again (rule D2).
 */
function readyToPush(visit: Visit, arrival: Arrival): boolean {
  const { draft } = visit;
  const stop = stopOf(withoutRecord(visit));
  if (isMade(arrival, draft.peek('prepare', prepareKey(stop, visit.start)))) return true;
  const heads = draft.ask(headsJob(visit, arrival, 'restart'));
  if (heads === undefined || heads.state === 'Running') return false;
  if (heads.state === 'Failed') {
    waitInStation(visit, arrival, heads);
    return false;
  }
  const undecided = heads.result.every((one) => one.outcome === 'Shown' || one.outcome === 'NotShown');
  if (undecided && heads.result.some((one) => one.outcome === 'NotShown'))
    return madeAgain(visit, arrival, heads, prepareJob(stop, visit.start));
  landed(visit, arrival, heads);
  return false;
}

/** Makes the bytes of a record again that has not landed; gives the record up where they, or the gates, are not what they were. */
function madeAgain(visit: Visit, arrival: Arrival, heads: Looked, job: PrepareJob): boolean {
  const pushed = arrival.applications.filter((one) => one.result === 'Commit').map(keyOf);
  const untouched = !heads.result.some((one) => one.outcome === 'Shown' && pushed.includes(keyOf(one.reference)));
  if (untouched && shutAgain(visit) !== undefined) return givenUp(visit, arrival, heads, () => standAgain(visit));
  const again = visit.draft.ask(job);
  if (again === undefined || again.state === 'Running') return false;
  if (again.state === 'Failed') {
    waitInStation(visit, arrival, again);
    return false;
  }
  return isMade(arrival, again) || givenUp(visit, arrival, heads, () => withdraw(visit, arrival, () => true));
}

/** Gives a record up once the push of an earlier life cannot land any more; if it has, that is what counts (rule D5). */
function givenUp(visit: Visit, arrival: Arrival, heads: Looked, giveUp: () => void): false {
  const last = afterDeadline(visit, arrival, 'restart', heads);
  if (last === undefined) return false;
  if (mayStillLand(arrival, last.result)) giveUp();
  else landed(visit, arrival, last);
  return false;
}

/** The visit as it was before the present record, so that the same job makes the same commits again. */
function withoutRecord(visit: Visit): Visit {
  const arrival = visit.ticket.status?.arrival;
  if (arrival === undefined) return visit;
  const applications = arrival.applications.map((one): ArrivalApplication => ({ ...one, commit: undefined }));
  const status = { ...visit.ticket.status, arrival: { ...arrival, applications } };
  return { ...visit, ticket: { ...visit.ticket, status } };
}

function landed(visit: Visit, arrival: Arrival, { at, result: landing }: Looked): void {
  const seen = withShown(arrival, landing);
  const isWhole = landing.every((one) => one.outcome === 'Shown');
  if (!isWhole && isTurnedDown(visit, seen, landing)) return;
  if (seen.applications.some(isOnlyBegun)) return goOnFromBegun(visit, seen);
  if (!isWhole) return waitForBranches(visit, seen, landing);

  const pushed = at.getTime();
  const deadline = pushed + parseDuration(visit.station.spec.deadlines.arrival);
  awaitApplications(visit, { ...seen, pushed: textOf(pushed), deadline: textOf(deadline) });
}

const firstOf = <O extends LandedApplication['outcome']>(landing: Landing, outcome: O) =>
  landing.find((one): one is Extract<LandedApplication, { outcome: O }> => one.outcome === outcome);

/** Whether a branch does not take its commit; decides for that then. */
function isTurnedDown(visit: Visit, seen: Arrival, landing: Landing): boolean {
  const suspended = firstOf(landing, 'Suspended');
  const rejected = firstOf(landing, 'Rejected');
  const refused = firstOf(landing, 'Closed');
  const withdrawn = new Set(landing.filter((one) => one.outcome === 'Withdraw').map((one) => keyOf(one.reference)));
  if (suspended) suspendOrResume(visit, seen, suspended);
  else if (rejected) {
    const message = `${rejected.reference.branch} of ${rejected.reference.repoURL}: ${rejected.message}`;
    failClosed(visit, { reason: 'PushRejected', message }, seen);
  } else if (refused) failClosed(visit, { reason: 'PullRequestClosed', message: refused.message }, seen);
  else if (withdrawn.size > 0) withdraw(visit, seen, (key) => withdrawn.has(key));
  else return false;
  return true;
}

/** Waits for the branches that do not show their commits yet, by whatever way these get there. */
function waitForBranches(visit: Visit, seen: Arrival, landing: Landing): void {
  const waiting = firstOf(landing, 'NotShown');
  if (waiting) return waitInStation(visit, seen, { reason: 'Pushing', message: waiting.message });
  const open = landing.filter((one): one is Requested => one.outcome === 'Requested');
  const found = undone(open, visit.ticket.status ?? {}, visit.draft.now);
  if ('outcome' in found) return suspendOrResume(visit, seen, found);
  waitInStation(visit, seen, { ...requestObstacle(open), ...(found.until && { until: found.until }) });
}

/** Whether the branch shows the empty commit with which it begins, so that a pull request can be opened into it (rule D9). */
const isOnlyBegun = (one: ArrivalApplication): boolean => one.shown === true && one.tree === EMPTY_TREE;

/** The station has the new heads on record first, so that they are ours whatever becomes of the ticket; then commits are made on them. */
function goOnFromBegun(visit: Visit, arrival: Arrival): void {
  const { draft, station } = visit;
  const begun = arrival.applications.filter(isOnlyBegun);
  const present = station.status?.applications ?? [];
  const missing = begun.filter((one) => !present.some((entry) => isSame(entry, one) && entry.head));
  if (missing.length > 0) {
    const heads = missing.flatMap(({ name, namespace, commit }) =>
      commit === undefined ? [] : [{ name, namespace, head: { commit } }],
    );
    const others = present.filter((entry) => !heads.some((head) => isSame(head, entry)));
    const applications = [...others, ...heads].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    draft.writeStation(station, { ...station.status, applications });
    return;
  }
  // The head that the station has on record is no answer to what is asked for next: nothing lists it any more.
  const applications = arrival.applications.map((one): ArrivalApplication =>
    isOnlyBegun(one) ? without(one, 'commit', 'tree', 'shown') : one,
  );
  const message = 'makes its commits for pull requests into branches that have begun';
  waitInStation(visit, { ...arrival, applications }, { reason: 'Rendering', message });
}
