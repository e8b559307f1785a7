/** Saying yes to exact trees (rules F2, F3). */

import { hasEnded } from '../../lib/api';
import type { Station, Ticket } from '../../lib/api';
import {
  endingOf,
  namelessness,
  nothing,
  patchOf,
  refused,
  type Refused,
  situationOf,
  type Word,
  writing,
} from './word';

/** Approvals that a ticket holds at most. */
const MOST = 100;

export interface Approving {
  readonly ticket: Ticket;
  /** The Station before which the ticket stands, where there is one. */
  readonly station: Station | undefined;
  /** The person, as Kubernetes calls them. */
  readonly by: string;
  /** Digest of the trees that the person saw. @default - what the ticket shows */
  readonly digest?: string;
}

/** The approval of what the ticket would change at the station before which it stands, and of nothing else. */
export function approve({ ticket, station, by, digest: seen }: Approving): Word {
  const { name } = ticket.metadata;
  const where = ticket.status?.station;
  if (where === undefined || ticket.status?.phase !== 'Standing') return senseless(ticket);
  if (isDecided(ticket)) return senseless(ticket);
  const digest = shownAt(ticket, station, where);
  if (typeof digest !== 'string') return digest;
  if (seen !== undefined && seen !== digest)
    return refused(
      `${name} would change something else at ${where} than was looked at: that was ${seen}, and it is ${digest} now. Look again`,
    );
  const approvals = ticket.spec.approvals ?? [];
  if (approvals.some((one) => one.station === where && one.digest === digest && one.by === by))
    return nothing(`${by} has approved ${name} for ${where} already`);
  if (approvals.length >= MOST)
    return refused(`${name} holds ${MOST} approvals, and no more fit: abort it, and retry it as a new ticket`);
  return (
    namelessness(by) ??
    writing(
      `${name} is approved for ${where} by ${by}`,
      patchOf(ticket, { approvals: [...approvals, { station: where, digest, by }] }),
    )
  );
}

/** Whether no approval changes what becomes of it. */
const isDecided = ({ spec }: Ticket): boolean => spec.abort || spec.rollback !== undefined;

/** Why there is nothing to approve. */
function senseless(ticket: Ticket): Refused {
  const { name } = ticket.metadata;
  if (hasEnded(ticket.status)) return refused(`${endingOf(ticket)}. There is nothing left to approve`);
  if (ticket.spec.abort) return refused(`${name} is being aborted. There is nothing left to approve`);
  if (ticket.spec.rollback) return refused(`${name} is a rollback: it passes entry gates and needs no approval`);
  return refused(`${situationOf(ticket)}. It waits for no approval`);
}

/** Digest of what the ticket shows of the station before which it stands. */
function shownAt(ticket: Ticket, station: Station | undefined, where: string): string | Refused {
  const { name } = ticket.metadata;
  if (station === undefined)
    return refused(`${name} stands before ${where}, and there is no Station of that name to be approved for`);
  if (station.spec.entry?.approval === undefined)
    return refused(`Station ${where} has no approval gate. ${situationOf(ticket)}`);
  const entry = ticket.status?.entry?.station === where ? ticket.status.entry : undefined;
  if (entry?.digest !== undefined) return entry.digest;
  const why = entry?.failure?.message ?? entry?.message;
  return refused(
    why === undefined
      ? `what ${name} would change at ${where} is not worked out yet: try again in a moment`
      : `${name} shows nothing that could be approved for ${where}: ${why}`,
  );
}
