/** What a ticket carries in all, and who counts as the one that put it on the line (rules A2, A4, C4). */

import type { Change, Root, Ticket } from '../../lib/api';

/** The ticket's own change. */
export const changeOf = (ticket: Ticket): Change => ticket.spec.change ?? {};

/** The root of its own change; before boarding, one that every other is newer than. */
export const rootOf = (ticket: Ticket): Root =>
  ticket.status?.root ?? { track: ticket.metadata.uid, sequence: ticket.status?.sequence ?? 0 };
