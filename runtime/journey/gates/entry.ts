/** Entry gates: what a ticket waits for before it may arrive (rules F1, F4). */

import type { Station } from '../../../lib/api';
import { approvalObstacle } from '../visits/approval';
import { completedObstacle } from './completed';
import { once } from '../facts/once';
import type { Obstacle } from '../plan/obstacle';
import type { Stop } from '../visits/prepare-job';
import { windowObstacle } from './window';

/** The first entry gate of the station that is shut for the ticket, if any. */
export function entryObstacle(stop: Stop): Obstacle | undefined {
  const { station, ticket, snapshot } = stop;
  const entry = station.spec.entry;
  return (
    completedObstacle(stop) ?? approvalObstacle(ticket, station) ?? windowObstacle(entry?.windows ?? [], snapshot.now)
  );
}

const gatesOf = once(({ entry, exit }: Station['spec']): string =>
  [
    ...(entry?.approval ? ['approval'] : []),
    ...(entry?.windows?.length ? ['window'] : []),
    ...(entry?.completed ? ['completed'] : []),
    ...(exit?.soak ? [`soak ${exit.soak}`] : []),
    ...(exit?.analyses ?? []).map((analysis) => `analysis ${analysis.template}`),
  ].join(', '),
);

/** The gates of a station in a line, for the column of that name. */
export const describeGates = ({ spec }: Station): string => gatesOf(spec);
