/**
 * How visits end, in the order that a crash may cut anywhere (rule D7): the ticket's result first, then one write of
 * the station that sets head and good and frees it.
 */

import { shortCommit, shortRepository, shortVersion } from '../../../lib/api/words';
import {
  type Arrival,
  type ArrivalApplication,
  type CommitReference,
  type FailureReason,
  type Stamp,
  type StampResult,
  type Station,
  type StationHistory,
  type StationStatus,
  type RenderedState,
  type Ticket,
  type TicketStatus,
} from '../../../lib/api';
import { fittingHistory, fittingStamps } from '../facts/bounds';
import { describeTicket } from '../facts/cargo';
import { childrenAt } from './junction';
import { olderObstacle, shorten, trackObstacle, waitingFor } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { arrivalAt, isFollower, nextStation, orderOf } from '../facts/ride';
import type { Line } from '../facts/snapshot';
import { keyOf, wholeStates } from '../facts/state';
import { without } from '../facts/without';
import { recordAfter, type Recorded } from './station-record';

/** The present good state, and ten earlier ones (rule H1). */
const KEPT_HISTORY = 11;

/**
 * Puts the ticket before the next station of its way, or ends it at the end of its line; without one it ends at once.
 *
 * @param stamp of the station that it has passed
 * @param arrival in which it has, as it is on record from now on
 */
export function goOn(draft: Draft, line: Line | undefined, ticket: Ticket, stamp?: Stamp, arrival?: Arrival): void {
  const status = statusBehind(ticket, stamp, arrival);
  if (line?.gone) {
    draft.writeTicket(ticket, { ...status, phase: 'Aborted' });
    return;
  }
  const next = line && nextStation(line.track, status);
  const last = stamp?.station ?? ticket.status?.station;
  const station = next ?? (line && isFollower(line, ticket) ? last : undefined);
  if (station === undefined) return draft.writeTicket(ticket, { ...status, phase: 'Completed' });
  const older = next === undefined ? undefined : olderAfter(line, ticket, status);
  draft.writeTicket(ticket, {
    ...status,
    phase: 'Standing',
    station,
    standingSince: draft.time,
    waiting: older && waitingFor(draft, olderObstacle(older, station), ticket, station),
  });
}

/** The ticket's status with nothing before it yet. */
function statusBehind(ticket: Ticket, stamp?: Stamp, arrival?: Arrival): TicketStatus {
  const { status: before } = ticket;
  const status = { ...before, waiting: undefined, entry: undefined, arrival: arrival ?? before?.arrival };
  return stamp === undefined ? status : { ...status, stamps: stampsAfter(ticket, status, stamp) };
}

/** Whom the ticket waits for once its status is this; said in the same write, since nothing else will come first. */
function olderAfter(line: Line | undefined, ticket: Ticket, status: TicketStatus): Ticket | undefined {
  if (line === undefined || trackObstacle(line.track) !== undefined) return undefined;
  return orderOf(line).aheadWith(line, ticket, status);
}

/** What went wrong, in the words of whoever said no. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message: string;
}

const NO_APPLICATIONS: readonly ArrivalApplication[] = [];

function commitsOf(arrival: Arrival | undefined): CommitReference[] {
  const commits: CommitReference[] = [];
  for (const one of arrival?.applications ?? NO_APPLICATIONS) {
    if (one.commit !== undefined && one.result !== 'Skipped')
      commits.push({ application: keyOf(one), commit: one.commit });
  }
  return commits;
}

function skippedOf(arrival: Arrival | undefined): string[] {
  const skipped: string[] = [];
  for (const one of arrival?.applications ?? NO_APPLICATIONS) if (one.result === 'Skipped') skipped.push(keyOf(one));
  return skipped;
}

function stampOf(
  draft: Draft,
  station: string,
  arrival: Arrival | undefined,
  result: StampResult,
  failure?: Failure,
): Stamp {
  const commits = commitsOf(arrival);
  const skipped = skippedOf(arrival);
  return {
    station,
    arrived: arrival?.start,
    departed: draft.time,
    result,
    reason: failure?.reason,
    message: failure?.message,
    commits: commits.length === 0 ? undefined : commits,
    approvals: arrival?.approvals,
    skipped: skipped.length === 0 ? undefined : skipped,
  };
}

/** Ends the ticket `Failed` at a station, whether it stands before it or is in it (rule E3). */
export function fail(draft: Draft, ticket: Ticket, station: string, failure: Failure, arrival?: Arrival): void {
  const short = { reason: failure.reason, message: shorten(failure.message) };
  const stamp = stampOf(draft, station, arrival, 'Failed', short);
  end(draft, ticket, { phase: 'Failed', failure: { ...short, station }, ...(arrival && { arrival }) }, stamp);
}

