/** Ended tickets are removed beyond the newest of each track and station (rule H2); what they did is in Git. */

import { hasEnded } from '../../lib/api';
import type { Station, Ticket } from '../../lib/api';
import type { Draft } from './plan/plan';
import type { Facts, Line } from './facts/snapshot';

/** Ended tickets that visited a station alone and stay: rollbacks, and what went ahead of its track. */
const KEPT_SINGLES = 50;

/** Removed in one plan at most: the rest follows when these are gone. */
const MOST_AT_ONCE = 50;

const byAge = (one: Ticket, other: Ticket): number =>
  (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? '', 'en') ||
  (one.status?.sequence ?? 0) - (other.status?.sequence ?? 0);

/** Removes the ended tickets of a track beyond its newest ones. */
export const collectTrack = (draft: Draft, { track }: Line): void =>
  collect(draft, draft.snapshot.facts.ticketsOn(track), track.spec.historyLimit);

/** Removes the ended tickets that visited the station alone beyond the newest ones. */
export const collectSingles = (draft: Draft, station: Station): void =>
  collect(draft, draft.snapshot.facts.singlesAt(station.metadata), KEPT_SINGLES);

function collect(draft: Draft, tickets: readonly Ticket[], limit: number): void {
  if (tickets.length <= limit) return;
  const ended = tickets.filter((ticket) => hasEnded(ticket.status));
  if (ended.length <= limit) return;
  const { facts } = draft.snapshot;
  const old = ended.sort(byAge).slice(0, ended.length - limit);
  for (const ticket of old.filter((one) => !isNeeded(facts, one)).slice(0, MOST_AT_ONCE)) draft.deleteTicket(ticket);
}

/**
 * Whether somebody unfinished still asks for the ticket: by its name, or as one of its children or what took one of them
 * along, which the `completed` gate follows to its end (rule F1).
 */
const isNeeded = (facts: Facts, ticket: Ticket): boolean =>
  facts.named(ticket.metadata.uid) ||
  isChildOfUnfinished(facts, ticket) ||
  (ticket.status?.absorbed ?? []).some(({ uid }) => {
    const taken = facts.ticket(uid);
    return taken !== undefined && isNeeded(facts, taken);
  });

function isChildOfUnfinished(facts: Facts, ticket: Ticket): boolean {
  const parent = facts.ticket(ticket.spec.origin?.parent?.uid ?? '');
  return parent !== undefined && !hasEnded(parent.status);
}
