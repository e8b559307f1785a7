/** Where a ticket is on its way: read from its stamps, so that an edited track is followed by itself (rule C6). */

import {
  ENDINGS,
  type StampResult,
  type Station,
  type Ticket,
  type TicketStatus,
  type Track,
  type Arrival,
} from '../../lib/api';
import { belongsTo } from './identity';
import type { Line } from './snapshot';

const isEnding = (phase: TicketStatus['phase']): boolean => ENDINGS.some((ending) => ending === phase);

export const hasEnded = (status: TicketStatus | undefined): boolean => isEnding(status?.phase);

/** Results after which a station lies behind the ticket. */
const PASSED: readonly StampResult[] = ['Arrived', 'NoChange', 'AlreadyContained', 'Skipped'];

/** Stations that the ticket has behind it, in the order of its visits. */
export const passedStations = (status: TicketStatus | undefined): string[] =>
  (status?.stamps ?? []).filter((stamp) => PASSED.includes(stamp.result)).map((stamp) => stamp.station);

/** The stations that the ticket still has before it, the next one first. Empty: it has arrived at the end of its line. */
export function remainingWay(track: Track, status: TicketStatus | undefined): string[] {
  const line = track.spec.stations.map((station) => station.name);
  const passed = passedStations(status);
  if (passed.length === 0) return line;
  const been = new Set(passed);
  const last = passed.findLast((station) => line.includes(station));
  const behind = last === undefined ? line : line.slice(line.indexOf(last) + 1);
  return behind.filter((station) => !been.has(station));
}

/** Whether the ticket has the station behind it, so that it does not arrive there again. */
export const hasPassed = (station: Station, ticket: Ticket): boolean =>
  passedStations(ticket.status).includes(station.metadata.name);

/** Whether the ticket rides a track and has a place in its order. */
const isRiding = (ticket: Ticket): boolean =>
  ticket.spec.track !== undefined && ticket.status?.sequence !== undefined && !hasEnded(ticket.status);

const sequenceOf = (ticket: Ticket): number => ticket.status?.sequence ?? Number.MAX_SAFE_INTEGER;

/** Whether an older ticket of its track still rides: no ticket completes before it (I6). */
export const isFollower = (line: Line, ticket: Ticket): boolean =>
  isRiding(ticket) &&
  line.tickets.some(
    (other) => sequenceOf(other) < sequenceOf(ticket) && isRiding(other) && belongsTo(line.track, other),
  );

/** Tickets that have a place in the order of their track, oldest first. */
const ridingInOrder = (line: Line): Ticket[] =>
  line.tickets
    .filter((ticket) => isRiding(ticket) && belongsTo(line.track, ticket))
    .sort((one, other) => sequenceOf(one) - sequenceOf(other));

/** The stations of a track that nobody may pass yet, by the oldest ticket that still has each on its way (rule C2). */
export class Order {
  /** Tickets that have a place in the order, oldest first. */
  readonly tickets: readonly Ticket[];
  private readonly ahead = new Map<string, Ticket>();

  constructor(line: Line) {
    this.tickets = ridingInOrder(line);
    const last = new Map<string, Ticket>();
    for (const [index, ticket] of this.tickets.entries()) {
      const way = remainingWay(line.track, ticket.status);
      // At the end of its line every older one is waited for: a track that was edited may have left one behind (I6).
      const older = way[0] === undefined ? this.tickets[index - 1] : last.get(way[0]);
      if (older !== undefined) this.ahead.set(ticket.metadata.uid, older);
      for (const station of way) last.set(station, ticket);
    }
  }

  /** The next older ticket that still has the station before it, or is in it, before which this one stands; at the end of its line any. */
  aheadOf(ticket: Ticket): Ticket | undefined {
    return this.ahead.get(ticket.metadata.uid);
  }
}

/** The arrival that the station's occupant is in, once it is recorded. */
export function arrivalAt(station: Station, ticket: Ticket): Arrival | undefined {
  const arrival = ticket.status?.arrival;
  const occupant = station.status?.occupant;
  if (arrival === undefined || occupant === undefined) return undefined;
  return arrival.stationUid === station.metadata.uid && arrival.start === occupant.start ? arrival : undefined;
}

/** Whether the ticket's arrival in the station is stamped, so that only the station still has to be freed (rule D7). */
export function arrivalIsStamped(station: Station, ticket: Ticket): boolean {
  const start = station.status?.occupant?.start;
  return (ticket.status?.stamps ?? []).some(
    (stamp) => stamp.station === station.metadata.name && stamp.arrived === start,
  );
}
