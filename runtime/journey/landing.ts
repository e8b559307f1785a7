/** The second stage of an arrival: the recorded commits get to their branches, once (rules D2, D4, D5). */

import { parseDuration, type Arrival, type ArrivalApplication } from '../../lib/api';
import { fail } from './ending';
import type { JobFact, LandedApplication, Landing, Prepared, PreparedApplication, PrepareJob } from './job';
import { headsJob, landJob, withShown } from './land-job';
import { NO_COMMIT } from './ownership';
import { prepareJob, prepareKey, resumedHeads } from './prepare-job';
import { mayStillLand } from './push';
import { keyOf } from './state';
import { suspension } from './suspension';
import { afterDeadline, type Looked } from './unanswered';
import { shutAgain, standAgain, stopOf, waitInStation, type Visit } from './visit';
import { without } from './without';

/** Records of one application that are given up before the ticket is: status lists no more. */
const MOST_WITHDRAWN = 90;

/** Whether the recorded bytes are at hand: made in this very life of the process. */
function isMade(arrival: Arrival, fact: JobFact<Prepared> | undefined): boolean {
  if (fact?.state !== 'Done') return false;
  const made = new Set(fact.result.flatMap((one: PreparedApplication) => ('commit' in one ? [one.commit] : [])));
  return arrival.applications.every(
    (one) => one.result !== 'Commit' || (one.commit !== undefined && made.has(one.commit)),
  );
}

/** Brings the recorded commits to their branches, or finds that they are there (rules D2, D5). */
export function land(visit: Visit, arrival: Arrival): void {
  const { draft } = visit;
  const job = landJob(visit, arrival);
  const running = draft.peek('land', job.key);
  if (running === undefined && arrival.applications.some((one) => one.result === 'Commit')) {
    if (!readyToPush(visit, arrival)) return;
  }
  const fact = draft.ask(job);
  if (fact === undefined || fact.state === 'Running') return;
  if (fact.state === 'Failed') return waitInStation(visit, arrival, fact);
  if (fact.result.some((one) => one.outcome === 'Suspended')) draft.askAgain(job);
  landed(visit, arrival, fact.result);
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
  landed(visit, arrival, heads.result);
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
  if (mayStillLand(arrival, last)) giveUp();
  else landed(visit, arrival, last);
  return false;
}

/** The visit as it was before the present record, so that the same job makes the same commits again. */
function withoutRecord(visit: Visit): Visit {
  const arrival = visit.ticket.status?.arrival;
  if (arrival === undefined) return visit;
  const applications = arrival.applications.map((one): ArrivalApplication => without(one, 'commit'));
  const status = { ...visit.ticket.status, arrival: { ...arrival, applications } };
  return { ...visit, ticket: { ...visit.ticket, status } };
}

/** Marks records that can no longer land; their SHAs stay listed, and new ones are made (rule D2). */
function withdraw(visit: Visit, arrival: Arrival, which: (key: string) => boolean): void {
  const restless = arrival.applications.find((one) => (one.withdrawn?.length ?? 0) >= MOST_WITHDRAWN);
  if (restless) {
    const message = `branch ${restless.branch} moved on before each of ${MOST_WITHDRAWN} commits could land`;
    return fail(visit.draft, visit.ticket, visit.station.metadata.name, { reason: 'PushRejected', message }, arrival);
  }
  const applications = arrival.applications.map((one): ArrivalApplication => {
    if (one.commit === undefined || one.result === 'Skipped') return one;
    const { commit } = one;
    const rest = without(one, 'commit', 'tree', 'parent');
    return which(keyOf(one)) || one.result === 'NoChange'
      ? { ...rest, withdrawn: one.result === 'Commit' ? [commit, ...(one.withdrawn ?? [])] : (one.withdrawn ?? []) }
      : one;
  });
  waitInStation(
    visit,
    { ...arrival, applications },
    { reason: 'Rendering', message: 'makes its commits again on the present heads' },
  );
}

function landed(visit: Visit, arrival: Arrival, landing: Landing): void {
  const { draft, ticket, station } = visit;
  const seen = withShown(arrival, landing);
  const by = <O extends LandedApplication['outcome']>(outcome: O) =>
    landing.find((one): one is Extract<LandedApplication, { outcome: O }> => one.outcome === outcome);

  const suspended = by('Suspended');
  if (suspended) return suspendOrResume(visit, seen, suspended);
  const rejected = by('Rejected');
  if (rejected) {
    const message = `${rejected.reference.branch} of ${rejected.reference.repoURL}: ${rejected.message}`;
    return fail(draft, ticket, station.metadata.name, { reason: 'PushRejected', message }, seen);
  }
  const withdrawn = new Set(landing.filter((one) => one.outcome === 'Withdraw').map((one) => keyOf(one.reference)));
  if (withdrawn.size > 0) return withdraw(visit, seen, (key) => withdrawn.has(key));
  const waiting = by('NotShown');
  if (waiting) return waitInStation(visit, seen, { reason: 'Pushing', message: waiting.message });

  const deadline = new Date(draft.now.getTime() + parseDuration(station.spec.deadlines.arrival));
  const names = seen.applications.filter((one) => one.result !== 'Skipped').map((one) => one.name);
  waitInStation(
    visit,
    { ...seen, pushed: draft.time, deadline: deadline.toISOString() },
    { reason: 'NotSynced', message: `waits for Argo CD to sync ${names.join(', ')}` },
  );
}

/**
 * Suspends an arrival whose branch is not ours any more; where a person has seen that very head and said resume, the
 * records are withdrawn and our files are put on top in new commits (rule D8).
 */
export function suspendOrResume(
  visit: Visit,
  arrival: Arrival,
  found: Extract<LandedApplication, { outcome: 'Suspended' }>,
): void {
  const { reference, ownership } = found;
  const head = 'head' in ownership ? ownership.head : NO_COMMIT;
  if (resumedHeads(visit.ticket).includes(head)) {
    return withdraw(
      visit,
      without(arrival, 'pushed', 'synced', 'soaking', 'deadline'),
      (key) => key === keyOf(reference),
    );
  }
  waitInStation(visit, arrival, suspension(reference, ownership, visit.ticket), true);
}
