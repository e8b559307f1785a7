/**
 * The third stage of an arrival: Argo CD says synced to our commits and healthy, in time, before the exit gates
 * (rules D6, E1, E2).
 */

import { parseDuration, type ApplicationReference, type Arrival, type Waiting } from '../../../lib/api';
import type { Expectation, RevisionRelation, Verdict } from '../facts/application';
import { failedAnalysis } from './analysis';
import { fail, type Failure } from '../visits/ending';
import { holdExitGates } from './exit';
import type { LandedApplication } from '../facts/job';
import { headsJob, referenceAt, referenceOf } from './land-job';
import { isMoment, type Obstacle } from '../plan/obstacle';
import { isSame } from '../facts/state';
import { waitInStation, type Visit } from './visit';
import { textOf } from '../facts/time';
import { without } from '../facts/without';
import { suspendOrResume } from './withdrawing';

type SuspendedApplication = Extract<LandedApplication, { outcome: 'Suspended' }>;

interface Judged {
  readonly reference: ApplicationReference;
  readonly verdict: Verdict;
}

/** Relation of a revision that Argo CD reports to our commit; asks Git where nobody knows yet. */
function relation(visit: Visit, repoURL: string, commit: string, revision: string): RevisionRelation {
  const fact = visit.draft.ask({ kind: 'relate', key: `${repoURL} ${commit} ${revision}`, repoURL, commit, revision });
  return fact?.state === 'Done' ? fact.result : 'unknown';
}

/** How long after the push a report of the head before it only means that Argo CD has not looked yet. */
const STALE_REPORT_MS = 10_000;

/**
 * Whether the head before ours is a report from before the push: nobody has to look into Git for it. One that still
 * comes later may be a branch that somebody has set back (rule D8).
 */
function isStillDue({ draft }: Visit, { pushed }: Arrival): boolean {
  if (pushed === undefined) return false;
  const until = new Date(Date.parse(pushed) + STALE_REPORT_MS);
  return !draft.hasCome(until);
}

/** @param foreign gets the revisions that are not ours */
function judge(visit: Visit, arrival: Arrival, foreign: string[]): Judged[] {
  const judged: Judged[] = [];
  for (const one of arrival.applications) {
    const { commit, branch, repoURL } = one;
    const present = referenceOf(visit.station, one);
    if (one.result === 'Skipped' || present === undefined || !commit || !branch || !repoURL) continue;
    const reference = referenceAt(present, repoURL, branch);
    const accepts = (revision: string): RevisionRelation => {
      if (revision === one.parent && isStillDue(visit, arrival)) return 'foreign';
      const answer = relation(visit, repoURL, commit, revision);
      if (answer === 'foreign' && !foreign.includes(revision)) foreign.push(revision);
      return answer;
    };
    const since = one.result === 'Commit' && arrival.pushed !== undefined ? new Date(arrival.pushed) : undefined;
    const expectation: Expectation = { repoURL, branch, commit, since, accepts };
    judged.push({ reference, verdict: visit.draft.snapshot.facts.judge(reference, expectation) });
  }
  return judged;
}

/** Decides for an arrival whose branches show its commits. */
export function awaitApplications(visit: Visit, arrival: Arrival): void {
  const { draft, ticket, station } = visit;
  const foreign: string[] = [];
  const judged = judge(visit, arrival, foreign);
  const broken = (): Arrival => without(arrival, 'soaking');
  if (foreign.length > 0 && suspendForeign(visit, broken(), foreign)) return;

  const analysis = failedAnalysis(visit, arrival);
  if (analysis) return fail(draft, ticket, station.metadata.name, analysis, arrival);
  for (const { reference, verdict } of judged) {
    if (verdict.outcome !== 'Failed') continue;
    // A comparison also fails where the branch is gone: that is for a person to say, not the end of the ticket (D8).
    if (verdict.reason === 'ComparisonError' && !isStillOurs(visit, broken())) return;
    const message = `${reference.name}: ${verdict.message}`;
    return fail(draft, ticket, station.metadata.name, { reason: verdict.reason, message }, arrival);
  }
  for (const one of judged) nudge(visit, arrival, one);
  const open = judged.filter(({ verdict }) => verdict.outcome !== 'Synced');
  if (open.length > 0) return waitForApplications(visit, arrival, open);

  holdExitGates(visit, arrival);
}

