/** What has to be known to make the commits of a ticket at a station: the job that makes them (rules A2-A8). */

import type { ApplicationReference, Approval, ArrivalApplication, Station, Ticket, Track } from '../../../lib/api';
import { validApprovals } from './approval';
import { cargoOf, describeTicket, wholeChange } from '../facts/cargo';
import { displacedShas, mayHavePushUnderWay } from './displaced';
import type { PrepareApplication, PrepareJob } from '../facts/job';
import { passedStations } from '../facts/ride';
import type { Facts, Line, Sight } from '../facts/snapshot';
import { isSame, keyOf, recordOf, startState, stateAt } from '../facts/state';

/** A ticket at a station, whether it stands before it or is in it. */
export interface Stop {
  readonly snapshot: Sight;
  /** Absent for a ticket that rides no track. */
  readonly line: Line | undefined;
  readonly ticket: Ticket;
  readonly station: Station;
}

const NONE: readonly never[] = [];

/** Every SHA that a ticket lists for an application, landed or withdrawn. */
export const shasOf = ({ commit, withdrawn }: ArrivalApplication): readonly string[] =>
  commit === undefined ? (withdrawn ?? NONE) : withdrawn === undefined ? [commit] : [commit, ...withdrawn];

/** What the ticket already lists for an application of this very station. */
export function listedFor({ ticket, station }: Stop, reference: ApplicationReference): readonly string[] {
  const arrival = ticket.status?.arrival;
  if (arrival?.stationUid !== station.metadata.uid) return NONE;
  const one = arrival.applications.find((application) => isSame(application, reference));
  return one === undefined ? NONE : shasOf(one);
}

/** What other tickets list for the application and have not completed here, those that failed or were aborted included. */
function unfinishedAt({ snapshot, ticket, station }: Stop, reference: ApplicationReference): string[] {
  return snapshot.facts
    .visitors(station)
    .filter((other) => other.metadata.uid !== ticket.metadata.uid)
    .filter((other) => !passedStations(other.status).includes(station.metadata.name))
    .flatMap((other) => other.status?.arrival?.applications ?? [])
    .flatMap((one) =>
      isSame(one, reference) && one.commit !== undefined && one.result !== 'Skipped'
        ? [...(one.result === 'Commit' ? [one.commit] : []), ...(one.withdrawn ?? [])]
        : [],
    );
}

/** Heads that people have seen and told us to write over, and who did. */
const resumesOf = (ticket: Ticket): readonly { readonly head: string; readonly by: string }[] =>
  ticket.spec.resumes
    ?.filter((resume) => resume.uid === ticket.metadata.uid)
    .flatMap(({ heads = [], by }) => heads.map((head) => ({ head, by }))) ?? NONE;

/** Heads that a person has seen and told us to write over. */
export const resumedHeads = (ticket: Ticket): readonly string[] =>
  ticket.spec.resumes === undefined ? NONE : resumesOf(ticket).map(({ head }) => head);

/** Who let the ticket in: as recorded once the arrival is, so that its commits can be made again byte for byte (D3). */
export function approvalsAt({ ticket, station }: Stop, start: string): readonly Approval[] {
  const arrival = ticket.status?.arrival;
  const recorded = arrival?.stationUid === station.metadata.uid && arrival.start === start;
  return recorded ? (arrival.approvals ?? NONE) : validApprovals(ticket, station);
}

/** Stations that the ticket's journey had before this one, the nearest first; those of its parents' tracks too (rule A8). */
function* earlierStations({ snapshot: { facts }, line, ticket, station }: Stop): Generator<Station> {
  const place = (track: Track | undefined, name: string): number =>
    (track?.spec.stations ?? []).findIndex((one) => one.name === name);
  yield* stationsBefore(facts, line?.track, place(line?.track, station.metadata.name));
  for (const { namespace, track: name, station: branching } of [...(ticket.spec.origin?.lineage ?? [])].reverse()) {
    const track = facts.track({ namespace, name });
    yield* stationsBefore(facts, track, place(track, branching) + 1);
  }
}

function* stationsBefore(facts: Facts, track: Track | undefined, end: number): Generator<Station> {
  if (track === undefined) return;
  const { namespace } = track.metadata;
  for (let at = end - 1; at >= 0; at -= 1) {
    const name = track.spec.stations[at]?.name;
    const station = name === undefined ? undefined : facts.station({ namespace, name });
    if (station !== undefined) yield station;
  }
}

/** Whether the rollback puts something back for the application. */
const isRestored = (ticket: Ticket, reference: ApplicationReference): boolean =>
  restoredFor(ticket, reference) !== undefined;

/** The good commit that the rollback puts back for the application. */
const restoredFor = (ticket: Ticket, reference: ApplicationReference): string | undefined =>
  ticket.status?.restores?.find(({ application }) => application === keyOf(reference))?.commit;

