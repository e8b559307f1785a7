/** Tickets on the map: where each stands or arrives, and the way from where it was. */

import { hasEnded } from '../../../lib/api/reasons';
import { LANE, type MapLayout, type MapLeg, type MapLine, type MapStop, type Point } from '../layout';
import { pointAlong, lengthOf } from '../map/path';
import type { StreamedTicket } from '../protocol';
import { isArriving, toneOf, type Tone } from './words';
import { keyOf } from './world';

export interface Token extends Point {
  /** `<namespace>/<name>` of the Ticket. */
  readonly key: string;
  readonly name: string;
  /** Key of the stop. */
  readonly stop: string;
  /** Key of the line that it rides; absent for tickets of one station alone. */
  readonly line?: string;
  readonly arriving: boolean;
  readonly tone: Tone;
}

/** Tickets that stand before a stop on one line and are not drawn for want of room. */
export interface Crowd extends Point {
  readonly key: string;
  readonly count: number;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly crowds: readonly Crowd[];
}

/** Drawn one behind the other before a stop; the others are counted. */
const MOST_STANDING = 3;
/** From the stop to the first that stands, and from one to the next. */
const FIRST = 27;
const NEXT = 19;

/** Places of all tickets that have not ended, oldest nearest to the stop. */
export function placeTickets(tickets: Iterable<StreamedTicket>, layout: MapLayout): Tokens {
  const stops = new Map(layout.stops.map((stop) => [stop.key, stop]));
  const lines = new Map(layout.lines.map((line) => [line.key, line]));
  const queues = new Map<string, StreamedTicket[]>();
  const tokens: Token[] = [];
  for (const ticket of tickets) {
    const place = placeOf(ticket, lines);
    const stop = place === undefined ? undefined : stops.get(place.stop);
    if (place === undefined || stop === undefined || hasEnded(ticket.status)) continue;
    if (isArriving(ticket)) {
      tokens.push({ ...tokenOf(ticket, place), ...crossing(stop, place.line, layout) });
      continue;
    }
    const queue = `${place.stop} ${place.line ?? ''}`;
    queues.set(queue, [...(queues.get(queue) ?? []), ticket]);
  }
  const crowds: Crowd[] = [];
  for (const [queue, waiting] of queues) {
    const ordered = [...waiting].sort(byAge);
    ordered.slice(0, MOST_STANDING).forEach((ticket, index) => {
      const place = placeOf(ticket, lines);
      const stop = place === undefined ? undefined : stops.get(place.stop);
      if (place === undefined || stop === undefined) return;
      const at = before(
        stop,
        place.line === undefined ? undefined : lines.get(place.line),
        layout,
        FIRST + NEXT * index,
      );
      tokens.push({ ...tokenOf(ticket, place), ...at });
      if (index === MOST_STANDING - 1 && ordered.length > MOST_STANDING) {
        const end = before(stop, lines.get(place.line ?? ''), layout, FIRST + NEXT * MOST_STANDING + 4);
        crowds.push({ key: queue, count: ordered.length - MOST_STANDING, ...end });
      }
    });
  }
  return { tokens, crowds };
}

interface Place {
  readonly stop: string;
  readonly line?: string;
}

function placeOf(ticket: StreamedTicket, lines: ReadonlyMap<string, MapLine>): Place | undefined {
  const { namespace } = ticket.metadata;
  const { track, express, rollback } = ticket.spec;
  const line = track === undefined ? undefined : keyOf({ namespace, name: track });
  const first = line === undefined ? undefined : lines.get(line)?.stops[0];
  const station = ticket.status?.station ?? express?.station ?? rollback?.station;
  const stop = station === undefined ? first : keyOf({ namespace, name: station });
  return stop === undefined ? undefined : { stop, ...(line === undefined ? {} : { line }) };
}

const tokenOf = (ticket: StreamedTicket, { stop, line }: Place): Omit<Token, 'x' | 'y'> => ({
  key: keyOf(ticket.metadata),
  name: ticket.metadata.name,
  stop,
  ...(line === undefined ? {} : { line }),
  arriving: isArriving(ticket),
  tone: toneOf(ticket),
});

function byAge(one: StreamedTicket, other: StreamedTicket): number {
  const place = (ticket: StreamedTicket): number => ticket.status?.sequence ?? Number.MAX_SAFE_INTEGER;
  return place(one) - place(other) || (one.metadata.name < other.metadata.name ? -1 : 1);
}

/** Where a line crosses a stop. */
function crossing(stop: MapStop, line: string | undefined, { direction }: MapLayout): Point {
  const index = line === undefined ? -1 : stop.lines.indexOf(line);
  const lane = index < 0 ? 0 : index * LANE - stop.reach;
  return direction === 'right' ? { x: stop.x, y: stop.y + lane } : { x: stop.x + lane, y: stop.y };
}

/** A point on the way to a stop. */
function before(stop: MapStop, line: MapLine | undefined, layout: MapLayout, distance: number): Point {
  const leg = line === undefined ? undefined : legTo(line, stop.key);
  if (leg !== undefined) {
    const length = lengthOf(leg.points);
    if (length > distance) return pointAlong(leg.points, 1 - distance / length);
  }
  const { x, y } = crossing(stop, line?.key, layout);
  return layout.direction === 'right' ? { x: x - distance, y } : { x, y: y - distance };
}

const legTo = ({ legs, branches }: MapLine, stop: string): MapLeg | undefined =>
  legs.find(({ to }) => to === stop) ?? branches.find(({ to }) => to === stop);

/** The way from one place of a ticket to another, along its line where that leads there. */
export function wayBetween(from: Token, to: Token, layout: MapLayout): Point[] {
  const line = layout.lines.find(({ key }) => key === to.line);
  const [start, end] = [line?.stops.indexOf(from.stop) ?? -1, line?.stops.indexOf(to.stop) ?? -1];
  const between = line === undefined || start < 0 || end <= start ? [] : line.legs.slice(start, end);
  const corners = between.flatMap(({ points }) => points);
  // A ticket that stands has not reached the end of the last leg.
  return [{ x: from.x, y: from.y }, ...(to.arriving ? corners : corners.slice(0, -1)), { x: to.x, y: to.y }];
}
