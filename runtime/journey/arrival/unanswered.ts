/** Endings of an arrival whose push may have no answer (rule D5): none before its deadline and a look at the head. */

import type { Arrival } from '../../../lib/api';
import { closed, withoutRequests } from './closing';
import { abort } from '../visits/ending';
import type { JobFact, Landing } from '../facts/job';
import { headsJob, landKey, withShown } from './land-job';
import { hasPushes, mayStillLand, pushesOverAt } from './push';
import { waitInStation, type Visit } from './visit';

/** A look that has come back. */
export type Looked = Extract<JobFact<Landing>, { state: 'Done' }>;

/**
 * A look at the heads after every push that may be under way has met its deadline (rule D5); says what is waited for.
 *
 * @param first an earlier look, made when no new push could begin any more
 * @returns `undefined` while that is not known
 */
export function afterDeadline(visit: Visit, arrival: Arrival, round: string, first: Looked): Looked | undefined {
  if (!mayStillLand(arrival, first.result)) return first;
  const until = pushesOverAt(first.at);
  if (until > visit.draft.now) {
    const message = 'a push has no answer: waits until it can no longer land, to know the heads of its branches';
    waitInStation(visit, arrival, { reason: 'Pushing', until, message });
    return undefined;
  }
  const last = visit.draft.ask(headsJob(visit, arrival, `${round}, after the deadline`));
  if (last?.state === 'Failed') waitInStation(visit, arrival, last);
  return last?.state === 'Done' ? last : undefined;
}

/** An abort ends the arrival at once; only a push without an answer is waited for, so that its head is known (rule D5). */
export function abortRecorded(visit: Visit, arrival: Arrival): void {
  const { ticket, station } = visit;
  const note = `Ticket ${ticket.metadata.name} was aborted at station ${station.metadata.name}.`;
  const landed = closed(visit, arrival, { note });
  if (landed !== undefined) abortClosed(visit, withoutRequests(arrival, landed));
}

/** The same once none of its pull requests can be merged any more. */
function abortClosed(visit: Visit, arrival: Arrival): void {
  const { draft, ticket, station } = visit;
  if (arrival.pushed !== undefined || !hasPushes(arrival)) return abort(draft, ticket, station.metadata.name, arrival);
  const landing = draft.peek('land', landKey(visit, arrival));
  if (landing?.state === 'Running') return;
  const heads = draft.ask(headsJob(visit, arrival, 'abort'));
  if (heads === undefined || heads.state === 'Running') return;
  if (heads.state === 'Failed') return waitInStation(visit, arrival, heads);
  const last = landing?.state === 'Done' ? heads : afterDeadline(visit, arrival, 'abort', heads);
  if (last !== undefined) abort(draft, ticket, station.metadata.name, withShown(arrival, last.result));
}