/** What Argo CD is asked for, and when its word is heard again without being asked. */
function nudge({ draft, ticket }: Visit, arrival: Arrival, { reference, verdict }: Judged): void {
  if (verdict.outcome === 'Refresh') draft.refresh(reference, verdict.message);
  const commit = arrival.applications.find((one) => isSame(one, reference))?.commit;
  if (verdict.outcome === 'Sync' && commit) draft.sync(reference, commit, ticket.metadata.uid);
  if (verdict.outcome !== 'Waiting') return;
  draft.wake(verdict.recheckAt);
  if (verdict.ask) draft.refresh(reference, verdict.message);
}

/** Rule D8, also during the wait: a foreign revision suspends the arrival if the branch really is not ours any more. */
function suspendForeign(visit: Visit, arrival: Arrival, revisions: readonly string[]): boolean {
  const heads = visit.draft.ask(headsJob(visit, arrival, `foreign ${[...revisions].sort().join(' ')}`));
  if (heads?.state !== 'Done') return false;
  const suspended = heads.result.map((one) => suspendedBy(arrival, one)).find((one) => one !== undefined);
  if (suspended === undefined) return false;
  suspendOrResume(visit, arrival, suspended);
  return true;
}

/** Whether the branches are what we made them; suspends the arrival, or waits for the look, where that is not known. */
function isStillOurs(visit: Visit, arrival: Arrival): boolean {
  const heads = visit.draft.ask(headsJob(visit, arrival, 'comparison failed'));
  if (heads?.state !== 'Done') return false;
  const suspended = heads.result.map((one) => suspendedBy(arrival, one)).find((one) => one !== undefined);
  if (suspended === undefined) return true;
  suspendOrResume(visit, arrival, suspended);
  return false;
}

/** Why the look suspends the arrival: also where a branch that has shown our commit is back where it was before. */
function suspendedBy(arrival: Arrival, one: LandedApplication): SuspendedApplication | undefined {
  if (one.outcome === 'Suspended') return one;
  if (one.outcome !== 'NotShown') return undefined;
  const { reference } = one;
  const head = arrival.applications.find((application) => isSame(application, reference))?.parent;
  const ownership =
    head === undefined ? { whose: 'BranchDeleted' as const } : { whose: 'HistoryRewritten' as const, head };
  return { outcome: 'Suspended', reference, ownership };
}

/** The order in which several waits are told: what needs a person first. */
const URGENCY = [
  'WrongBranch',
  'ApplicationMissing',
  'Degraded',
  'ArgoCDUnavailable',
  'NotSynced',
  'Progressing',
  'Suspended',
];

function obstacleOf({ reference, verdict }: Judged): Obstacle {
  if (verdict.outcome === 'Synced') return { reason: 'NotSynced', message: `${reference.name}: ` };
  const reason = verdict.outcome === 'Waiting' ? verdict.reason : 'NotSynced';
  const brief = verdict.outcome === 'Failed' ? undefined : verdict.brief;
  return {
    reason,
    message: `${reference.name}: ${verdict.message}`,
    brief: brief === undefined ? undefined : `${reference.name}: ${brief}`,
  };
}

/** Reasons that neither break nor end a soak while the commit is live (rule F5). */
const SOAKING: readonly Obstacle['reason'][] = ['Progressing', 'Suspended', 'NotSynced'];

/** Whether it neither breaks nor ends a soak: not healthy yet, or a comparison or sync of the very commit under way. */
const keepsSoaking = ({ verdict }: Judged): boolean =>
  verdict.outcome === 'Synced' || (verdict.outcome === 'Waiting' && verdict.synced && SOAKING.includes(verdict.reason));

/** What Argo CD mostly comes through before anybody could read that it is waited for. */
const PASSING: readonly Obstacle['reason'][] = ['NotSynced', 'Progressing'];

/** What is told of several waits. */
function worstOf(open: readonly Judged[]): Obstacle | undefined {
  let worst: Obstacle | undefined;
  for (const one of open) {
    const obstacle = obstacleOf(one);
    if (worst === undefined || URGENCY.indexOf(obstacle.reason) < URGENCY.indexOf(worst.reason)) worst = obstacle;
  }
  return worst;
}

