/** Tickets that visit one station alone. They ride no track; the one station is all of their line. */

import { API_VERSION, type Station } from '../../../lib/api';
import type { Line } from './snapshot';

/** The line of a ticket that visits this station alone: when it has been there, it has arrived at its end. */
export function singleLine(station: Station): Line {
  const { name, namespace } = station.metadata;
  return {
    track: {
      apiVersion: API_VERSION,
      kind: 'Track',
      metadata: { name, namespace, uid: `single ${namespace}/${name}`, resourceVersion: '0' },
      spec: {
        enabled: true,
        hold: false,
        service: 'Every',
        express: 'Immediate',
        onFailure: 'Continue',
        historyLimit: 0,
        subscriptions: [],
        stations: [{ name }],
      },
    },
    tickets: [],
  };
}
