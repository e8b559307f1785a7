/** Pushes and their deadline (rule D5): who may still push what, and when no push can land any more. */

import { hasEnded } from '../../../lib/api';
import type { Arrival, ArrivalApplication, Station, Ticket } from '../../../lib/api';
import type { Landing, LandJob } from '../facts/job';
import { arrivalAt } from '../facts/ride';
import { goesByRequest } from '../visits/request';
import { isSame } from '../facts/state';

/**
 * How long a push may take, counted from before the last look at its record. It lies inside the lease, so that a leader
 * that lost it cannot push any more.
 */
const PUSH_DEADLINE_MS = 10_000;

/** Whether ticket and station, as they are now, ask for this very push: nothing is pushed that is not on record. */
export function isOnRecord(job: LandJob, ticket: Ticket | undefined, station: Station | undefined): boolean {
  if (ticket?.metadata.uid !== job.ticketUid || station?.metadata.uid !== job.stationUid) return false;
  if (ticket.spec.abort || hasEnded(ticket.status)) return false;
  const { occupant } = station.status ?? {};
  if (occupant?.uid !== job.ticketUid || occupant.start !== job.start) return false;
  const recorded = arrivalAt(station, ticket)?.applications ?? [];
  return job.commits.every((one) =>
    recorded.some((entry) => isSame(entry, one.reference) && entry.commit === one.commit),
  );
}

/** Whether the arrival has put a commit on record that is pushed to the application's branch, so that it may have been. */
const mayBePushed = (one: ArrivalApplication): boolean =>
  !goesByRequest(one) && (one.result === 'Commit' || (one.withdrawn?.length ?? 0) > 0);

/** Whether a push of this arrival without an answer could still move a branch: its head is where the push expects it. */
export const mayStillLand = (arrival: Arrival, landing: Landing): boolean =>
  landing.some(
    ({ outcome, reference }) =>
      outcome === 'NotShown' && arrival.applications.some((one) => isSame(one, reference) && mayBePushed(one)),
  );

/** Whether the arrival has, or had, anything to push. */
export const hasPushes = (arrival: Arrival): boolean => arrival.applications.some(mayBePushed);

/** When a push that was under way at this time has met its deadline. */
export const pushesOverAt = (time: Date): Date => new Date(time.getTime() + PUSH_DEADLINE_MS);
