/** Where a ticket is on its way: read from its stamps, so that an edited track is followed by itself (rule C6). */

import {
  hasEnded,
  type StampResult,
  type Station,
  type Ticket,
  type TicketStatus,
  type Track,
  type Arrival,
} from '../../../lib/api';
import { belongsTo } from './identity';
import { once } from './once';
import type { Line } from './snapshot';

/** Results after which a station lies behind the ticket. */
const PASSED: readonly StampResult[] = ['Arrived', 'NoChange', 'AlreadyContained', 'Skipped'];

/** Stations that the ticket has behind it, in the order of its visits. */
export const passedStations = (status: TicketStatus | undefined): string[] =>
  (status?.stamps ?? []).filter((stamp) => PASSED.includes(stamp.result)).map((stamp) => stamp.station);

/** How far a ticket has come on a line. */
interface Progress {
  /** The stations of the line, to know whether it is still the same. */
  readonly stations: Track['spec']['stations'];
  /** Index of the station behind the last one that it has passed. */
  readonly from: number;
  /** Stations further down the line that it has passed already, as on a track that was edited. */
  readonly beyond: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

const known = new WeakMap<NonNullable<TicketStatus['stamps']>, Progress>();

const placesOf = once(
  (stations: Track['spec']['stations']): ReadonlyMap<string, number> =>
    new Map(stations.map(({ name }, at) => [name, at])),
);

/** Where each station is on the line. */
const indexOf = (track: Track): ReadonlyMap<string, number> => placesOf(track.spec.stations);

function progressOf(track: Track, status: TicketStatus | undefined): Progress {
  const { stations } = track.spec;
  if (status?.stamps === undefined) return { stations, from: 0, beyond: NONE };
  const before = known.get(status.stamps);
  if (before?.stations === stations) return before;
  const index = indexOf(track);
  const passed: number[] = [];
  for (const { result, station } of status.stamps) {
    const at = PASSED.includes(result) ? index.get(station) : undefined;
    if (at !== undefined) passed.push(at);
  }
  const from = (passed.at(-1) ?? -1) + 1;
  const isAhead = passed.some((at) => at >= from);
  const names = (): string[] => passed.filter((at) => at >= from).map((at) => stations[at]?.name ?? '');
  const progress = { stations, from, beyond: isAhead ? new Set(names()) : NONE };
  known.set(status.stamps, progress);
  return progress;
}

const nextOf = ({ stations, from, beyond }: Progress): string | undefined => {
  for (let at = from; at < stations.length; at += 1) {
    const name = stations[at]?.name;
    if (name !== undefined && !beyond.has(name)) return name;
  }
  return undefined;
};

/** The station that the ticket has next before it. None: it has arrived at the end of its line. */
export const nextStation = (track: Track, status: TicketStatus | undefined): string | undefined =>
  nextOf(progressOf(track, status));

/** Whether the ticket has the station behind it, so that it does not arrive there again. */
export const hasPassed = (station: Station, ticket: Ticket): boolean =>
  ticket.status?.stamps?.some(
    ({ station: name, result }) => name === station.metadata.name && PASSED.includes(result),
  ) ?? false;

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
function ridingInOrder({ track, tickets }: Line): Ticket[] {
  const riding: Ticket[] = [];
  for (const ticket of tickets) if (isRiding(ticket) && belongsTo(track, ticket)) riding.push(ticket);
  return riding.sort((one, other) => sequenceOf(one) - sequenceOf(other));
}

interface Rider {
  readonly ticket: Ticket;
  readonly progress: Progress;
}

/** The stations of a track that nobody may pass yet, by the oldest ticket that still has each on its way (rule C2). */
export class Order {
  /** Tickets that have a place in the order, oldest first. */
  readonly tickets: readonly Ticket[];
  private readonly ahead = new Map<string, Ticket>();
  private readonly firsts = new Map<string, Ticket>();

  constructor(line: Line) {
    this.tickets = ridingInOrder(line);
    const index = indexOf(line.track);
    /** Of those so far the ones that can be next ahead of somebody, the youngest last: a younger one hides who is no further back. */
    const older: Rider[] = [];
    for (const [at, ticket] of this.tickets.entries()) {
      const progress = progressOf(line.track, ticket.status);
      const next = nextOf(progress);
      if (next !== undefined && !this.firsts.has(next)) this.firsts.set(next, ticket);
      // At the end of its line every older one is waited for: a track that was edited may have left one behind (I6).
      const found = next === undefined ? this.tickets[at - 1] : nearest(older, next, index.get(next) ?? 0);
      if (found !== undefined) this.ahead.set(ticket.metadata.uid, found);
      if (progress.beyond.size === 0) {
        while ((older.at(-1)?.progress.from ?? -1) >= progress.from) older.pop();
      }
      older.push({ ticket, progress });
    }
  }

  /** The oldest ticket that has this station next before it. */
  firstBefore(station: string): Ticket | undefined {
    return this.firsts.get(station);
  }

  /** Whom the ticket would have ahead of it with another status, which does not move it in the order. */
  aheadWith(line: Line, ticket: Ticket, status: TicketStatus): Ticket | undefined {
    const place = this.tickets.findIndex((one) => one.metadata.uid === ticket.metadata.uid);
    const next = nextOf(progressOf(line.track, status));
    if (next === undefined) return this.tickets[place - 1];
    const at = indexOf(line.track).get(next) ?? 0;
    for (let older = place - 1; older >= 0; older -= 1) {
      const { from, beyond } = progressOf(line.track, this.tickets[older]?.status);
      if (from <= at && !beyond.has(next)) return this.tickets[older];
    }
    return undefined;
  }

  /** The next older ticket that still has the station before it, or is in it, before which this one stands; at the end of its line any. */
  aheadOf(ticket: Ticket): Ticket | undefined {
    return this.ahead.get(ticket.metadata.uid);
  }
}

const orders = new WeakMap<readonly Ticket[], { readonly track: Track; readonly order: Order }>();

/** The order of a line, worked out once for the same tickets. */
export function orderOf(line: Line): Order {
  const before = orders.get(line.tickets);
  if (before?.track === line.track) return before.order;
  const order = new Order(line);
  orders.set(line.tickets, { track: line.track, order });
  return order;
}

/** The youngest who still has the station, at this place of the line, before it. */
const nearest = (riders: readonly Rider[], station: string, place: number): Ticket | undefined =>
  riders.findLast(({ progress: { from, beyond } }) => from <= place && !beyond.has(station))?.ticket;

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
