/** What keeps a station shut until a person resumes: a rollback's hold, and a halt (rules E3, G1, G3). */

import type { Station, StationStatus, Stop, Ticket } from '../../../lib/api';
import type { Obstacle } from './obstacle';
import type { Draft } from './plan';
import { without } from '../facts/without';

/** Resumes of the ticket that name no head: those that name heads speak of a branch (rule D8), not of the station. */
const resumesOf = (ticket: Ticket): number =>
  (ticket.spec.resumes ?? []).filter((one) => one.uid === ticket.metadata.uid && one.heads === undefined).length;

/** The stop that a ticket leaves at a station; what was resumed before does not end it. */
export function stopBy(ticket: Ticket): Stop {
  const spent = resumesOf(ticket);
  const { name, uid } = ticket.metadata;
  return { ticket: name, uid, ...(spent === 0 ? {} : { spent }) };
}

const howToResume = ({ metadata: { name, namespace } }: Station, { ticket, uid }: Stop): string =>
  `To go on: k8sta resume station/${name} --namespace ${namespace}, or add {uid: ${uid}, by: <you>} to spec.resumes of ticket ${ticket}`;

/** What shuts the station for every ticket but a rollback. */
export function stopObstacle(station: Station): Obstacle | undefined {
  const { name } = station.metadata;
  const { holdBy, haltBy } = station.status ?? {};
  if (haltBy) {
    return {
      reason: 'Halted',
      message: `station ${name} is halted since ${haltBy.ticket} failed there. ${howToResume(station, haltBy)}`,
    };
  }
  return (
    holdBy && {
      reason: 'Held',
      message: `station ${name} is held by the rollback ${holdBy.ticket}. ${howToResume(station, holdBy)}`,
    }
  );
}

/** Ends the stops of which a person has said so, and those whose ticket is gone, since nobody could say it any more. */
export function endStops(draft: Draft, station: Station): void {
  const status: StationStatus = station.status ?? {};
  for (const field of ['holdBy', 'haltBy'] as const) {
    const stop = status[field];
    if (stop === undefined) continue;
    const ticket = draft.snapshot.facts.ticket(stop.uid);
    if (ticket === undefined) draft.writeStation(station, without(status, field), stop);
    else if (resumesOf(ticket) > (stop.spent ?? 0)) draft.writeStation(station, without(status, field));
  }
}
