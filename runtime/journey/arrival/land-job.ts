/** The recorded commits of an arrival as jobs see them, and what their branches were seen to show (rules D2, D5). */

import type { ApplicationReference, Arrival, ArrivalApplication, Station, Ticket } from '../../../lib/api';
import type { HeadsJob, Landing, LandJob, RecordedCommit } from '../facts/job';
import { displacedShas } from '../visits/displaced';
import { seenAt, shasOf } from '../visits/prepare-job';
import { goesByRequest, mayBeOpen, requestOrder } from '../visits/request';
import type { Facts } from '../facts/snapshot';
import { isSame, keyOf, recordOf } from '../facts/state';
import type { Visit } from './visit';
import { without } from '../facts/without';

/** Whose record it is. */
interface Recorder {
  readonly facts: Facts;
  readonly station: Station;
  readonly ticket: Ticket;
}

/** The application with the branch that the arrival is about, which its station may have changed since. */
export const referenceAt = (present: ApplicationReference, repoURL: string, branch: string): ApplicationReference =>
  present.branch === branch && present.repoURL === repoURL ? present : { ...present, branch, repoURL };

/** The application as its station has it now; absent where it has it no more. */
export const referenceOf = ({ spec }: Station, one: ArrivalApplication): ApplicationReference | undefined =>
  spec.applications.find((candidate) => isSame(candidate, one));

/** The commit on record for an application that has a branch; one that was withdrawn may still land. */
const commitOf = ({ branch, commit, withdrawn }: ArrivalApplication): string | undefined =>
  branch === undefined ? undefined : (commit ?? withdrawn?.[0]);

export function recordedCommits({ facts, station, ticket }: Recorder, arrival: Arrival): RecordedCommit[] {
  const commits: RecordedCommit[] = [];
  for (const one of arrival.applications) {
    const reference = referenceOf(station, one);
    const commit = commitOf(one);
    const { branch } = one;
    if (reference === undefined || commit === undefined || branch === undefined) continue;
    const { head } = recordOf(station, reference);
    const displaced = displacedShas(facts, station, one);
    commits.push({
      reference: referenceAt(reference, one.repoURL ?? reference.repoURL, branch),
      branch,
      parent: one.parent,
      commit,
      head,
      listed: one.withdrawn === undefined ? [commit] : [...new Set([commit, ...one.withdrawn])],
      displaced: displaced.length === 0 ? undefined : displaced,
      push: one.result === 'Commit' && !goesByRequest(one),
      request: mayBeOpen(one) ? requestOrder(station, ticket, arrival, one) : undefined,
      entered: goesByRequest(one) && one.shown ? true : undefined,
    });
  }
  return commits;
}

function keyFor({ ticket, station, start }: Visit, arrival: Arrival, round: string): string {
  let key = `${ticket.metadata.uid}/${start}/${round}`;
  for (const one of arrival.applications) {
    const commit = commitOf(one);
    if (commit !== undefined && referenceOf(station, one) !== undefined) key += `/${commit}`;
  }
  return key;
}

const LAND = 'land';

/** What tells the job that pushes the recorded commits from every other. */
export const landKey = (visit: Visit, arrival: Arrival): string => keyFor(visit, arrival, LAND);

/** The job that looks where the recorded commits stand; `round` tells one look from the next. */
export function headsJob(visit: Visit, arrival: Arrival, round: string): HeadsJob {
  const { ticket, station, start } = visit;
  const commits = recordedCommits({ facts: visit.draft.snapshot.facts, station, ticket }, arrival);
  return {
    kind: 'heads',
    key: keyFor(visit, arrival, round),
    namespace: station.metadata.namespace,
    station: station.metadata.name,
    stationUid: station.metadata.uid,
    ticket: ticket.metadata.name,
    ticketUid: ticket.metadata.uid,
    start,
    commits,
    seen: seenAt(visit.draft.snapshot.facts, station),
  };
}

/** The job that pushes them. */
export function landJob(visit: Visit, arrival: Arrival): LandJob {
  const job = headsJob(visit, arrival, LAND);
  const hint = job.commits.some(({ request }) => request !== undefined) ? visit.ticket.status?.hinted : undefined;
  return { ...job, kind: 'land', ...(hint !== undefined && { seen: `${job.seen} ${hint}` }) };
}

const seen = new WeakMap<Arrival, { readonly landing: Landing; readonly shown: Arrival }>();

/** The arrival with what its branches were seen to show; the same one as long as both are the same. */
export function withShown(arrival: Arrival, landing: Landing): Arrival {
  const before = seen.get(arrival);
  if (before?.landing === landing) return before.shown;
  const shown = showing(arrival, landing);
  seen.set(arrival, { landing, shown });
  return shown;
}

/** A record that was withdrawn may be what landed. */
function showing(arrival: Arrival, landing: Landing): Arrival {
  const applications = arrival.applications.map((one): ArrivalApplication => {
    const found = landing.find(({ outcome, reference }) => outcome === 'Shown' && isSame(reference, one));
    if (found?.outcome !== 'Shown') return one;
    const { commit } = found;
    if (commit === one.commit) return { ...one, shown: true };
    return { ...one, commit, withdrawn: shasOf(one).filter((sha) => sha !== commit), shown: true };
  });
  const isByRequest = arrival.pullRequests !== undefined || landing.some((one) => one.outcome === 'Requested');
  if (!isByRequest) return { ...arrival, applications };
  const pullRequests = openAfter(arrival, landing);
  return {
    ...without(arrival, 'pullRequests'),
    applications,
    ...(pullRequests.length > 0 && { pullRequests }),
  };
}

/** The pull requests that are open then. */
function openAfter({ pullRequests = [] }: Arrival, landing: Landing): NonNullable<Arrival['pullRequests']> {
  const open = new Map(pullRequests.map(({ application, url }) => [application, url]));
  for (const one of landing) {
    const key = keyOf(one.reference);
    if (one.outcome === 'Requested') open.set(key, one.url);
    else if (one.outcome === 'Shown') open.delete(key);
  }
  return [...open].map(([application, url]) => ({ application, url }));
}
