/**
 * What a look has ticketed that died before the Track said so (rules B1, B8). One version gets one ticket, also where it
 * has come to mean something else since: what there is a ticket for is what was ticketed.
 */

import type { Subscription, Ticket, Track } from '../../../lib/api';
import type { Before } from './asked';
import type { Draft } from '../plan/plan';

export const ticketsMade = (status: Before): number => status?.count ?? 0;

/** Tickets that the subscription has made since the Track was last written, if any. */
export function unrecorded(draft: Draft, track: Track, { name }: Subscription, before: Before): readonly Ticket[] {
  const next = ticketsMade(before) + 1;
  return draft.snapshot.facts.ticketsOn(track).filter(({ spec: { origin } }) => {
    return origin?.track === track.metadata.uid && origin.subscription === name && origin.number === next;
  });
}