function waitForApplications(visit: Visit, arrival: Arrival, open: readonly Judged[]): void {
  const { draft, ticket, station } = visit;
  const worst = worstOf(open);
  if (worst === undefined) return;
  // What needs nobody but whoever has suspended it comes last.
  if (worst.reason === 'Suspended') {
    return waitInStation(
      visit,
      arrival,
      { ...worst, message: `${worst.message}. It goes on when the Application is resumed.` },
      true,
    );
  }
  const waiting = ticket.status?.station === station.metadata.name ? ticket.status.waiting : undefined;
  const soaks = arrival.soaking !== undefined && open.every(keepsSoaking);
  const timed = withDeadline(visit, soaks ? arrival : without(arrival, 'soaking'), waiting, worst);
  if (soaks) {
    const late = overdue(visit, timed, open, { ...worst, reason: 'Progressing' }, draft.now);
    if (late) return fail(draft, ticket, station.metadata.name, late, timed);
    return waitInStation(visit, timed, {
      reason: 'Soak',
      message: `soaks, and departs when healthy: ${worst.message}`,
    });
  }
  const since = waiting?.reason === worst.reason ? new Date(waiting.since) : draft.now;
  const failure = overdue(visit, timed, open, worst, since);
  if (failure) return fail(draft, ticket, station.metadata.name, failure, timed);
  waitForPassing(visit, timed, worst, waiting);
}

/**
 * What Argo CD comes through by itself is told once it has lasted a moment; until then the ticket says that it pushes,
 * which saves most arrivals a write (rule E4). A crash loses nothing by it: the commits are on record, and their branches
 * show them (rules D2, D5).
 */
function waitForPassing(visit: Visit, arrival: Arrival, worst: Obstacle, waiting: Waiting | undefined): void {
  const since = waiting?.reason === 'Pushing' && PASSING.includes(worst.reason) ? arrival.pushed : undefined;
  if (since !== undefined && isMoment(visit.draft, since)) return;
  waitInStation(visit, arrival, { ...worst, ...(since && { since }) });
}

/**
 * The arrival with its deadline: a suspension that has ended moved it by its own length (rule E1), and while exit gates
 * are held it starts anew each time that something breaks (rule E2).
 */
function withDeadline(visit: Visit, arrival: Arrival, waiting: Waiting | undefined, worst: Obstacle): Arrival {
  const { draft, station, ticket } = visit;
  if (arrival.deadline === undefined) {
    const length = parseDuration(station.spec.deadlines.arrival);
    return { ...arrival, deadline: textOf(draft.now.getTime() + length) };
  }
  if (ticket.status?.phase === 'Suspended' && waiting && waiting.reason !== worst.reason) {
    const suspended = draft.now.getTime() - Date.parse(waiting.since);
    return { ...arrival, deadline: textOf(Date.parse(arrival.deadline) + suspended) };
  }
  return arrival;
}

/** Whether the commit is live, as far as an Application that is degraded says. */
const isLive = ({ verdict }: Judged): boolean =>
  verdict.outcome !== 'Waiting' || verdict.reason !== 'Degraded' || verdict.synced;

/** Which deadline has passed, if any; wakes the decision at the next one otherwise. */
function overdue(
  visit: Visit,
  arrival: Arrival,
  open: readonly Judged[],
  worst: Obstacle,
  since: Date,
): Failure | undefined {
  const { draft, station } = visit;
  const { deadlines } = station.spec;
  const isOver = (length: string): boolean => draft.hasCome(new Date(since.getTime() + parseDuration(length)));
  if (worst.reason === 'Degraded' && open.every(isLive) && isOver(deadlines.degraded)) {
    return { reason: 'Degraded', message: `${worst.message} (for ${deadlines.degraded})` };
  }
  if (worst.reason === 'ApplicationMissing' && isOver(deadlines.missing)) {
    return { reason: 'ApplicationMissing', message: `${worst.message} (for ${deadlines.missing})` };
  }
  if (arrival.deadline !== undefined && draft.hasCome(new Date(arrival.deadline))) {
    return {
      reason: 'DeadlineExceeded',
      message: `not synced and healthy within ${deadlines.arrival}: ${worst.message}`,
    };
  }
  return undefined;
}
