/** The departure board: tickets under way, those that ask for a person first, and what ended lately. */

import { describeTicket } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api/reasons';
import type { StreamedTicket } from '../protocol';
import { placeOf, toneOf, type Tone } from './words';
import { keyOf, type World } from './world';

export interface Row {
  /** `<namespace>/<name>` of the Ticket. */
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  /** Key of the line that it rides. */
  readonly line?: string;
  readonly change: string;
  readonly place: string;
  readonly words: string;
  readonly tone: Tone;
  /** Since when it waits, or when it ended. */
  readonly since?: string;
}

export interface Board {
  readonly asking: readonly Row[];
  readonly riding: readonly Row[];
  readonly ended: readonly Row[];
}

/** Rows of ended tickets at most. */
const MOST_ENDED = 30;

export function boardOf({ tickets }: Pick<World, 'tickets'>): Board {
  const rows = [...tickets.values()].map((ticket) => ({ ticket, row: rowOf(ticket) }));
  const present = rows.filter(({ ticket }) => !hasEnded(ticket.status)).sort((a, b) => newest(b.ticket, a.ticket));
  const urgent = ({ row }: { row: Row }): boolean => row.tone === 'asks' || row.tone === 'bad';
  return {
    asking: present.filter(urgent).map(({ row }) => row),
    riding: present.filter((each) => !urgent(each)).map(({ row }) => row),
    ended: rows
      .filter(({ ticket }) => hasEnded(ticket.status))
      .sort((a, b) => compare(b.row.since ?? '', a.row.since ?? ''))
      .slice(0, MOST_ENDED)
      .map(({ row }) => row),
  };
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const newest = (one: StreamedTicket, other: StreamedTicket): number =>
  compare(one.metadata.creationTimestamp ?? '', other.metadata.creationTimestamp ?? '') ||
  (one.status?.sequence ?? 0) - (other.status?.sequence ?? 0);

function rowOf(ticket: StreamedTicket): Row {
  const { namespace, name } = ticket.metadata;
  const { track } = ticket.spec;
  const since = hasEnded(ticket.status)
    ? endOf(ticket)
    : (ticket.status?.waiting?.since ?? ticket.metadata.creationTimestamp);
  return {
    key: keyOf(ticket.metadata),
    name,
    namespace,
    ...(track === undefined ? {} : { line: keyOf({ namespace, name: track }) }),
    change: describeTicket(ticket),
    place: placeOf(ticket),
    words: ticket.status?.failure?.message ?? ticket.status?.waiting?.message ?? '',
    tone: toneOf(ticket),
    ...(since === undefined ? {} : { since }),
  };
}

/** When a ticket ended, where its status says. */
const endOf = (ticket: StreamedTicket): string | undefined =>
  ticket.status?.conditions?.find(({ type, status }) => type === 'Ended' && status === 'True')?.lastTransitionTime ??
  ticket.status?.stamps?.at(-1)?.departed;