/** Ends the ticket `Aborted`, on a person's word; its branches stay as they are (rule G1). */
export function abort(draft: Draft, ticket: Ticket, station: string, arrival?: Arrival, message?: string): void {
  const stamp = { ...stampOf(draft, station, arrival, 'Aborted'), ...(message === undefined ? {} : { message }) };
  end(draft, ticket, { phase: 'Aborted', ...(arrival && { arrival }) }, stamp);
}

/** Ends a ticket `Aborted` that a rollback has taken the station from, naming the rollback (rule G3). */
export function displace(draft: Draft, ticket: Ticket, station: Station, rollback: Ticket): void {
  const { name, uid } = station.metadata;
  const arrival = ticket.status?.arrival?.stationUid === uid ? ticket.status.arrival : undefined;
  const message = `the rollback ${rollback.metadata.name} took ${name} from it`;
  end(draft, ticket, { phase: 'Aborted' }, { ...stampOf(draft, name, arrival, 'RolledBack'), message });
}

function end(draft: Draft, ticket: Ticket, ending: TicketStatus, stamp: Stamp): void {
  const status = without(ticket.status ?? {}, 'waiting', 'entry');
  draft.writeTicket(ticket, { ...status, ...ending, stamps: stampsAfter(ticket, status, stamp) });
}

const stampsAfter = ({ spec }: Ticket, status: TicketStatus, stamp: Stamp): Stamp[] =>
  fittingStamps(status.stamps ?? [], stamp, { spec, status });

/** A ticket that leaves a station. */
interface Leaving {
  readonly draft: Draft;
  readonly line: Line | undefined;
  readonly ticket: Ticket;
  readonly station: Station;
}

/**
 * The arrival is complete: every application synced to its commit and healthy, every exit gate open.
 *
 * @param words what is worth a line in its stamp
 */
export function complete({ draft, line, ticket, station }: Leaving, arrival: Arrival, words: string): void {
  const changed = arrival.applications.some((one) => one.result === 'Commit');
  const result = changed || arrival.applications.length === 0 ? 'Arrived' : 'NoChange';
  const stamp = stampOf(draft, station.metadata.name, arrival, result);
  const branches = line !== undefined && !line.gone && ticket.spec.track !== undefined;
  const children = branches ? childrenAt(draft.snapshot.facts, line, ticket, station) : [];
  const message = words === '' ? undefined : shorten(words);
  goOn(draft, line, ticket, { ...stamp, message, children: children.length > 0 ? children : undefined }, arrival);
}

/** What a state shows, in a line. */
function describeState({ images = [], charts = [], base }: RenderedState): string {
  const parts: string[] = [];
  for (const image of images) parts.push(`${shortRepository(image.repoURL)} ${shortVersion(image)}`);
  for (const chart of charts) parts.push(`${chart.name} ${chart.version}`);
  if (base !== undefined) parts.push(`source ${shortCommit(base)}`);
  return parts.join(', ');
}

/**
 * The station's status without its occupant: with head for every branch that shows the commit of its arrival, and good
 * if the arrival is stamped as complete.
 */
export function statusAfter(station: Station, ticket: Ticket): StationStatus {
  const arrival = arrivalAt(station, ticket);
  const start = station.status?.occupant?.start;
  const stamp = ticket.status?.stamps?.find((one) => one.station === station.metadata.name && one.arrived === start);
  const completed = stamp?.result === 'Arrived' || stamp?.result === 'NoChange';
  const status: StationStatus = { ...station.status, occupant: undefined };
  if (arrival === undefined) return status;
  const recorded = recordAfter(status, arrival, completed);
  if (!completed || stamp === undefined) return { ...status, ...recorded };
  return { ...status, ...recorded, ...completedView(recorded, station, arrival, ticket, stamp) };
}

function completedView(
  recorded: Recorded,
  { spec, status = {} }: Station,
  arrival: Arrival,
  ticket: Ticket,
  stamp: Stamp,
): Pick<StationStatus, 'history' | 'summary'> {
  const entry: StationHistory = {
    ticket: ticket.metadata.name,
    uid: ticket.metadata.uid,
    time: stamp.departed,
    change: describeTicket(ticket),
    commits: commitsOf(arrival),
  };
  const shown: string[] = [];
  for (const state of wholeStates(recorded.states)) {
    const line = describeState(state);
    if (!shown.includes(line)) shown.push(line);
  }
  return {
    history: fittingHistory(entry, status.history ?? [], KEPT_HISTORY, { spec, status: recorded }),
    summary: {
      ...status.summary,
      shows: shown.join(' | ').slice(0, 1024),
      health: arrival.applications.length === 0 ? status.summary?.health : 'Healthy',
    },
  };
}
