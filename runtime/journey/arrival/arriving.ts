/**
 * One arrival: write first, then act (rules D1-D7). Its stages start from what is recorded, so that a crash anywhere is
 * followed by the same decisions.
 */

import type { Arrival, Station, Ticket } from '../../../lib/api';
import { abort } from '../visits/ending';
import { land } from './landing';
import type { Draft } from '../plan/plan';
import { prepare } from './preparing';
import { arrivalAt } from '../facts/ride';
import type { Line } from '../facts/snapshot';
import { abortRecorded } from './unanswered';
import { emptyArrival, type Visit } from './visit';
import { awaitApplications } from './waiting';

/** Every application has its commit on record, or nothing to do. */
const isRecorded = (arrival: Arrival): boolean =>
  arrival.applications.every((one) => one.result === 'Skipped' || one.commit !== undefined);

/** Decides for a ticket that its station names as occupant and whose arrival is not stamped. */
export function decideArriving(draft: Draft, line: Line | undefined, ticket: Ticket, station: Station): void {
  const start = station.status?.occupant?.start;
  if (start === undefined) return;
  const visit: Visit = { draft, line, ticket, station, start };
  const arrival = arrivalAt(station, ticket);
  if (ticket.spec.abort) {
    if (arrival === undefined) abort(draft, ticket, station.metadata.name, emptyArrival(visit));
    else abortRecorded(visit, arrival);
    return;
  }
  if (arrival === undefined || !isRecorded(arrival)) prepare(visit, arrival);
  else if (arrival.pushed === undefined) land(visit, arrival);
  else awaitApplications(visit, arrival);
}
