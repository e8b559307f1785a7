/** The decision for a track and all that rides it. Whose turn it is at a station, the station's own decision says. */

import type { Ticket } from '../../lib/api';
import { decideArriving } from './arrival/arriving';
import { closedOfDeleted } from './arrival/closing';
import { decideBoarding, stayAway } from './order/boarding';
import { collectTrack } from './collecting';
import { isPending } from './order/coupling';
import { abort } from './visits/ending';
import { belongsTo } from './facts/identity';
import { Draft, type Plan } from './plan/plan';
import { arrivalIsStamped, hasPassed, orderOf, type Order } from './facts/ride';
import type { Line, Snapshot } from './facts/snapshot';
import { decideStanding } from './visits/standing';
import { decideTicketing } from './subscriptions/ticketing';
import { trackView } from './views';

/** The plan for one track: what to do now, and when to look again if nothing happens. */
export function decideTrack(snapshot: Snapshot): Plan {
  const draft = new Draft(snapshot);
  if (snapshot.gone) {
    for (const ticket of snapshot.tickets) decideTracklessTicket(draft, snapshot, ticket);
    return draft.plan();
  }
  const { track } = snapshot;
  const all = [track, snapshot.tickets];
  // A look of a subscription comes every minute, and is no reason to go through the tickets.
  draft.part('ticketing', [track], () => decideTicketing(draft, track));
  draft.part('boarding', all, () => {
    for (const ticket of snapshot.tickets) {
      if (!belongsTo(track, ticket)) decideTracklessTicket(draft, { ...snapshot, gone: true }, ticket);
    }
    decideBoarding(draft, snapshot);
  });
  const order = orderOf(snapshot);
  for (const ticket of order.tickets) {
    // Being first or not matters, and no other ticket of the line does.
    const inputs = [track, ticket, order.aheadOf(ticket)];
    const { uid } = ticket.metadata;
    if (!draft.isQuiet(uid, inputs)) draft.work(uid, inputs, decisionFor(draft, snapshot, order, ticket));
  }
  draft.part('track', all, () => {
    collectTrack(draft, snapshot);
    draft.writeTrack(track, trackView(track, track.status ?? {}, snapshot.facts, draft.time));
  });
  return draft.plan();
}

/**
 * Rule C6 for a track that is deleted, whether or not another of its name was made since: an arrival under way finishes,
 * a ticket that has boarded or was made for that track ends with it, and any other waits for the track to be made.
 */
function decideTracklessTicket(draft: Draft, line: Line, ticket: Ticket): void {
  const { name } = line.track.metadata;
  if (decideSeated(draft, line, ticket)) return;
  if (ticket.status?.sequence !== undefined || ticket.spec.origin?.track !== undefined || ticket.spec.abort) {
    return abort(draft, ticket, ticket.status?.station ?? name);
  }
  const message = `track ${name} does not exist: apply it, or set spec.abort to end the ticket`;
  stayAway(draft, ticket, { reason: 'TrackDisabled', message });
}

/** Made only for a ticket that has something to decide: most of a line mostly stand. */
const decisionFor = (draft: Draft, line: Line, order: Order, ticket: Ticket) => (): void =>
  decideTicket(draft, line, order, ticket);

function decideTicket(draft: Draft, line: Line, order: Order, ticket: Ticket): void {
  if (decideSeated(draft, line, ticket)) return;
  if (ticket.spec.abort) return abort(draft, ticket, ticket.status?.station ?? line.track.metadata.name);
  decideStanding(draft, line, order, ticket);
}

/** Decides for a ticket that a station names as its occupant, or named. @returns whether it does not stand yet */
function decideSeated(draft: Draft, line: Line, ticket: Ticket): boolean {
  const station = draft.snapshot.facts.seat(ticket.metadata.uid);
  if (station === undefined) return !closedOfDeleted(draft, ticket);
  const over = arrivalIsStamped(station, ticket) || hasPassed(station, ticket);
  if (!over && !isPending(ticket)) decideArriving(draft, line, ticket, station);
  return true;
}
