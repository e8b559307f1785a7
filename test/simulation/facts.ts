/** Facts for a decision that is about one or two of them. */

import type { Facts } from '../../runtime/journey';

/** Nothing stands in the way, and nothing else is known. */
export const nothingKnown: Facts = {
  faults: () => [],
  precondition: () => ({ ok: true }),
  judge: () => ({ outcome: 'Synced', revision: '' }),
  health: () => 'Healthy',
  live: () => undefined,
  ticket: () => undefined,
  ticketsOn: () => [],
  children: () => [],
  track: () => undefined,
  rollbackOf: () => undefined,
  reported: () => '',
  named: () => false,
  singlesAt: () => [],
  trackOf: () => undefined,
  overlays: () => [],
  isRendered: () => false,
  station: () => undefined,
  seat: () => undefined,
  visitors: () => [],
  analysis: () => undefined,
  analysesAt: () => [],
  job: () => undefined,
};
