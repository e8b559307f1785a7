/** An arrival whose one commit is on record and not pushed yet: ticket, station, and the job that pushes it. */

import type { Station, Ticket } from '../../../lib/api';
import type { LandJob } from '../../../runtime/journey';

export const START = '2030-01-01T00:00:00Z';
const meta = (name: string) => ({ name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' });

export function recordedArrival(repoURL: string, commit: string): { ticket: Ticket; station: Station; job: LandJob } {
  const identity = { name: 'web', namespace: 'argocd' };
  const reference = {
    ...identity,
    enabled: true,
    repoURL,
    sourceBranch: 'main',
    folder: '',
    overlay: 'env/test',
    branch: 'env/test',
    layout: 'Files',
    adopt: false,
  } as const;
  const ticket: Ticket = {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Ticket',
    metadata: meta('main-1'),
    spec: { track: 'main', change: {}, hold: false, abort: false },
    status: {
      phase: 'Arriving',
      arrival: {
        station: 'test',
        stationUid: 'uid-test',
        start: START,
        applications: [{ ...identity, repoURL, branch: 'env/test', commit, result: 'Commit' }],
      },
    },
  };
  const station: Station = {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Station',
    metadata: meta('test'),
    spec: {
      enabled: true,
      hold: false,
      via: 'Push',
      deadlines: { arrival: '30m', degraded: '1m', missing: '10m' },
      applications: [reference],
      junctions: [],
    },
    status: { occupant: { ticket: 'main-1', uid: 'uid-main-1', start: START } },
  };
  const job: LandJob = {
    kind: 'land',
    key: 'the push',
    namespace: 'shop',
    station: 'test',
    stationUid: 'uid-test',
    ticket: 'main-1',
    ticketUid: 'uid-main-1',
    start: START,
    seen: '',
    commits: [{ reference, branch: 'env/test', commit, listed: [commit], push: true }],
  };

  return { ticket, station, job };
}
