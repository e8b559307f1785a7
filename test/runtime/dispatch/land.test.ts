import type { Station, Ticket } from '../../../lib/api';
import { land } from '../../../runtime/dispatch/land';
import type { Records } from '../../../runtime/dispatch/records';
import type { LandJob } from '../../../runtime/journey';
import { order, World } from '../git/world';

let world: World;
let repositories = 0;

beforeAll(async () => {
  world = await World.start();
}, 30_000);

afterAll(() => world.stop(), 30_000);

const START = '2030-01-01T00:00:00Z';
const meta = (name: string) => ({ name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' });

/** A commit on record, its bytes at hand, and the records as the server has them. */
async function recorded() {
  repositories += 1;
  const repoURL = await world.repository(`land-${repositories}.git`);
  const git = world.git();
  const { commit } = await git.commit(repoURL, order({ 'app.yaml': 'kind: ConfigMap\n' }));
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
  const head = (): string | undefined => world.head(repoURL, 'env/test');
  const push = (present: { ticket?: Ticket; station?: Station }, now = (): Date => new Date()) => {
    const records: Records = { ticket: async () => present.ticket, station: async () => present.station };
    return land({ git, records, now }, job, new AbortController().signal);
  };
  return { ticket, station, commit, head, push };
}

test('a push goes out while ticket and station ask for it (D5)', async () => {
  const { ticket, station, commit, head, push } = await recorded();
  expect(await push({ ticket, station })).toMatchObject([{ outcome: 'Shown', commit }]);
  expect(head()).toBe(commit);
});

test('nothing is pushed where the cache is behind: the ticket is aborted (D5)', async () => {
  const { ticket, station, head, push } = await recorded();
  const aborted = { ...ticket, spec: { ...ticket.spec, abort: true } };
  await expect(push({ ticket: aborted, station })).rejects.toThrow('decides again');
  expect(head()).toBeUndefined();
});

test('whoever sleeps between the look at the record and the push moves nothing (D5, history e)', async () => {
  const { ticket, station, head, push } = await recorded();
  const fellAsleep = (): Date => new Date(Date.now() - 10_001);
  await expect(push({ ticket, station }, fellAsleep)).rejects.toThrow('did not take the push');
  expect(head()).toBeUndefined();
});
