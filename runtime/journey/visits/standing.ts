/** A ticket that stands on its track: which station is next, and what keeps it from being first there (rules C2, C3, C7). */

import type { Entry, Ticket } from '../../../lib/api';
import { goOn } from './ending';
import { olderObstacle, trackObstacle, waitingFor, type Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { nextStation, type Order } from '../facts/ride';
import type { Line } from '../facts/snapshot';

/** Puts a ticket before a station with what it waits for, and what it would change there where that is known. */
export function stand(draft: Draft, ticket: Ticket, station: string, obstacle: Obstacle, entry?: Entry): void {
  const status = ticket.status ?? {};
  draft.wake(obstacle.until);
  draft.writeTicket(ticket, {
    ...status,
    phase: 'Standing',
    station,
    standingSince: status.station === station && status.standingSince ? status.standingSince : draft.time,
    waiting: waitingFor(draft, obstacle, ticket, station),
    ...(entry && { entry }),
  });
}

/** Whether the ticket's status says that it stands before the station: its place in the turn counts from that write. */
export const standsBefore = (ticket: Ticket, station: string): boolean =>
  ticket.status?.station === station && ticket.status.phase === 'Standing';

/** What a ticket waits for that may arrive as soon as its turn comes (rule C1). */
export const turnObstacle = (station: string): Obstacle => ({
  reason: 'StationOccupied',
  message: `waits for its turn at ${station}: one ticket arrives there at a time, the one that has stood longest first`,
});

/** A ticket at the end of its line completes behind every older one (I6). */
function decideAtEnd(draft: Draft, line: Line, order: Order, ticket: Ticket): void {
  const older = order.aheadOf(ticket);
  if (older === undefined) return goOn(draft, line, ticket);
  const message = `has nothing left to ride, and waits for ${older.metadata.name}, which boarded before it, to end`;
  stand(draft, ticket, ticket.status?.station ?? line.track.metadata.name, { reason: 'OlderTicket', message });
}

/** Decides for a ticket that no station names; the first of its track before a station is left to that station. */
export function decideStanding(draft: Draft, line: Line, order: Order, ticket: Ticket): void {
  const name = nextStation(line.track, ticket.status);
  if (name === undefined) return decideAtEnd(draft, line, order, ticket);
  const { namespace } = line.track.metadata;
  if (draft.snapshot.facts.station({ namespace, name }) === undefined) {
    return stand(draft, ticket, name, {
      reason: 'StationMissing',
      message: `waits for station ${name}, which does not exist: apply it, or take it off the track`,
    });
  }
  const shut = trackObstacle(line.track);
  if (shut) return stand(draft, ticket, name, shut);
  const older = order.aheadOf(ticket);
  if (older) return stand(draft, ticket, name, olderObstacle(older, name));
  if (!standsBefore(ticket, name)) stand(draft, ticket, name, turnObstacle(name));
}
