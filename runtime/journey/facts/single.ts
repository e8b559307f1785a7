/** Lines of tickets that have no track: they visit one station alone, or their track is gone. */

import { API_VERSION, type Station, type Track } from '../../../lib/api';
import type { Line } from './snapshot';

/** What stands in for a track where there is none. */
function standIn(kind: 'single' | 'gone', namespace: string, name: string, spec: Partial<Track['spec']>): Track {
  return {
    apiVersion: API_VERSION,
    kind: 'Track',
    metadata: { name, namespace, uid: `${kind} ${namespace}/${name}`, resourceVersion: '0' },
    spec: {
      enabled: false,
      hold: false,
      service: 'Every',
      express: 'Immediate',
      onFailure: 'Continue',
      historyLimit: 0,
      subscriptions: [],
      stations: [],
      ...spec,
    },
  };
}

/** What stands in for a track that is gone: nothing would board, and nothing is on its way. */
export const goneTrack = (namespace: string, name: string): Track => standIn('gone', namespace, name, {});

/** The line of a ticket that visits this station alone: when it has been there, it has arrived at its end. */
export function singleLine({ metadata: { name, namespace } }: Station): Line {
  return { track: standIn('single', namespace, name, { enabled: true, stations: [{ name }] }), tickets: [] };
}
