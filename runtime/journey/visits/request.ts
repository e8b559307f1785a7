/** Arrivals by pull request (rule D9): which commits go by one, and what is asked of the forge for them. */

import type {
  ApplicationReference,
  Arrival,
  ArrivalApplication,
  PullRequests,
  Station,
  Ticket,
  TicketStatus,
} from '../../../lib/api';
import { pullRequestRef } from '../../../lib/network/overlays';
import { describeTicket } from '../facts/cargo';
import type { LandedApplication, RequestOrder } from '../facts/job';
import type { Obstacle } from '../plan/obstacle';
import { keyOf } from '../facts/state';

/** Git's name of a folder without files: what a branch shows that has only been begun for a pull request. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const DEFAULTS: PullRequests = { merge: 'People', method: 'Merge' };

/** Whether an application's commit goes by pull request, whatever became of it. */
export const goesByRequest = (one: ArrivalApplication): boolean =>
  one.via === 'PullRequest' && one.result === 'Commit' && one.commit !== undefined;

/** Whether a pull request for the recorded commit may be open, or still be opened. */
export const mayBeOpen = (one: ArrivalApplication): boolean => goesByRequest(one) && one.shown !== true;

/** Branch on which an application's commit waits. */
export const requestBranch = (
  { metadata }: { readonly metadata: Pick<Station['metadata'], 'namespace' | 'name'> },
  application: { readonly name: string },
  ticketUid: string,
): string => `${pullRequestRef(metadata, application.name)}/${ticketUid}`;

export function requestOrder(
  station: Station,
  ticket: Ticket,
  arrival: Arrival,
  one: ArrivalApplication,
): RequestOrder {
  const url = arrival.pullRequests?.find(({ application }) => application === keyOf(one))?.url;
  return {
    branch: requestBranch(station, one, ticket.metadata.uid),
    ...(url === undefined ? {} : { url }),
    tree: one.tree ?? '',
    ...(station.spec.pullRequests ?? DEFAULTS),
    words: {
      application: keyOf(one),
      change: describeTicket(ticket),
      summary: one.message ?? '',
      lineage: lineageOf(ticket),
      approvedBy: [...new Set((arrival.approvals ?? []).map(({ by }) => by))],
    },
  };
}

/** Whence a ticket comes, one line each. */
function lineageOf({ spec: { origin = {} }, status }: Ticket): string[] {
  const { subscription, parent, lineage = [], retryOf, failed, person } = origin;
  return [
    ...(subscription === undefined ? [] : [`subscription ${subscription}`]),
    ...lineage.map(({ namespace, track, station }) => `track ${namespace}/${track}, at junction ${station}`),
    ...(parent === undefined ? [] : [`branched off from ${parent.name} at ${parent.station}`]),
    ...(retryOf === undefined ? [] : [`a retry of ${retryOf.name}`]),
    ...(failed === undefined ? [] : [`made since ${failed.name} failed`]),
    ...(person === undefined ? [] : [`made by ${person}`]),
    ...(status?.absorbed ?? []).filter(({ pending }) => !pending).map(({ ticket }) => `took ${ticket} along`),
  ];
}

type Requested = Extract<LandedApplication, { outcome: 'Requested' }>;

/** Whether the forge says that all of them are merged, and a branch shows none of it. */
export const areUnshown = (open: readonly Requested[]): boolean => open.every(({ unshown }) => unshown !== undefined);

/** How long a branch may take to show what its forge says is merged, in milliseconds. */
const SHOWS_WITHIN_MS = 60_000;

/**
 * A branch that has been set back since its pull request was merged: after a while it is not late any more (rule D8).
 *
 * @returns what suspends the arrival, or until when the branch may still come to show it
 */
export function undone(
  open: readonly Requested[],
  { waiting }: Pick<TicketStatus, 'waiting'>,
  now: Date,
): Extract<LandedApplication, { outcome: 'Suspended' }> | { readonly until?: Date } {
  const [first] = open;
  if (first?.unshown === undefined || !areUnshown(open)) return {};
  const { reference, unshown: head } = first;
  const suspended = { outcome: 'Suspended', reference, ownership: { whose: 'HistoryRewritten', head } } as const;
  if (waiting?.reason === 'HistoryRewritten') return suspended;
  const since = waiting?.reason === 'Pushing' ? Date.parse(waiting.since) : now.getTime();
  const until = new Date(since + SHOWS_WITHIN_MS);
  return until <= now ? suspended : { until };
}

/** What open pull requests wait for. */
export function requestObstacle(open: readonly Requested[]): Obstacle {
  const told = open.map(({ url, reference, message }) => `${url} into ${reference.branch} (${message})`);
  const what = told.length === 1 ? 'the pull request' : `${told.length} pull requests`;
  if (areUnshown(open))
    return { reason: 'Pushing', message: `waits for the merge of ${what} to show: ${told.join('; ')}` };
  return { reason: 'PullRequest', message: `waits for ${what} to be merged: ${told.join('; ')}` };
}

/** How long after an earlier look the next one is worth a request: a tenth of what it has waited, within these bounds. */
const PACE_MS = { soon: 2_000, soonFor: 60_000, least: 10_000, most: 5 * 60_000 } as const;

/** How long to leave an open pull request alone, in milliseconds, by how long it has been waited for. */
export const pauseOf = (open: readonly Requested[], waitedMs: number): number =>
  open.some(({ soon }) => soon) && waitedMs < PACE_MS.soonFor
    ? PACE_MS.soon
    : Math.min(PACE_MS.most, Math.max(PACE_MS.least, waitedMs / 10));

/** An application of a station whose branch for pull requests may be left of a ticket that is gone. */
export const requestsLeftBy = (
  station: Station,
  ticketUid: string,
): { reference: ApplicationReference; branch: string }[] =>
  station.spec.applications.map((reference) => ({ reference, branch: requestBranch(station, reference, ticketUid) }));
