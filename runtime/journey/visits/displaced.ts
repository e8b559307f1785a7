/** What tickets left behind that a rollback took the station from (rules D8, G3). */

import type { ArrivalApplication, Station, Ticket } from '../../../lib/api';
import { goesByRequest } from './request';
import type { Facts } from '../facts/snapshot';
import { isSame, type Named } from '../facts/state';

const NONE: readonly never[] = [];

/** The tickets that the station's occupant has taken it from, as far as they are there. */
export const displacedAt = (facts: Facts, station: Station): readonly (Ticket | undefined)[] =>
  station.status?.occupant?.displaced?.map(({ uid }) => facts.ticket(uid)) ?? NONE;

/** What such a ticket has on record for an application of the station. */
function recordedAt(ticket: Ticket | undefined, station: Station, application: Named): ArrivalApplication[] {
  const arrival = ticket?.status?.arrival;
  if (arrival?.stationUid !== station.metadata.uid) return [];
  return arrival.applications.filter((one) => isSame(one, application));
}

const listed = (one: ArrivalApplication): string[] => [
  ...(one.commit === undefined || one.result !== 'Commit' ? [] : [one.commit]),
  ...(one.withdrawn ?? []),
];

/** Every SHA that they list for an application: each counts as a recorded head. */
export function displacedShas(facts: Facts, station: Station, application: Named): readonly string[] {
  const displaced = displacedAt(facts, station);
  if (displaced.length === 0) return NONE;
  return [...new Set(displaced.flatMap((ticket) => recordedAt(ticket, station, application).flatMap(listed)))];
}

/** Whether one of them may have a push under way that has no answer; of a ticket that is gone nobody knows. */
export const mayHavePushUnderWay = (facts: Facts, station: Station, application: Named): boolean =>
  displacedAt(facts, station).some(
    (ticket) =>
      ticket === undefined ||
      (ticket.status?.arrival?.pushed === undefined &&
        recordedAt(ticket, station, application).some(
          (one) => one.shown !== true && !goesByRequest(one) && listed(one).length > 0,
        )),
  );
