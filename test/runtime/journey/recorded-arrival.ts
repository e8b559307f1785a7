/** An arrival whose one commit is on record and not pushed yet: ticket, station, and the job that pushes it. */

import type { Station, Ticket } from '../../../lib/api';
import type { LandJob } from '../../../runtime/journey';
import { stationWith, ticketWith } from './resources';

export const START = '2030-01-01T00:00:00Z';

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
  const ticket = ticketWith({
    phase: 'Arriving',
    arrival: {
      station: 'test',
      stationUid: 'uid-test',
      start: START,
      applications: [{ ...identity, repoURL, branch: 'env/test', commit, result: 'Commit' }],
    },
  });
  const station = stationWith({ occupant: { ticket: 'main-1', uid: 'uid-main-1', start: START } }, [reference]);
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
