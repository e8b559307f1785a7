/** The gate `completed`: the tickets that branched off this one have completed on the tracks that it names (rule F1). */

import type { Child, Station, Ticket } from '../../../lib/api';
import type { Failure } from '../visits/ending';
import type { Obstacle } from '../plan/obstacle';
import type { Stop } from '../visits/prepare-job';
import type { Facts } from '../facts/snapshot';

/** How one track stands, for one ticket. */
type Standing =
  | { readonly state: 'Completed' }
  | { readonly state: 'Open'; readonly words: string }
  | { readonly state: 'Failed'; readonly words: string };

/** A superseded ticket counts as the one that took its change along, and so on to the last. */
function lastOf(facts: Facts, ticket: Ticket): Ticket | undefined {
  const seen = new Set<string>();
  let last: Ticket | undefined = ticket;
  while (last?.status?.phase === 'Superseded') {
    const next: string | undefined = last.status.supersededBy?.uid;
    if (next === undefined || seen.has(next)) return undefined;
    seen.add(next);
    last = facts.ticket(next);
  }
  return last;
}

/** What a person can do about a ticket that is gone. */
const UNKNOWN = 'whether it completed is not known; take the track out of entry.completed, or set spec.abort';

const named = (ticket: Ticket, from: Station): string =>
  ticket.metadata.namespace === from.metadata.namespace
    ? ticket.metadata.name
    : `${ticket.metadata.namespace}/${ticket.metadata.name}`;

/** How the ticket that branched off onto the track fares. */
function fate(facts: Facts, child: Ticket, track: string, station: Station): Standing {
  const last = lastOf(facts, child);
  if (last === undefined) {
    const words = `${named(child, station)} on ${track} was superseded by a ticket that is gone: ${UNKNOWN}`;
    return { state: 'Open', words };
  }
  const { phase, failure, waiting, station: at } = last.status ?? {};
  const ticket = named(last, station);
  switch (phase) {
    case 'Completed':
      return { state: 'Completed' };
    case 'Failed':
      return { state: 'Failed', words: `${ticket} failed on ${track}: ${failure?.message ?? 'no reason is recorded'}` };
    case 'Aborted':
      return { state: 'Failed', words: `${ticket} was aborted on ${track}` };
    default:
      return {
        state: 'Open',
        words: `waits for ${ticket} on ${track} (${waiting?.reason ?? 'on its way'}${at ? ` at ${at}` : ''})`,
      };
  }
}

/** Where the ticket branched off onto the track, as its stamps say. */
function branchingOf(ticket: Ticket, namespace: string, name: string): { child: Child; station: string } | undefined {
  for (const { station, children } of ticket.status?.stamps ?? []) {
    const child = children?.find(
      (one) => one.track === name && (one.namespace ?? ticket.metadata.namespace) === namespace,
    );
    if (child !== undefined) return { child, station };
  }
  return undefined;
}

function standingOf({ snapshot: { facts }, ticket, station }: Stop, track: string): Standing {
  const [first = '', second] = track.split('/');
  const [namespace, name] = second === undefined ? [station.metadata.namespace, first] : [first, second];
  const branching = branchingOf(ticket, namespace, name);
  if (branching === undefined) {
    const words = `nothing has branched off onto ${track} at any station that it has passed: put the junction before ${station.metadata.name}, or take the track out of entry.completed`;
    return { state: 'Open', words };
  }
  if (branching.child.skipped !== undefined) return { state: 'Completed' };
  const child = facts
    .children(ticket.metadata.uid)
    .find(
      ({ metadata, spec }) =>
        metadata.namespace === namespace && spec.track === name && spec.origin?.parent?.station === branching.station,
    );
  if (child === undefined) {
    const words = `its ticket on ${track} is gone: ${UNKNOWN}`;
    return { state: 'Open', words };
  }
  return fate(facts, child, track, station);
}

/** The tracks whose tickets are waited for; an express ticket visits one station alone, so nothing branches off from it. */
const tracksFor = ({ ticket, station }: Stop): readonly string[] =>
  ticket.spec.express === undefined ? (station.spec.entry?.completed?.tracks ?? []) : [];

/** Which of the children has failed or was aborted: that ends the ticket (rule F1). */
export function failedChild(stop: Stop): Failure | undefined {
  for (const track of tracksFor(stop)) {
    const standing = standingOf(stop, track);
    if (standing.state === 'Failed') return { reason: 'ChildFailed', message: standing.words };
  }
  return undefined;
}

/** Which of the children the gate still waits for, if any. */
export function completedObstacle(stop: Stop): Obstacle | undefined {
  const open = tracksFor(stop).flatMap((track) => {
    const standing = standingOf(stop, track);
    return standing.state === 'Completed' ? [] : [standing.words];
  });
  return open.length === 0 ? undefined : { reason: 'Completed', message: open.join('; ') };
}
