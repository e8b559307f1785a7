/** What source commits of a ticket are to show on their forge: in which stations they are, and where they failed. */

import type { Stamp, Ticket } from '../../lib/api';
import { wholeChange } from './facts/cargo';
import type { Place } from './facts/snapshot';

export interface CommitReport {
  readonly repoURL: string;
  readonly commit: string;
  /** What it is about. */
  readonly context: string;
  readonly state: 'Passed' | 'Failed';
  readonly description: string;
}

/** A forge that is away for longer is told no more. */
const OLDEST_MS = 24 * 3_600_000;
/** Forges take no longer description. */
const LONGEST = 140;

const STATES: Partial<Record<Stamp['result'], CommitReport['state']>> = {
  Arrived: 'Passed',
  NoChange: 'Passed',
  AlreadyContained: 'Passed',
  Failed: 'Failed',
};

/** Visits that nobody has seen to yet. */
const unseen = ({ status }: Ticket): readonly Stamp[] => (status?.stamps ?? []).slice(status?.reported?.stamps ?? 0);

/**
 * What is still to be said of a ticket's visits, oldest first.
 *
 * @param asks whether a station asks for it
 */
export function commitReports(ticket: Ticket, asks: (station: Place) => boolean, now: Date): CommitReport[] {
  const { namespace, name } = ticket.metadata;
  const news = unseen(ticket).filter(
    ({ station, departed }) => now.getTime() - Date.parse(departed) < OLDEST_MS && asks({ namespace, name: station }),
  );
  if (news.length === 0) return [];
  const { sources = [], overlays = [] } = wholeChange(ticket);
  const commits = new Map([...sources, ...overlays].map((one) => [`${one.repoURL} ${one.commit}`, one]));
  return news.flatMap(({ station, result, reason }) => {
    const state = STATES[result];
    if (state === undefined) return [];
    const words = state === 'Passed' ? `in ${station}` : `failed at ${station}: ${reason ?? 'see the ticket'}`;
    const description = `${words} (ticket ${name})`.slice(0, LONGEST);
    const context = `k8sta/${namespace}/${station}`;
    return [...commits.values()].map(({ repoURL, commit }) => ({ repoURL, commit, context, state, description }));
  });
}
