import type { Station, Ticket } from '../../../lib/api';
import { isOnRecord, type LandJob } from '../../../runtime/journey';

const START = '2030-01-01T00:00:00Z';
const COMMIT = 'c'.repeat(40);
const meta = (name: string) => ({ name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' });
const identity = { name: 'web', namespace: 'argocd' };
const reference = {
  ...identity,
  enabled: true,
  repoURL: 'https://git.example.com/shop.git',
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
      applications: [{ ...identity, branch: 'env/test', commit: COMMIT, result: 'Commit' }],
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
  commits: [{ reference, branch: 'env/test', commit: COMMIT, listed: [COMMIT], push: true }],
};

describe('D5: nothing is pushed that is not on record', () => {
  test('a push goes out while ticket and station ask for it', () => {
    expect(isOnRecord(job, ticket, station)).toBe(true);
  });

  const occupied = (occupant: Partial<NonNullable<NonNullable<Station['status']>['occupant']>>): Station => ({
    ...station,
    status: { occupant: { ticket: 'main-1', uid: 'uid-main-1', start: START, ...occupant } },
  });

  test.each<[string, Ticket | undefined, Station | undefined]>([
    ['the ticket is gone', undefined, station],
    ['the ticket was made anew', { ...ticket, metadata: { ...ticket.metadata, uid: 'another' } }, station],
    ['the ticket is aborted', { ...ticket, spec: { ...ticket.spec, abort: true } }, station],
    ['the ticket has ended', { ...ticket, status: { ...ticket.status, phase: 'Failed' } }, station],
    ['the record was withdrawn', { ...ticket, status: { phase: 'Arriving' } }, station],
    ['the station is gone', ticket, undefined],
    ['the station was made anew', ticket, { ...station, metadata: { ...station.metadata, uid: 'another' } }],
    ['the station is free', ticket, { ...station, status: {} }],
    ['another ticket has the station', ticket, occupied({ uid: 'uid-main-2' })],
    ['the ticket has taken the station anew', ticket, occupied({ start: '2030-01-01T00:01:00Z' })],
  ])('no push goes out where %s', (_what, presentTicket, presentStation) => {
    expect(isOnRecord(job, presentTicket, presentStation)).toBe(false);
  });
});
