/** The exit gates of an arrival whose Applications are all synced and healthy (rules F5, F6). */

import { parseDuration, type Arrival } from '../../../lib/api';
import { analysisGate, runsOf } from './analysis';
import { complete } from '../visits/ending';
import type { Obstacle } from '../plan/obstacle';
import { waitInStation, type Visit } from './visit';
import { without } from '../facts/without';

/** The soak, from the moment since which nothing has broken it. */
function soakObstacle({ draft, ticket, station }: Visit, { soaking }: Arrival): Obstacle | undefined {
  // What was good has held its exit gates once (rule G3).
  const soak = ticket.spec.rollback ? undefined : station.spec.exit?.soak;
  if (soak === undefined || soaking === undefined) return undefined;
  const until = new Date(Date.parse(soaking) + parseDuration(soak));
  if (draft.isPast(until)) return undefined;
  return { reason: 'Soak', until, message: `soaks for ${soak}; it departs then if it is still healthy` };
}

/** What the exit gates have to know of the arrival: since when they are held, and which runs are made for it. */
function heldFrom(visit: Visit, arrival: Arrival): Arrival {
  const now = visit.draft.time;
  const analyses = runsOf(visit, arrival).map((run) => run.name);
  return {
    ...without(arrival, 'deadline', 'analyses'),
    synced: arrival.synced ?? now,
    ...(visit.station.spec.exit?.soak !== undefined && { soaking: arrival.soaking ?? now }),
    ...(analyses.length > 0 && { analyses }),
  };
}

/**
 * Lets the ticket depart when every exit gate is open at once, or says which is not. Soak and analyses are held side by
 * side, from the same moment on.
 */
export function holdExitGates(visit: Visit, arrival: Arrival): void {
  const { soak: wanted, analyses = [] } = visit.station.spec.exit ?? {};
  if (wanted === undefined && analyses.length === 0) return complete(visit, arrival, '');
  const held = heldFrom(visit, arrival);
  const soak = soakObstacle(visit, held);
  const analysis = analysisGate(visit, held);
  visit.draft.wake(soak?.until);
  if (analysis.suspended && analysis.obstacle) return waitInStation(visit, held, analysis.obstacle, true);
  const shut = soak ?? analysis.obstacle;
  if (shut) return waitInStation(visit, held, shut);
  complete(visit, arrival, analysis.taken.join('; '));
}
