/** What makes a ticket the same ticket, whatever its name (rule B8), and which Track it belongs to. */

import type { Origin, Ticket, TicketSpec, Track } from '../../lib/api';
import { changeLine } from './change';

/** The spec of a ticket that the runtime makes. */
export type MadeSpec = TicketSpec & { readonly origin: Origin };

/** Whether a ticket that is there is the one that would be made. */
export function isSameTicket(present: Ticket, { track, change, rollback, origin }: MadeSpec): boolean {
  const mine: Origin = present.spec.origin ?? {};
  if (origin.parent !== undefined) {
    const { uid, station } = origin.parent;
    return mine.parent?.uid === uid && mine.parent.station === station && mine.track === origin.track;
  }
  if (origin.failed !== undefined) {
    return mine.failed?.uid === origin.failed.uid && present.spec.rollback?.station === rollback?.station;
  }
  return (
    present.spec.track === track &&
    mine.track === origin.track &&
    mine.subscription === origin.subscription &&
    mine.number === origin.number &&
    (mine.after ?? '') === (origin.after ?? '') &&
    changeLine(present.spec.change) === changeLine(change)
  );
}

/** Whether the ticket rides this very Track, and not one of the same name that is gone (rule C6). */
export function belongsTo(track: Track, ticket: Ticket): boolean {
  const uid = ticket.status?.boarded?.track ?? ticket.spec.origin?.track;
  return uid === undefined || uid === track.metadata.uid;
}
