import type { Station, Ticket } from '../../../../lib/api';
import { land } from '../../../../runtime/dispatch/arrivals/land';
import type { Records } from '../../../../runtime/dispatch/caches/records';
import { createForges } from '../../../../runtime/forge';
import { order, World } from '../../git/world';
import { recordedArrival } from '../../journey/recorded-arrival';

/** No forge is on the way of a push. */
const forges = createForges({ credentials: async () => undefined });
let world: World;
let repositories = 0;

beforeAll(async () => {
  world = await World.start();
}, 30_000);

afterAll(() => world.stop(), 30_000);

/** A commit on record, its bytes at hand, and the records as the server has them. */
async function recorded() {
  repositories += 1;
  const repoURL = await world.repository(`land-${repositories}.git`);
  const git = world.git();
  const { commit } = await git.commit(repoURL, order({ 'app.yaml': 'kind: ConfigMap\n' }));
  const { ticket, station, job } = recordedArrival(repoURL, commit);
  const head = (): string | undefined => world.head(repoURL, 'env/test');
  const push = (present: { ticket?: Ticket; station?: Station }, now = (): Date => new Date()) => {
    const records: Records = { ticket: async () => present.ticket, station: async () => present.station };
    return land({ git, forges, records, now }, job, new AbortController().signal);
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
