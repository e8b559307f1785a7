/** Tickets one below the other, each with the way to its own panel. */

import { describeTicket } from '../../../../lib/api/words';
import type { StreamedTicket } from '../../protocol';
import { placeOf, toneOf } from '../../view/words';
import { keyOf } from '../../view/world';
import { addressTo } from '../route';

interface TicketRowsProps {
  readonly title: string;
  readonly tickets: readonly StreamedTicket[];
  /** Whether to say what each waits for. */
  readonly waits?: boolean;
}

export function TicketRows({ title, tickets, waits = false }: TicketRowsProps) {
  if (tickets.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="rows">
        {tickets.map((ticket) => (
          <li key={keyOf(ticket.metadata)} class={toneOf(ticket)}>
            <a href={addressTo('ticket', keyOf(ticket.metadata))}>
              <span class="what">{describeTicket(ticket)}</span>
              <span class="who">
                {ticket.metadata.name} {placeOf(ticket)}
              </span>
              {waits && ticket.status?.waiting !== undefined && (
                <span class="words">{ticket.status.waiting.message}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
