/** One ticket in one station, and what every stage of its arrival does alike. */

import type { Arrival, Station, Ticket } from '../../../lib/api';
import { entryObstacle } from '../gates/entry';
import { waitingFor, type Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import type { Stop } from '../visits/prepare-job';
import type { Line } from '../facts/snapshot';
import { arrivalAt } from '../facts/ride';
import { preconditionObstacle } from '../order/turn';
import { without } from '../facts/without';

export interface Visit {
  readonly draft: Draft;
  /** Absent for a ticket that rides no track. */
  readonly line: Line | undefined;
  readonly ticket: Ticket;
  readonly station: Station;
  /** When the ticket took the station. */
  readonly start: string;
}

/** The visit as what it is known by before it begins. */
export const stopOf = ({ draft: { snapshot }, line, ticket, station }: Visit): Stop => ({
  snapshot,
  line,
  ticket,
  station,
});

/** An arrival that has only begun. */
export const emptyArrival = ({ station, start }: Visit): Arrival => ({
  station: station.metadata.name,
  stationUid: station.metadata.uid,
  start,
  applications: [],
});

/** Says what the arrival waits for, in the ticket. */
export function waitInStation(visit: Visit, arrival: Arrival | undefined, obstacle: Obstacle, suspended = false): void {
  const { draft, ticket, station } = visit;
  draft.wake(obstacle.until);
  draft.writeTicket(ticket, {
    ...ticket.status,
    phase: suspended ? 'Suspended' : 'Arriving',
    station: station.metadata.name,
    waiting: waitingFor(draft, obstacle, ticket, station.metadata.name),
    arrival: arrival ?? ticket.status?.arrival,
  });
}

/** Frees the station with nothing pushed: the ticket stands again, with a reason (rule F4). A rollback keeps it. */
export function standAgain(visit: Visit): void {
  const shut = shutAgain(visit);
  if (visit.ticket.spec.rollback && shut) return waitInStation(visit, arrivalAt(visit.station, visit.ticket), shut);
  visit.draft.writeStation(visit.station, without(visit.station.status ?? {}, 'occupant'));
}

/** What has shut before the station since the ticket took it (rule F4); a rollback passes entry gates (rule G3). */
export const shutAgain = (visit: Visit): Obstacle | undefined =>
  (visit.ticket.spec.rollback ? undefined : entryObstacle(stopOf(visit))) ??
  preconditionObstacle(visit.draft.snapshot.facts, visit.station);
