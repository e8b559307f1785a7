/** Whose turn it is at a station, and what keeps each of those who stand before it (rules C1, C2, C5, C7). */

import { parseDuration, type Station, type StationStatus, type Ticket, type Track } from '../../../lib/api';
import { failedChild } from '../gates/completed';
import { containment } from './containment';
import { couplingOf } from './coupling';
import { fail, goOn } from '../visits/ending';
import { followObstacle } from './express';
import { entryObstacle } from '../gates/entry';
import { childrenAt, makeChildren } from '../visits/junction';
import { trackObstacle, waitingFor, type Obstacle } from '../plan/obstacle';
import type { Draft } from '../plan/plan';
import type { Stop } from '../visits/prepare-job';
import { Outlooks, type Outlook } from '../gates/preview';
import { orderOf } from '../facts/ride';
import type { Facts, Line, StationSnapshot } from '../facts/snapshot';
import { stand, standsBefore, turnObstacle } from '../visits/standing';
import { stopObstacle } from '../plan/stop';

/** A ticket that is first of its track before the station, or that visits it alone. */
export interface Candidate {
  readonly line: Line | undefined;
  readonly ticket: Ticket;
}

/** The track that the ticket rides, or for which an express ticket was made. */
const trackOf = (facts: Facts, { line, ticket }: Candidate): Track | undefined => {
  const uid = ticket.spec.origin?.track;
  return line?.track ?? (uid === undefined ? undefined : facts.trackOf(uid));
};

/** What people, or an earlier failure, have shut. */
function held(facts: Facts, candidate: Candidate, station: Station): Obstacle | undefined {
  const { ticket } = candidate;
  const { name } = station.metadata;
  const track = trackOf(facts, candidate);
  const shut = track && trackObstacle(track);
  if (shut) return shut;
  if (ticket.spec.hold) return { reason: 'Held', message: 'the ticket is held: set spec.hold to false to go on' };
  if (station.spec.hold) return { reason: 'Held', message: `station ${name} is held: set spec.hold to false to go on` };
  return stopObstacle(station);
}

/** Why the station may not drive one of its Applications (rule G5); nothing is taken for what cannot be written. */
export function preconditionObstacle(facts: Facts, station: Station): Obstacle | undefined {
  for (const reference of station.spec.applications) {
    if (!reference.enabled) continue;
    const precondition = facts.precondition(station, reference);
    if (!precondition.ok) return { reason: precondition.reason, message: precondition.message };
  }
  return undefined;
}

/** Tickets that are first of their track before the station, and express tickets, the one that has stood longest first (rule C1). */
function candidatesOf({ lines, single, station, facts }: StationSnapshot): Candidate[] {
  const { name } = station.metadata;
  const candidates: Candidate[] = [];
  for (const line of lines) {
    const order = orderOf(line);
    const first = order.firstBefore(name);
    if (first === undefined || first.spec.abort || order.aheadOf(first) || !standsBefore(first, name)) continue;
    if (facts.seat(first.metadata.uid) === undefined) candidates.push({ line, ticket: first });
  }
  for (const ticket of single) {
    const stands =
      ticket.spec.express !== undefined && ticket.status?.boarded !== undefined && standsBefore(ticket, name);
    if (stands && !ticket.spec.abort && facts.seat(ticket.metadata.uid) === undefined) {
      candidates.push({ line: undefined, ticket });
    }
  }
  const since = ({ ticket }: Candidate): string => ticket.status?.standingSince ?? '';
  return candidates.sort(
    (one, other) =>
      since(one).localeCompare(since(other), 'en') || (one.ticket.metadata.name < other.ticket.metadata.name ? -1 : 1),
  );
}

/** Candidates that neither take another ticket along now nor are taken along (rule C4). */
export function turnsAt(snapshot: StationSnapshot): readonly Candidate[] {
  const coupling = couplingOf(snapshot);
  return candidatesOf(snapshot).filter(({ ticket }) => !coupling.has(ticket.metadata.uid));
}

/**
 * Who takes the station in the very write that frees it: its turn has come, and nothing is left to be asked. Everybody
 * else is decided for once that write is seen.
 *
 * @param turns whose turn it may be
 * @param free the station as that write leaves it
 */
export function nextInto(
  draft: Draft,
  snapshot: StationSnapshot,
  turns: readonly Candidate[],
  free: Station,
): Ticket | undefined {
  const { enabled, entry } = free.spec;
  const { holdBy, haltBy } = free.status ?? {};
  // What an approval holds for is worked out on what the station shows, and a rollback takes it before anybody.
  if (!enabled || entry?.approval || holdBy || haltBy || snapshot.single.some(({ spec }) => spec.rollback)) return;
  const then: StationSnapshot = { ...snapshot, station: free };
  return turns.find(
    (candidate) =>
      candidate.line !== undefined &&
      containment(draft, candidate.ticket, free) === undefined &&
      obstacleBefore(then, candidate, undefined, {}) === undefined,
  )?.ticket;
}

/** The station's status with the ticket in it (rule D1). */
export const takenBy = (draft: Draft, ticket: Ticket, status: StationStatus | undefined): StationStatus => ({
  ...status,
  occupant: { ticket: ticket.metadata.name, uid: ticket.metadata.uid, start: wholeSecond(draft) },
});

/**
 * Decides for every ticket that is first of its track before the station, and lets the next one take it.
 *
 * @param turns whose turn it may be
 * @param taking who takes it already, in the write that frees it
 * @returns the one that takes it now
 */
