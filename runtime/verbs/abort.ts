/** Ending a ticket before its time (rule G1). */

import { hasEnded } from '../../lib/api';
import type { Ticket } from '../../lib/api';
import { endingOf, nothing, patchOf, refused, type Word, writing } from './word';

/** The ticket ends where it is; what its branches show stays until the next arrival or rollback. */
export function abort(ticket: Ticket): Word {
  const { name } = ticket.metadata;
  if (hasEnded(ticket.status)) return refused(`${endingOf(ticket)}. There is nothing left to abort`);
  if (ticket.spec.abort) return nothing(`${name} is being aborted already`);
  const { phase, station } = ticket.status ?? {};
  const left =
    phase === 'Arriving' || phase === 'Suspended'
      ? `. What it has put on the branches of ${station ?? 'its station'} stays`
      : '';
  return writing(`${name} ends${left}`, patchOf(ticket, { abort: true }));
}
