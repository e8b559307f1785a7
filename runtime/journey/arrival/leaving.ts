/**
 * How a ticket that has ended, or gone on, leaves its station: in one write that sets what it has put there, and frees
 * the station, shuts it, or hands it to a rollback (rules D7, E3).
 */

import type { FailurePolicy, Station, StationStatus, Ticket } from '../../../lib/api';
import { statusAfter } from '../visits/ending';
import type { Draft } from '../plan/plan';
import { arrivalAt } from '../facts/ride';
import { handedTo } from './rollback';
import type { Facts } from '../facts/snapshot';
import { stopBy } from '../plan/stop';
import { takenBy } from '../order/turn';

/** Whether the ticket failed in this very arrival, and not before it took the station. */
function failedHere(station: Station, ticket: Ticket): boolean {
  const start = station.status?.occupant?.start;
  return (ticket.status?.stamps ?? []).some(
    (stamp) => stamp.result === 'Failed' && stamp.station === station.metadata.name && stamp.arrived === start,
  );
}

/** What a failed ticket leaves behind (rule E3). A failed rollback shuts the station, and is never rolled back itself. */
function policyFor(facts: Facts, station: Station, ticket: Ticket): FailurePolicy {
  if (!failedHere(station, ticket)) return 'Continue';
  if (ticket.spec.rollback) return 'Halt';
  const { namespace } = ticket.metadata;
  const track = ticket.spec.track === undefined ? undefined : facts.track({ namespace, name: ticket.spec.track });
  return track?.spec.onFailure ?? 'Continue';
}

/** Whether the arrival has put anything on a branch. */
const hasPushed = (station: Station, ticket: Ticket): boolean => {
  const arrival = arrivalAt(station, ticket);
  return (arrival?.applications ?? []).some(
    (one) => one.result === 'Commit' && (one.shown === true || arrival?.pushed !== undefined),
  );
};

/** What a station is told of in the write that frees it. */
interface Afterwards {
  /** Who takes the station, as it is then, in the same write. */
  readonly next: (free: Station) => Ticket | undefined;
  /** Its status with what it then says of itself. */
  readonly view: (station: Station) => StationStatus;
}

/**
 * Writes the station that the ticket leaves.
 *
 * @returns whether it is left for good, and the one that takes it
 */
export function leave(
  draft: Draft,
  station: Station,
  ticket: Ticket,
  { next, view }: Afterwards,
): { readonly left: boolean; readonly taking?: Ticket } {
  const { facts } = draft.snapshot;
  const policy = policyFor(facts, station, ticket);
  if (policy === 'Rollback' && hasPushed(station, ticket)) {
    handOver(draft, station, ticket);
    return { left: false };
  }
  const after = statusAfter(station, ticket);
  const status = policy === 'Halt' ? { ...after, haltBy: stopBy(ticket) } : after;
  const taking = next({ ...station, status });
  const taken = taking === undefined ? status : takenBy(draft, taking, status);
  draft.writeStation(station, view({ ...station, status: taken }));
  return { left: true, taking };
}

/** The rollback is made first; the station goes from the failed ticket to it in one write (rules D7, E3). */
function handOver(draft: Draft, station: Station, ticket: Ticket): void {
  const { name, uid, namespace } = ticket.metadata;
  const rollback = draft.snapshot.facts.rollbackOf(uid);
  if (rollback !== undefined) {
    const given = rollback.spec.abort ? statusAfter(station, ticket) : handedTo(draft, station, rollback);
    draft.writeStation(station, given);
    return;
  }
  draft.createTicket({
    namespace,
    names: rollbackNames(name),
    labels: {},
    spec: {
      rollback: { station: station.metadata.name, to: { previous: true } },
      origin: { failed: { name, uid } },
      hold: false,
      abort: false,
    },
  });
}

/** `main-7-rollback`, or with a number where that name is another ticket's. */
const rollbackNames = (failed: string): string[] =>
  ['', '-2', '-3', '-4', '-5'].map((suffix) => `${failed.slice(0, 240)}-rollback${suffix}`);