export function decideTurn(
  draft: Draft,
  snapshot: StationSnapshot,
  turns: readonly Candidate[],
  taking?: Ticket,
): Ticket | undefined {
  const candidates = turns.filter(({ ticket }) => ticket !== taking);
  // Nobody stands there, and nobody behind them has to be shown what it would change.
  if (candidates.length === 0 && snapshot.station.spec.entry?.approval === undefined) return taking;
  return decideCandidates(draft, snapshot, candidates, taking);
}

/** @returns the one that takes the station now */
function decideCandidates(
  draft: Draft,
  snapshot: StationSnapshot,
  candidates: readonly Candidate[],
  taking: Ticket | undefined,
): Ticket | undefined {
  const { station } = snapshot;
  // Who only waits for a station that this very plan writes is decided once that is seen: most take it then.
  const changing = draft.writes(station.metadata.uid);
  let taken = station.status?.occupant !== undefined;
  let next = taking;
  const outlooks = new Outlooks(draft, snapshot);
  outlooks.showOthers(new Set(candidates.map(({ ticket }) => ticket.metadata.uid)));
  for (const candidate of candidates) {
    const { line, ticket } = candidate;
    const passing = passes(draft, candidate, station);
    if (passing === 'Handled') continue;
    const following = passing ?? (line === undefined ? followObstacle(draft, ticket, station) : undefined);
    if (following === 'Unknown') continue;
    const outlook = following === undefined ? outlooks.of(line, ticket) : {};
    const obstacle =
      obstacleBefore(snapshot, candidate, following, outlook) ??
      (changing ? 'Unknown' : taken ? turnObstacle(station.metadata.name) : 'None');
    if (obstacle === 'None') {
      if (outlook.entry) draft.writeTicket(ticket, { ...ticket.status, entry: outlook.entry });
      draft.writeStation(station, takenBy(draft, ticket, station.status));
      taken = true;
      next = ticket;
    } else if (obstacle !== 'Unknown' && !fails(draft, { snapshot, ...candidate, station }, obstacle, outlook)) {
      stand(draft, ticket, station.metadata.name, obstacle, outlook.entry);
    }
  }
  return next;
}

/** What keeps a ticket from taking the station, its turn left aside; unknown while its trees are worked out. */
function obstacleBefore(
  snapshot: StationSnapshot,
  candidate: Candidate,
  following: Obstacle | undefined,
  { entry: shownNow, pending, obstacle }: Outlook,
): Obstacle | 'Unknown' | undefined {
  const { station } = snapshot;
  const { line, ticket } = candidate;
  const shut = held(snapshot.facts, candidate, station) ?? following ?? obstacle;
  if (shut) return shut;
  if (pending) return 'Unknown';
  const shown = shownNow === undefined ? ticket : { ...ticket, status: { ...ticket.status, entry: shownNow } };
  return entryObstacle({ snapshot, line, ticket: shown, station }) ?? preconditionObstacle(snapshot.facts, station);
}

/** What ends a ticket before it arrives: a child that failed, a change that cannot be rendered, an Application that stays missing. */
function fails(draft: Draft, stop: Stop, obstacle: Obstacle, outlook: Outlook): boolean {
  const { ticket, station } = stop;
  const held = obstacle.reason === 'Held' || obstacle.reason === 'Halted';
  const failure = held ? undefined : (failedChild(stop) ?? outlook.failure);
  if (failure === undefined) return failsForMissing(draft, ticket, station, obstacle);
  fail(draft, ticket, station.metadata.name, failure);
  return true;
}

/**
 * A visit that needs no arrival: the station is disabled, or has the change already (rules C5, C7).
 *
 * @returns whether all is done for now, or what keeps anybody from knowing
 */
function passes(draft: Draft, candidate: Candidate, station: Station): 'Handled' | Obstacle | undefined {
  const { line, ticket } = candidate;
  const { facts } = draft.snapshot;
  const track = trackOf(facts, candidate);
  if (track && trackObstacle(track)) return undefined;
  const { name } = station.metadata;
  const departed = draft.time;
  if (!station.spec.enabled) {
    goOn(draft, line, ticket, { station: name, departed, result: 'Skipped', reason: 'StationDisabled' });
    return 'Handled';
  }
  const found = containment(draft, ticket, station);
  if (found === 'Unknown') return 'Handled';
  if (found === undefined || 'reason' in found) return found;
  const children = line === undefined ? [] : childrenAt(facts, line, ticket, station);
  if (makeChildren(draft, ticket, line?.track.metadata.uid ?? '', station, children) === undefined) return 'Handled';
  goOn(draft, line, ticket, {
    station: name,
    departed,
    result: 'AlreadyContained',
    message: found.contained,
    ...(found.skipped.length > 0 && { skipped: found.skipped }),
    ...(children.length > 0 && { children }),
  });
  return 'Handled';
}

/** The date of a commit has no fractions; neither has the start of the arrival that makes it (rule D1). */
export const wholeSecond = ({ time }: Draft): string => `${time.slice(0, 19)}Z`;

/** Rule E2: a missing Application is waited for with a deadline. */
function failsForMissing(draft: Draft, ticket: Ticket, station: Station, obstacle: Obstacle): boolean {
  if (obstacle.reason !== 'ApplicationMissing') return false;
  const { since } = waitingFor(draft, obstacle, ticket, station.metadata.name);
  const until = new Date(Date.parse(since) + parseDuration(station.spec.deadlines.missing));
  draft.wake(until);
  if (until > draft.now) return false;
  fail(draft, ticket, station.metadata.name, { reason: 'ApplicationMissing', message: obstacle.message });
  return true;
}
