/** A ticket that stands before a station: whether it may take it, and whose turn it is (rules C1, C2, C5, C7). */

import { parseDuration, type Stamp, type Station, type Ticket } from '../../lib/api';
import { isContained, recordOf } from './state';
import { entryObstacle } from './gates';
import { trackObstacle, waitingFor, type Obstacle } from './obstacle';
import type { Draft } from './plan';
import { changeOf, rootOf } from './cargo';
import { fail, goOn } from './ending';
import { remainingWay, ridingInOrder, sequenceOf } from './ride';
import type { Line, Snapshot } from './snapshot';

/** What people, or an earlier failure, have shut. */
function held(line: Line, ticket: Ticket, station: Station): Obstacle | undefined {
  const name = station.metadata.name;
  const shut = trackObstacle(line.track);
  if (shut) return shut;
  if (ticket.spec.hold) return { reason: 'Held', message: 'the ticket is held: set spec.hold to false to go on' };
  if (station.spec.hold) return { reason: 'Held', message: `station ${name} is held: set spec.hold to false to go on` };
  const { holdBy, haltBy } = station.status ?? {};
  if (holdBy) return { reason: 'Held', message: `station ${name} is held by the rollback ${holdBy.ticket}` };
  if (haltBy) return { reason: 'Halted', message: `station ${name} is halted since ${haltBy.ticket} failed there` };
  return undefined;
}

/** Rule C2: an older ticket of the track still has the station before it, or in it. */
function overtaking(line: Line, ticket: Ticket, station: Station): Obstacle | undefined {
  const older = ridingInOrder(line).find(
    (other) =>
      sequenceOf(other) < sequenceOf(ticket) && remainingWay(line.track, other.status).includes(station.metadata.name),
  );
  return older === undefined
    ? undefined
    : {
        reason: 'OlderTicket',
        message: `waits for ${older.metadata.name}, which boarded before it, to pass ${station.metadata.name}`,
      };
}

/** Why the station may not drive one of its Applications (rule G5); nothing is taken for what cannot be written. */
export function preconditionObstacle(snapshot: Snapshot, station: Station): Obstacle | undefined {
  for (const reference of station.spec.applications.filter((application) => application.enabled)) {
    const precondition = snapshot.facts.precondition(station, reference);
    if (!precondition.ok) return { reason: precondition.reason, message: precondition.message };
  }
  return undefined;
}

/** What keeps the ticket from taking the station, occupant and turn left aside. */
function obstacleBefore(snapshot: Snapshot, line: Line, ticket: Ticket, station: Station): Obstacle | undefined {
  return (
    held(line, ticket, station) ??
    overtaking(line, ticket, station) ??
    entryObstacle({ snapshot, line, ticket, station }) ??
    preconditionObstacle(snapshot, station)
  );
}

/** Rule C1: the longest-standing ticket that may arrive, of all tracks that meet at the station. */
function nextOf(snapshot: Snapshot, station: Station): { line: Line; ticket: Ticket } | undefined {
  const name = station.metadata.name;
  const waiting = [snapshot, ...snapshot.neighbours].flatMap((line: Line) =>
    ridingInOrder(line)
      .filter((ticket) => remainingWay(line.track, ticket.status)[0] === name && ticket.status?.station === name)
      .map((ticket) => ({ line, ticket })),
  );
  const since = ({ ticket }: { ticket: Ticket }): string => ticket.status?.standingSince ?? '';
  waiting.sort(
    (one, other) =>
      since(one).localeCompare(since(other), 'en') || (one.ticket.metadata.name < other.ticket.metadata.name ? -1 : 1),
  );
  return waiting.find(({ line, ticket }) => obstacleBefore(snapshot, line, ticket, station) === undefined);
}

/** Rule C5: every application that the change concerns has it in its good state, with its gates held. */
function containsAll(station: Station, ticket: Ticket): boolean {
  const enabled = station.spec.applications.filter((application) => application.enabled);
  return (
    enabled.length > 0 &&
    enabled.every((reference) => {
      const good = recordOf(station, reference).good;
      return (
        good !== undefined && !good.recovered && isContained(good.state, changeOf(ticket), rootOf(ticket), reference)
      );
    })
  );
}

/** Writes a visit that needed no arrival, and lets the ticket go on. */
function pass(draft: Draft, line: Line, ticket: Ticket, stamp: Omit<Stamp, 'departed'>): void {
  goOn(draft, line, ticket, { ...stamp, departed: draft.now.toISOString() });
}

/** Puts the ticket before a station with what it waits for. */
function stand(draft: Draft, ticket: Ticket, station: string, obstacle: Obstacle): void {
  const status = ticket.status ?? {};
  draft.wake(obstacle.until);
  draft.writeTicket(ticket, {
    ...status,
    phase: 'Standing',
    station,
    standingSince: status.station === station && status.standingSince ? status.standingSince : draft.now.toISOString(),
    waiting: waitingFor(draft, obstacle, ticket, station),
  });
}

/** Decides for a ticket that no station names. */
export function decideStanding(draft: Draft, line: Line, ticket: Ticket): void {
  const { snapshot, now } = draft;
  const name = remainingWay(line.track, ticket.status)[0];
  if (name === undefined) return goOn(draft, line, ticket);
  const station = snapshot.stations.get(name);
  if (station === undefined) {
    return stand(draft, ticket, name, {
      reason: 'StationMissing',
      message: `waits for station ${name}, which does not exist: apply it, or take it off the track`,
    });
  }
  const shut = trackObstacle(line.track);
  if (shut) return stand(draft, ticket, name, shut);
  if (!station.spec.enabled)
    return pass(draft, line, ticket, { station: name, result: 'Skipped', reason: 'StationDisabled' });

  const turn = overtaking(line, ticket, station);
  if (turn === undefined && containsAll(station, ticket)) {
    return pass(draft, line, ticket, {
      station: name,
      result: 'AlreadyContained',
      message: 'The good state of the station has all of the change, and has held its gates for it.',
    });
  }
  const obstacle = obstacleBefore(snapshot, line, ticket, station) ?? busy(snapshot, ticket, station);
  if (obstacle) {
    if (!failsForMissing(draft, ticket, station, obstacle)) stand(draft, ticket, name, obstacle);
    return;
  }
  if (draft.writes(station.metadata.uid)) return;
  draft.writeStation(station, {
    ...station.status,
    occupant: { ticket: ticket.metadata.name, uid: ticket.metadata.uid, start: wholeSecond(now) },
  });
}

/** Somebody else is in the station, or has stood before it longer (rule C1). */
function busy(snapshot: Snapshot, ticket: Ticket, station: Station): Obstacle | undefined {
  const { name } = station.metadata;
  const occupant = station.status?.occupant;
  if (occupant !== undefined)
    return { reason: 'StationOccupied', message: `waits for ${occupant.ticket} to leave ${name}` };
  // Its place in the turn counts from the write that says where it stands.
  if (ticket.status?.station !== name || ticket.status.phase !== 'Standing') {
    return { reason: 'StationOccupied', message: `waits for its turn at ${name}` };
  }
  const first = nextOf(snapshot, station)?.ticket.metadata;
  return first === undefined || first.uid === ticket.metadata.uid
    ? undefined
    : { reason: 'StationOccupied', message: `waits for its turn at ${name}: ${first.name} has stood there longer` };
}

/** The date of a commit has no fractions; neither has the start of the arrival that makes it (rule D1). */
const wholeSecond = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

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
