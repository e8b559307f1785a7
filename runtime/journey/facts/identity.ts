/** What makes a ticket the same ticket, whatever its name (rule B8), and which Track it belongs to. */

import type { Origin, Ticket, TicketSpec, Track } from '../../../lib/api';
import { canonical } from './canonical';
import { changeLine } from './change';

/** The spec of a ticket that the runtime makes. */
export type MadeSpec = TicketSpec & { readonly origin: Origin };

/** What makes a ticket the one it is, in a line. */
function identityOf({ track, express, change, rollback, origin = {} }: TicketSpec): string {
  const { parent, failed } = origin;
  if (parent !== undefined) return canonical(['child', parent.uid, parent.station, origin.track]);
  if (failed !== undefined) return canonical(['rollback', failed.uid, rollback?.station]);
  const { subscription, number, after = '' } = origin;
  return canonical(['subscription', track ?? express, origin.track, subscription, number, after, changeLine(change)]);
}

/** Whether a ticket that is there is the one that would be made. */
export const isSameTicket = (present: Ticket, spec: MadeSpec): boolean => identityOf(present.spec) === identityOf(spec);

/** Whether the ticket rides this very Track, and not one of the same name that is gone (rule C6). */
export function belongsTo(track: Track, ticket: Ticket): boolean {
  const uid = ticket.status?.boarded?.track ?? ticket.spec.origin?.track;
  return uid === undefined || uid === track.metadata.uid;
}
