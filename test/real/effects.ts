/** The numbered effects of an arrival, as a crossing sees them pass. */

import type { Station, Ticket } from '../../lib/api';
import type { Crossing, Passage } from './crossing';

/** What an arrival does to the world, in its order; the architecture's page numbers them alike. */
export const EFFECTS = ['take', 'record', 'push', 'refresh', 'shown', 'result', 'free'] as const;
export type Effect = (typeof EFFECTS)[number];

/** Which effect a request is, for an arrival at this station. Bodies are the runtime's own, and the server has taken them. */
function effectOf({ method, path, body }: Passage, station: string): Effect | undefined {
  if (method === 'POST') return path.endsWith('/git-receive-pack') ? 'push' : undefined;
  if (method === 'PATCH') return path.includes('/applications/') ? 'refresh' : undefined;
  if (method !== 'PUT') return undefined;
  if (path.includes('/tickets/')) return recordOf(body as Ticket, station);
  if (!path.includes(`/stations/${station}/status`)) return undefined;
  return (body as Station).status?.occupant === undefined ? 'free' : 'take';
}

function recordOf({ status }: Ticket, station: string): Effect | undefined {
  if ((status?.stamps ?? []).some((stamp) => stamp.station === station)) return 'result';
  if (status?.arrival?.station !== station) return undefined;
  return status.arrival.pushed === undefined ? 'record' : 'shown';
}

/**
 * Strikes when this effect has happened at this station, before the runtime hears of that.
 *
 * @param strike ends or pauses the runtime
 */
export function strikeAfter(
  crossings: readonly Crossing[],
  [effect, station]: readonly [Effect, string],
  strike: () => Promise<unknown>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let armed = true;
    const late = setTimeout(() => reject(new Error(`no ${effect} at ${station}`)), 120_000);
    const inspect = async (passage: Passage): Promise<void> => {
      if (!armed || effectOf(passage, station) !== effect) return;
      armed = false;
      clearTimeout(late);
      await strike();
      resolve();
    };
    for (const crossing of crossings) crossing.inspect = inspect;
  });
}