/** What the present arrival has on record for an application. */
const presentEntry = (
  { ticket, station }: Stop,
  start: string,
  reference: ApplicationReference,
): ArrivalApplication | undefined => {
  const arrival = ticket.status?.arrival;
  const isPresent = arrival?.stationUid === station.metadata.uid && arrival.start === start;
  return isPresent ? arrival.applications.find((one) => isSame(one, reference)) : undefined;
};

/** Whether the arrival is about the application: one that shows its commit is, also where it was disabled since (C7). */
export const takesPart = (stop: Stop, start: string, reference: ApplicationReference): boolean =>
  reference.enabled || presentEntry(stop, start, reference)?.shown === true;

/**
 * What a branch that never existed starts from (rule A8). Once the arrival is on record that is what it has recorded:
 * the stations before it may have moved on since, and nobody has approved that.
 */
function firstState(stop: Stop, start: string, reference: ApplicationReference) {
  const index = presentEntry(stop, start, reference)?.state;
  return (
    stateAt(stop.ticket.status?.arrival?.states, index) ?? startState(reference, earlierStations(stop), stop.ticket)
  );
}

/** What Argo CD reports of the station's Applications. */
export const seenAt = (facts: Facts, station: Station): string =>
  station.spec.applications
    .filter((reference) => reference.enabled)
    .map((reference) => facts.reported(reference))
    .join('|');

/** Whether the arrival makes a commit for the application. */
const isPrepared = (stop: Stop, start: string, reference: ApplicationReference): boolean =>
  takesPart(stop, start, reference) && (stop.ticket.spec.rollback === undefined || isRestored(stop.ticket, reference));

/** Every SHA that counts as a recorded head of the application's branch. */
function listedOf(stop: Stop, reference: ApplicationReference): readonly string[] {
  const listed = listedFor(stop, reference);
  const displaced = displacedShas(stop.snapshot.facts, stop.station, reference);
  return displaced.length === 0 ? listed : [...listed, ...displaced];
}

function approversAt(stop: Stop, start: string): readonly string[] {
  const approvals = approvalsAt(stop, start);
  return approvals.length === 0 ? NONE : [...new Set(approvals.map((approval) => approval.by))];
}

/** Whether a branch that never existed has to begin before a pull request can be opened into it (rule D9). */
const beginsFor = ({ station }: Stop, reference: ApplicationReference): boolean =>
  station.spec.via === 'PullRequest' && recordOf(station, reference).head === undefined;

/** What tells the job that makes the commits of an arrival from every other. */
export function prepareKey(stop: Stop, start: string): string {
  const { ticket, station } = stop;
  let key = `${ticket.metadata.uid}/${station.metadata.uid}/${start}/${station.metadata.generation ?? 0}/`;
  let between = '';
  for (const reference of station.spec.applications) {
    if (!isPrepared(stop, start, reference)) continue;
    key += between + joined(listedOf(stop, reference));
    if (beginsFor(stop, reference)) key += ',begins';
    between = ';';
  }
  key += `/${joined(resumedHeads(ticket))}/${joined(approversAt(stop, start))}/`;
  return ticket.status?.absorbed === undefined ? key : key + ticket.status.absorbed.map(({ uid }) => uid).join();
}

/** Mostly there is nothing to be joined. */
const joined = (list: readonly string[]): string => (list.length === 0 ? '' : list.join());

/**
 * The job that makes the commits of an arrival.
 *
 * @param start when the ticket took the station
 * @param key what tells it from every other
 */
export function prepareJob(stop: Stop, start: string, key = prepareKey(stop, start)): PrepareJob {
  const { snapshot, ticket, station } = stop;
  const resumed = resumedHeads(ticket);
  const applications: PrepareApplication[] = [];
  for (const reference of station.spec.applications) {
    if (!isPrepared(stop, start, reference)) continue;
    const first = firstState(stop, start, reference);
    const { head, good } = recordOf(station, reference);
    const restored = restoredFor(ticket, reference);
    const live = head === undefined ? snapshot.facts.live(reference) : undefined;
    applications.push({
      reference,
      head,
      good: good && { commit: good.commit, state: good.state },
      start: first,
      listed: listedOf(stop, reference),
      live,
      unfinished: head === undefined ? unfinishedAt(stop, reference) : NONE,
      resumed,
      byRequest: station.spec.via === 'PullRequest' ? true : undefined,
      restore: restored
        ? { commit: restored, fence: mayHavePushUnderWay(snapshot.facts, station, reference) }
        : undefined,
    });
  }
  return {
    kind: 'prepare',
    key,
    namespace: station.metadata.namespace,
    station: station.metadata.name,
    ticket: ticket.metadata.name,
    start: new Date(start),
    change: wholeChange(ticket),
    cargo: cargoOf(ticket),
    rollback: ticket.spec.rollback && describeTicket(ticket),
    approvedBy: approversAt(stop, start),
    resumes: resumesOf(ticket),
    applications,
    seen: seenAt(snapshot.facts, station),
  };
}
