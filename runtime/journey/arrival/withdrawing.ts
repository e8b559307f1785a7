/** What is withdrawn of an arrival's record, and what suspends it (rules D2, D8). */

import type { Arrival, ArrivalApplication } from '../../../lib/api';
import { closed, failClosed } from './closing';
import type { LandedApplication } from '../facts/job';
import { withShown } from './land-job';
import { NO_COMMIT } from '../facts/ownership';
import { resumedHeads } from '../visits/prepare-job';
import { keyOf } from '../facts/state';
import { suspension } from '../plan/suspension';
import { waitInStation, type Visit } from './visit';
import { without } from '../facts/without';

/** Records of one application that are given up before the ticket is: status lists no more. */
const MOST_WITHDRAWN = 90;

/** Marks records that can no longer land; their SHAs stay listed, and new ones are made (rule D2). */
export function withdraw(visit: Visit, arrival: Arrival, which: (key: string) => boolean): void {
  const restless = arrival.applications.find((one) => (one.withdrawn?.length ?? 0) >= MOST_WITHDRAWN);
  if (restless) {
    const message = `branch ${restless.branch} moved on before each of ${MOST_WITHDRAWN} commits could land`;
    return failClosed(visit, { reason: 'PushRejected', message }, arrival);
  }
  const note = `Its commit is made again on the present head of the branch, for ticket ${visit.ticket.metadata.name}.`;
  const landing = closed(visit, arrival, { note, which });
  if (landing === undefined) return;
  if (landing.some(({ outcome }) => outcome === 'Shown')) {
    const message = 'a pull request was merged before it could be closed';
    return waitInStation(visit, withShown(arrival, landing), { reason: 'Pushing', message });
  }
  const applications = arrival.applications.map((one): ArrivalApplication => {
    if (one.commit === undefined || one.result === 'Skipped') return one;
    const { commit } = one;
    const rest = without(one, 'commit', 'tree', 'parent', 'via');
    return which(keyOf(one)) || one.result === 'NoChange'
      ? { ...rest, withdrawn: one.result === 'Commit' ? [commit, ...(one.withdrawn ?? [])] : (one.withdrawn ?? []) }
      : one;
  });
  waitInStation(
    visit,
    { ...without(arrival, 'pullRequests'), applications, ...requestsWithout(arrival, which) },
    { reason: 'Rendering', message: 'makes its commits again on the present heads' },
  );
}

/** The pull requests of the other applications. */
const requestsWithout = (
  { pullRequests = [] }: Arrival,
  which: (key: string) => boolean,
): Pick<Arrival, 'pullRequests'> => {
  const left = pullRequests.filter(({ application }) => !which(application));
  return left.length === 0 ? {} : { pullRequests: left };
};

/**
 * Suspends an arrival whose branch is not ours any more; where a person has seen that very head and said resume, the
 * records are withdrawn and our files are put on top in new commits (rule D8).
 */
export function suspendOrResume(
  visit: Visit,
  arrival: Arrival,
  found: Extract<LandedApplication, { outcome: 'Suspended' }>,
): void {
  const { reference, ownership } = found;
  const head = 'head' in ownership ? ownership.head : NO_COMMIT;
  if (resumedHeads(visit.ticket).includes(head)) {
    return withdraw(
      visit,
      without(arrival, 'pushed', 'synced', 'soaking', 'deadline'),
      (key) => key === keyOf(reference),
    );
  }
  waitInStation(visit, arrival, suspension(reference, ownership, visit.ticket), true);
}
