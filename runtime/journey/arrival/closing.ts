/** Before an arrival ends, its pull requests are closed: nothing of it is merged later (rules D7, D9). */

import type { Arrival, ArrivalApplication, Station, Ticket, TicketReference } from '../../../lib/api';
import { same } from '../facts/canonical';
import { fail, type Failure } from '../visits/ending';
import type { CloseJob, Landing } from '../facts/job';
import { landKey, recordedCommits, withShown } from './land-job';
import { waitingFor } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import { shasOf } from '../visits/prepare-job';
import { mayBeOpen, requestBranch, requestsLeftBy } from '../visits/request';
import type { Facts } from '../facts/snapshot';
import { isSame, keyOf } from '../facts/state';
import { standAgain, waitInStation, type Visit } from './visit';
import { without } from '../facts/without';

interface Closing {
  /** Why, for those who read the pull request. */
  readonly note: string;
  /** @default - every application */
  readonly which?: (key: string) => boolean;
}

/** Whose pull requests are closed. */
interface Owner {
  readonly facts: Facts;
  readonly station: Station;
  readonly ticket: Ticket;
}

function closeJob(owner: Owner, arrival: Arrival, open: readonly ArrivalApplication[], note: string): CloseJob {
  const { station, ticket } = owner;
  const requests = recordedCommits(owner, arrival)
    .filter(({ reference }) => open.some((one) => isSame(one, reference)))
    .map((commit) => ({
      reference: commit.reference,
      branch: requestBranch(station, commit.reference, ticket.metadata.uid),
      commit,
    }));
  return {
    kind: 'close',
    key: [ticket.metadata.uid, arrival.start, ...requests.map(({ commit }) => commit.commit)].join('/'),
    namespace: station.metadata.namespace,
    station: station.metadata.name,
    ticket: ticket.metadata.name,
    note,
    requests,
  };
}

/**
 * Closes what may be open of an arrival; says what is waited for.
 *
 * @returns where the commits stand then, or `undefined` while that is not known
 */
export function closed(visit: Visit, arrival: Arrival, { note, which = () => true }: Closing): Landing | undefined {
  const { draft, station, ticket } = visit;
  const open = arrival.applications.filter((one) => mayBeOpen(one) && which(keyOf(one)));
  if (open.length === 0) return [];
  const { facts } = draft.snapshot;
  // A look that is under way may be about to open or merge one.
  const looking = draft.peek('land', landKey(visit, arrival));
  if (looking?.state === 'Running' || (looking?.state === 'Done' && looking.again)) return undefined;
  const fact = draft.ask(closeJob({ facts, station, ticket }, arrival, open, note));
  if (fact?.state === 'Failed') {
    waitInStation(visit, arrival, { reason: fact.reason, message: `closes its pull requests: ${fact.message}` });
  }
  return fact?.state === 'Done' ? fact.result : undefined;
}

/** The arrival once its pull requests are closed. */
export const withoutRequests = (arrival: Arrival, landing: Landing): Arrival =>
  without(withShown(arrival, landing), 'pullRequests');

/** Fails an arrival, once nothing of it can be merged any more. */
export function failClosed(visit: Visit, failure: Failure, arrival: Arrival): void {
  const { draft, ticket, station } = visit;
  const { name } = station.metadata;
  const note = `Ticket ${ticket.metadata.name} failed at station ${name}: ${failure.reason}.`;
  const landing = closed(visit, arrival, { note });
  if (landing !== undefined) fail(draft, ticket, name, failure, withoutRequests(arrival, landing));
}

/** Frees the station with nothing merged: the ticket stands again (rule F4). What was merged meanwhile is recorded, and stays. */
export function standAgainClosed(visit: Visit, arrival: Arrival | undefined): void {
  if (arrival === undefined) return standAgain(visit);
  const { ticket, station } = visit;
  const note = `Ticket ${ticket.metadata.name} stands before station ${station.metadata.name} again.`;
  const landing = closed(visit, arrival, { note });
  if (landing === undefined) return;
  if (!landing.some(({ outcome }) => outcome === 'Shown')) return standAgain(visit);
  const message = 'a pull request was merged before it could be closed';
  waitInStation(visit, withoutRequests(arrival, landing), { reason: 'Pushing', message });
}

/** Whether the pull requests of a ticket are closed from which a rollback took the station, and on record (rule G3). */
export function closedOfDisplaced(visit: Visit, other: Ticket): boolean {
  const { draft, station, ticket } = visit;
  const arrival = other.status?.arrival;
  if (arrival?.stationUid !== station.metadata.uid) return true;
  const open = arrival.applications.filter(mayBeOpen);
  if (open.length === 0) return true;
  const { facts } = draft.snapshot;
  const note = `The rollback ${ticket.metadata.name} took station ${station.metadata.name} from ticket ${other.metadata.name}.`;
  const fact = draft.ask(closeJob({ facts, station, ticket: other }, arrival, open, note));
  if (fact?.state === 'Failed') {
    const message = `closes the pull requests of ${other.metadata.name}: ${fact.message}`;
    waitInStation(visit, undefined, { reason: fact.reason, message });
  }
  if (fact?.state !== 'Done') return false;
  const after = withoutRequests(arrival, fact.result);
  if (same(after, arrival)) return true;
  draft.writeTicket(other, { ...other.status, arrival: after });
  return false;
}

/**
 * Whether nothing can be merged any more of an arrival whose station somebody has deleted, or made anew since (rule C3):
 * until then the ticket does not stand.
 */
export function closedOfDeleted(draft: Draft, ticket: Ticket): boolean {
  const { arrival, phase } = ticket.status ?? {};
  if (arrival === undefined || (phase !== 'Arriving' && phase !== 'Suspended')) return true;
  const { namespace, name, uid } = ticket.metadata;
  const place = { namespace, name: arrival.station };
  const open = arrival.applications.filter(mayBeOpen);
  if (open.length === 0 || draft.snapshot.facts.station(place)?.metadata.uid === arrival.stationUid) return true;
  const fact = draft.ask({
    kind: 'close',
    key: [uid, arrival.start, 'deleted', ...open.map(({ commit }) => commit)].join('/'),
    namespace,
    station: arrival.station,
    ticket: name,
    ifOutside: { ticket: name, uid },
    note: `Station ${arrival.station} was deleted: ticket ${name} stands before it again.`,
    requests: open.map((one) => ({
      reference: { repoURL: one.repoURL ?? '', branch: one.branch ?? '' },
      branch: requestBranch({ metadata: place }, one, uid),
      listed: shasOf(one),
    })),
  });
  if (fact?.state === 'Failed') {
    const obstacle = { reason: fact.reason, message: `closes its pull requests: ${fact.message}` };
    const waiting = waitingFor(draft, obstacle, ticket, arrival.station);
    draft.writeTicket(ticket, { ...ticket.status, waiting });
  }
  return fact?.state === 'Done';
}

/** Whether what a ticket may have left open that is gone has been closed, or could not be: its station is not kept for it. */
export function closedOfGone(draft: Draft, station: Station, occupant: TicketReference): boolean {
  if (station.spec.via !== 'PullRequest') return true;
  const fact = draft.ask({
    kind: 'close',
    key: `${occupant.uid}/gone`,
    namespace: station.metadata.namespace,
    station: station.metadata.name,
    ticket: occupant.ticket,
    ifGone: occupant,
    note: `Ticket ${occupant.ticket} was deleted.`,
    requests: requestsLeftBy(station, occupant.uid),
  });
  return fact?.state === 'Done' || fact?.state === 'Failed';
}
