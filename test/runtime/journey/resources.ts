/** A ticket and a station as decisions see them, where little more matters than their status. */

import { API_VERSION, type Station, type Ticket } from '../../../lib/api';
import { STATION_DEFAULTS } from '../../lib/api/defaults';

const metadataOf = (name: string) => ({ name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' });

/** `main-1`, which rides the track `main`. */
export const ticketWith = (status: Ticket['status'], change: Ticket['spec']['change'] = {}): Ticket => ({
  apiVersion: API_VERSION,
  kind: 'Ticket',
  metadata: metadataOf('main-1'),
  spec: { track: 'main', change, hold: false, abort: false },
  ...(status && { status }),
});

/** `test`. */
export const stationWith = (
  status: Station['status'],
  applications: Station['spec']['applications'] = [],
): Station => ({
  apiVersion: API_VERSION,
  kind: 'Station',
  metadata: metadataOf('test'),
  spec: {
    ...STATION_DEFAULTS,
    applications,
    junctions: [],
  },
  ...(status && { status }),
});
