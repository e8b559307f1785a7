/**
 * Rollbacks (rule G3): a ticket that puts good commits of one station back, byte for byte. It passes entry gates, halts
 * and holds, and takes the station from whoever is in it.
 */

import { hasEnded } from '../../../lib/api';
import type { CommitReference, Station, StationStatus, Ticket, TicketReference } from '../../../lib/api';
import { decideArriving } from './arriving';
import { describeRollback } from '../facts/cargo';
import { closedOfDisplaced, closedOfDeleted } from './closing';
import { displacedAt } from '../visits/displaced';
import { abort, displace, fail, statusAfter } from '../visits/ending';
import type { Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { restoresOf } from '../visits/restoring';
import { arrivalIsStamped, hasPassed } from '../facts/ride';
import { singleLine } from '../facts/single';
import { stand } from '../visits/standing';
import { recordOf, keyOf } from '../facts/state';
import { stopBy } from '../plan/stop';
import { preconditionObstacle, wholeSecond } from '../order/turn';

/** Tickets that an occupant keeps in mind at most; the schema allows no more. */
const MOST_DISPLACED = 16;

const byAge = (one: Ticket, other: Ticket): number =>
  (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? '', 'en') ||
  (one.metadata.name < other.metadata.name ? -1 : 1);

/** Decides for every rollback of a station; the oldest first, so that the last word of several is the newest. */
export function decideRollbacks(draft: Draft, station: Station, single: readonly Ticket[]): void {
  const rollbacks = single.filter((ticket) => ticket.spec.rollback !== undefined && !hasEnded(ticket.status));
  for (const ticket of rollbacks.sort(byAge)) {
    if (station.status?.occupant?.uid === ticket.metadata.uid) putBack(draft, station, ticket);
    else approach(draft, station, ticket);
  }
}

/** A rollback that its station does not name yet. */
function approach(draft: Draft, station: Station, ticket: Ticket): void {
  const { name } = station.metadata;
  const { failed } = ticket.spec.origin ?? {};
  if (!closedOfDeleted(draft, ticket)) return;
  if (ticket.spec.abort) return abort(draft, ticket, name);
  const occupant = station.status?.occupant;
  if (failed !== undefined) {
    // The station is handed to it by the ending of the ticket that failed (rule D7), or somebody was faster.
    if (occupant?.uid !== failed.uid) abort(draft, ticket, name, undefined, `${name} has gone on without it`);
    return;
  }
  const inside = occupant === undefined ? undefined : draft.snapshot.facts.ticket(occupant.uid);
  if (inside !== undefined && hasArrived(station, inside)) return;
  const restores = decided(draft, station, ticket, occupant);
  if (restores === undefined) return;
  const obstacle = ownHold(ticket) ?? preconditionObstacle(draft.snapshot.facts, station);
  if (obstacle) return stand(draft, ticket, name, obstacle);
  takeOver(draft, station, ticket);
}

/** Whether the occupant's arrival is complete, so that the station is about to be freed, with what it has made good. */
const hasArrived = (station: Station, ticket: Ticket): boolean =>
  arrivalIsStamped(station, ticket) && hasPassed(station, ticket);

const ownHold = (ticket: Ticket): Obstacle | undefined =>
  ticket.spec.hold
    ? { reason: 'Held', message: 'the rollback itself is held: set spec.hold to false to go on' }
    : undefined;

/** What the rollback puts back, once that is on record; refuses what never was good, before anything has moved. */
function decided(
  draft: Draft,
  station: Station,
  ticket: Ticket,
  occupant: TicketReference | undefined,
): readonly CommitReference[] | undefined {
  if (ticket.status?.restores !== undefined) return ticket.status.restores;
  const { facts } = draft.snapshot;
  const { name } = station.metadata;
  const inside =
    occupant === undefined || occupant.uid === ticket.metadata.uid ? undefined : facts.ticket(occupant.uid);
  const others = [...displacedAt(facts, station), inside].filter((one) => one !== undefined);
  const found = restoresOf(station, ticket, others);
  if ('refused' in found) {
    fail(draft, ticket, name, found.refused);
    return undefined;
  }
  if (found.unsure.length > 0 && !wereGood(draft, station, ticket, found.unsure)) return undefined;
  draft.writeTicket(ticket, {
    ...ticket.status,
    phase: 'Standing',
    station: name,
    standingSince: ticket.status?.standingSince ?? draft.time,
    restores: [...found.commits],
    summary: { change: describeRollback(found.commits) },
  });
  return undefined;
}

/** Whether Git says that these commits were good once (rule A7); fails the rollback where it says that one was not. */
function wereGood(draft: Draft, station: Station, ticket: Ticket, unsure: readonly CommitReference[]): boolean {
  const { name } = station.metadata;
  const commits = unsure.flatMap(({ application, commit }) => {
    const reference = station.spec.applications.find((one) => keyOf(one) === application);
    const present = reference && recordOf(station, reference).good?.commit;
    return reference === undefined || present === undefined ? [] : [{ reference, present, commit }];
  });
  const key = [ticket.metadata.uid, ...commits.map(({ present, commit }) => `${present} ${commit}`)].join('/');
  const fact = draft.ask({ kind: 'goods', key, commits });
  if (fact === undefined || fact.state === 'Running') return false;
  if (fact.state === 'Failed') {
    stand(draft, ticket, name, { reason: fact.reason, message: fact.message });
    return false;
  }
  const good = new Set(fact.result);
  const stranger = unsure.find(({ commit }) => !good.has(commit));
  if (stranger === undefined) return true;
  const message = `commit ${stranger.commit} was never a good state of ${stranger.application} at station ${name}: name one of Station.status.history, or say previous`;
  fail(draft, ticket, name, { reason: 'NeverGood', message });
  return false;
}

/** One write takes the station from its occupant; a person's rollback holds it in the same write. */
function takeOver(draft: Draft, station: Station, ticket: Ticket): void {
  if (draft.writes(station.metadata.uid)) return;
  draft.writeStation(station, { ...handedTo(draft, station, ticket), holdBy: stopBy(ticket) });
}

/** The station's status with the rollback in it, and what its occupant has put on the branches on record. */
export function handedTo(draft: Draft, station: Station, ticket: Ticket): StationStatus {
  const { uid, name } = ticket.metadata;
  const occupant = station.status?.occupant;
  const inside = occupant === undefined ? undefined : draft.snapshot.facts.ticket(occupant.uid);
  const left = inside === undefined ? (station.status ?? {}) : statusAfter(station, inside);
  const before = occupant === undefined ? [] : [{ ticket: occupant.ticket, uid: occupant.uid }];
  const displaced = [...before, ...(occupant?.displaced ?? [])].slice(0, MOST_DISPLACED);
  return {
    ...left,
    occupant: {
      ticket: name,
      uid,
      start: wholeSecond(draft),
      ...(displaced.length === 0 ? {} : { displaced }),
    },
  };
}

/** A rollback in its station: whoever it took the station from ends first, and only then are heads read. */
function putBack(draft: Draft, station: Station, ticket: Ticket): void {
  if (arrivalIsStamped(station, ticket)) return;
  const { facts } = draft.snapshot;
  const under = displacedAt(facts, station).filter((one) => one !== undefined && isUnderWay(draft, one));
  for (const other of under) if (other !== undefined) displace(draft, other, station, ticket);
  if (under.length > 0 || !areRequestsClosed(draft, station, ticket)) return;
  if (!ticket.spec.abort && decided(draft, station, ticket, undefined) === undefined) return;
  decideArriving(draft, singleLine(station), ticket, station);
}

/** Whether a displaced ticket still has to end; one that is in another station already has left this one by itself. */
const isUnderWay = (draft: Draft, ticket: Ticket): boolean =>
  !hasEnded(ticket.status) && draft.snapshot.facts.seat(ticket.metadata.uid) === undefined;

/** Whether nothing of those whom the rollback took the station from can be merged any more: heads are read after that. */
function areRequestsClosed(draft: Draft, station: Station, ticket: Ticket): boolean {
  const start = station.status?.occupant?.start ?? draft.time;
  const visit = { draft, line: singleLine(station), ticket, station, start };
  return displacedAt(draft.snapshot.facts, station).every(
    (other) => other === undefined || closedOfDisplaced(visit, other),
  );
}
