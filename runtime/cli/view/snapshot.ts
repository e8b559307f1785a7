/** What the view is drawn from: the resources as the cluster has them, and how their parts are called in a line. */

import { hasEnded, type Station, type Ticket, type Track } from '../../../lib/api';

/** What the picture needs of an Argo CD Application. */
export interface ApplicationState {
  readonly namespace: string;
  readonly name: string;
  /** `Synced`, `OutOfSync`, `Unknown`. */
  readonly sync?: string;
  /** The commit that Argo CD compared with. */
  readonly revision?: string;
  /** `Healthy`, `Progressing`, ... */
  readonly health?: string;
  /** Images of what it deployed. */
  readonly images?: readonly string[];
}

export interface Snapshot {
  readonly tracks: readonly Track[];
  readonly stations: readonly Station[];
  readonly tickets: readonly Ticket[];
  readonly applications: readonly ApplicationState[];
}

/** Whether a ticket is drawn with this track: it rides it, or visits one of its stations alone. */
export function isOn(track: Track, ticket: Ticket): boolean {
  if (ticket.metadata.namespace !== track.metadata.namespace) return false;
  if (ticket.spec.track !== undefined) return ticket.spec.track === track.metadata.name;
  const station = ticket.spec.express?.station ?? ticket.spec.rollback?.station;
  return track.spec.stations.some(({ name }) => name === station);
}

/** Older tickets first; those that have not boarded last, by creation. */
export function inOrder(tickets: readonly Ticket[]): Ticket[] {
  const place = (ticket: Ticket): number => ticket.status?.sequence ?? Number.MAX_SAFE_INTEGER;
  const made = (ticket: Ticket): string => ticket.metadata.creationTimestamp ?? '';
  return [...tickets].sort(
    (a, b) => place(a) - place(b) || compare(made(a), made(b)) || compare(a.metadata.name, b.metadata.name),
  );
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Milliseconds between two times of a status; nothing where one is missing or is no time. */
export function between(start: string | undefined, end: string | undefined): number | undefined {
  if (start === undefined || end === undefined) return undefined;
  const length = Date.parse(end) - Date.parse(start);
  return Number.isNaN(length) ? undefined : length;
}

/** When a ticket began to ride: when it boarded, or was made. */
export const startOf = (ticket: Ticket): string | undefined =>
  ticket.status?.boarded?.time ?? ticket.metadata.creationTimestamp;

/** When a ticket ended, where its status says. */
export function endOf(ticket: Ticket): string | undefined {
  if (!hasEnded(ticket.status)) return undefined;
  return (
    ticket.status?.conditions?.find(({ type, status }) => type === 'Ended' && status === 'True')?.lastTransitionTime ??
    ticket.status?.stamps?.at(-1)?.departed
  );
}
