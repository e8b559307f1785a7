/** The second stage of an arrival: the recorded commits get to their branches, once (rules D2, D4, D5). */

import { parseDuration, type Arrival, type ArrivalApplication } from '../../lib/api';
import { abort, fail } from './ending';
import type {
  HeadsJob,
  JobFact,
  LandedApplication,
  Landing,
  LandJob,
  Prepared,
  PreparedApplication,
  RecordedCommit,
} from './job';
import { NO_COMMIT } from './ownership';
import { prepareJob, resumedHeads } from './prepare-job';
import { keyOf, recordOf } from './state';
import { suspension } from './suspension';
import { shutAgain, standAgain, stopOf, waitInStation, type Visit } from './visit';
import { without } from './without';

/** Records of one application that are given up before the ticket is: status lists no more. */
const MOST_WITHDRAWN = 90;

function recordedCommits(visit: Visit, arrival: Arrival): RecordedCommit[] {
  return arrival.applications.flatMap((one) => {
    const reference = visit.station.spec.applications.find((candidate) => keyOf(candidate) === keyOf(one));
    if (reference === undefined || one.commit === undefined || one.branch === undefined) return [];
    const { head } = recordOf(visit.station, reference);
    return [
      {
        reference: { ...reference, repoURL: one.repoURL ?? reference.repoURL, branch: one.branch },
        branch: one.branch,
        ...(one.parent === undefined ? {} : { parent: one.parent }),
        commit: one.commit,
        ...(head === undefined ? {} : { head }),
        listed: [one.commit, ...(one.withdrawn ?? [])],
        push: one.result === 'Commit',
      },
    ];
  });
}

/** The job that looks where the recorded commits stand; `round` tells one look from the next. */
export function headsJob(visit: Visit, arrival: Arrival, round: string): HeadsJob {
  const commits = recordedCommits(visit, arrival);
  const { ticket, station, start } = visit;
  return {
    kind: 'heads',
    key: [ticket.metadata.uid, start, round, ...commits.map((one) => one.commit)].join('/'),
    namespace: station.metadata.namespace,
    station: station.metadata.name,
    stationUid: station.metadata.uid,
    ticket: ticket.metadata.name,
    ticketUid: ticket.metadata.uid,
    commits,
  };
}

const landJob = (visit: Visit, arrival: Arrival): LandJob => ({ ...headsJob(visit, arrival, 'land'), kind: 'land' });

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
  landed(visit, arrival, fact.result);
}

/**
 * After a restart the record is all there is: look first whether the push had happened, hold the gates again if it had
 * not (rule F4), and make the bytes again (rule D2).
 */
function readyToPush(visit: Visit, arrival: Arrival): boolean {
  const { draft } = visit;
  const job = prepareJob(stopOf(withoutRecord(visit)), visit.start);
  if (isMade(arrival, draft.peek('prepare', job.key))) return true;
  const heads = draft.ask(headsJob(visit, arrival, 'restart'));
  if (heads === undefined || heads.state === 'Running') return false;
  if (heads.state === 'Failed') {
    waitInStation(visit, arrival, heads);
    return false;
  }
  const shown = heads.result.filter((one) => one.outcome === 'Shown');
  const undecided = heads.result.every((one) => one.outcome === 'Shown' || one.outcome === 'NotShown');
  if (!undecided || shown.length === heads.result.length) {
    landed(visit, arrival, heads.result);
    return false;
  }
  const pushed = arrival.applications.filter((one) => one.result === 'Commit').map(keyOf);
  if (!shown.some((one) => pushed.includes(keyOf(one.reference))) && shutAgain(visit) !== undefined) {
    standAgain(visit);
    return false;
  }
  const again = draft.ask(job);
  if (again === undefined || again.state === 'Running') return false;
  if (again.state === 'Failed') {
    waitInStation(visit, arrival, again);
    return false;
  }
  if (isMade(arrival, again)) return true;
  withdraw(visit, arrival, () => true);
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

/** The arrival with what its branches were seen to show; a record that was withdrawn may be what landed. */
function withShown(arrival: Arrival, landing: Landing): Arrival {
  const shown = new Map(
    landing.flatMap((one) => (one.outcome === 'Shown' ? [[keyOf(one.reference), one.commit]] : [])),
  );
  const applications = arrival.applications.map((one): ArrivalApplication => {
    const commit = shown.get(keyOf(one));
    if (commit === undefined) return one;
    if (commit === one.commit) return { ...one, shown: true };
    const withdrawn = [...(one.commit === undefined ? [] : [one.commit]), ...(one.withdrawn ?? [])];
    return { ...one, commit, withdrawn: withdrawn.filter((sha) => sha !== commit), shown: true };
  });
  return { ...arrival, applications };
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
    { ...seen, pushed: draft.now.toISOString(), deadline: deadline.toISOString() },
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
    return withdraw(visit, without(arrival, 'pushed', 'synced', 'deadline'), (key) => key === keyOf(reference));
  }
  waitInStation(visit, arrival, suspension(reference, ownership, visit.ticket), true);
}

/** An abort ends the arrival at once; only a push without an answer is waited for, so that its head is known (rule D5). */
export function abortRecorded(visit: Visit, arrival: Arrival): void {
  const { draft, ticket, station } = visit;
  if (arrival.pushed !== undefined) return abort(draft, ticket, station.metadata.name, arrival);
  const landing = draft.peek('land', landJob(visit, arrival).key);
  if (landing?.state === 'Running') return;
  const heads = draft.ask(headsJob(visit, arrival, 'abort'));
  if (heads === undefined || heads.state === 'Running') return;
  if (heads.state === 'Failed') return waitInStation(visit, arrival, heads);
  abort(draft, ticket, station.metadata.name, withShown(arrival, heads.result));
}
