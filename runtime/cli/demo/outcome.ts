/** Whether the first ride has come to an end, and to which. */

import type { Ticket } from '../../../lib/api';
import type { Snapshot } from '../view';

export type Outcome =
  | { readonly kind: 'riding' }
  | { readonly kind: 'completed'; readonly ticket: Ticket }
  | { readonly kind: 'failed'; readonly reason: string };

/** The first ticket that boarded decides; one that was absorbed hands over to the one that took it along. */
export function outcomeOf({ tickets }: Snapshot): Outcome {
  const ticket = firstOf(tickets);
  switch (ticket?.status?.phase) {
    case 'Completed':
      return { kind: 'completed', ticket };
    case 'Failed':
      return { kind: 'failed', reason: failureOf(ticket) };
    case 'Aborted':
      return { kind: 'failed', reason: `${ticket.metadata.name} was aborted` };
    default:
      return { kind: 'riding' };
  }
}

function firstOf(tickets: readonly Ticket[]): Ticket | undefined {
  const sequence = ({ status }: Ticket): number => status?.sequence ?? Number.MAX_SAFE_INTEGER;
  const boarded = tickets.filter(({ status }) => status?.sequence !== undefined);
  let first = boarded.sort((a, b) => sequence(a) - sequence(b))[0];
  for (let hops = 0; first?.status?.supersededBy !== undefined && hops < tickets.length; hops++) {
    const { uid } = first.status.supersededBy;
    first = tickets.find(({ metadata }) => metadata.uid === uid);
  }
  return first;
}

function failureOf({ metadata, status }: Ticket): string {
  const failure = status?.failure;
  if (failure === undefined) return `${metadata.name} failed and does not say why`;
  const where = failure.station === undefined ? '' : ` at ${failure.station}`;
  return `${metadata.name} failed${where}: ${failure.reason}: ${failure.message}`;
}

/** Why a ride takes so long, in the resources' own words. */
export function obstacles({ tracks, stations, tickets }: Snapshot): string[] {
  const unready = [...tracks, ...stations].flatMap(({ kind, metadata, status }) =>
    (status?.conditions ?? [])
      .filter((condition) => condition.type === 'Ready' && condition.status === 'False')
      .map(({ reason, message }) => `${kind} ${metadata.name}: ${reason}: ${message}`),
  );
  const looks = tracks.flatMap(({ metadata, status }) =>
    (status?.subscriptions ?? [])
      .filter(({ problem }) => problem !== undefined)
      .map(({ name, problem }) => `Track ${metadata.name}, subscription ${name}: ${problem}`),
  );
  const waits = tickets.flatMap(({ metadata, status }) =>
    status?.waiting === undefined ? [] : [`${metadata.name}: ${status.waiting.reason}: ${status.waiting.message}`],
  );
  const all = [...unready, ...looks, ...waits];
  if (all.length > 0) return all;
  return [tickets.length === 0 ? 'no ticket was made' : 'no ticket says what it waits for'];
}
