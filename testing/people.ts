/** What people say in a simulated ride, as they would write it into a ticket. */

import { hasEnded } from '../runtime/journey';
import type { Ticket } from '../lib/api';

/** The tickets that wait for an approval of the station. */
export const waitingForApproval = (tickets: Iterable<Ticket>, station: string): Ticket[] =>
  [...tickets].filter(
    ({ status }) => status?.entry?.station === station && status.entry.digest !== undefined && !hasEnded(status),
  );

/** The ticket with a yes to the very trees that it shows; as it is where it shows none. */
export function approvedBy(ticket: Ticket, station: string, by: string): Ticket {
  const digest = ticket.status?.entry?.digest;
  if (digest === undefined) return ticket;
  const approvals = [...(ticket.spec.approvals ?? []), { station, digest, by }];
  return { ...ticket, spec: { ...ticket.spec, approvals } };
}
