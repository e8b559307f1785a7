import { LEASES } from '../../../runtime/kube';
import { eventually } from '../../waiting';
import { Candidate } from './candidate';
import type { Scene } from './scene';
import { Yard } from './yard';

let yard: Yard;
let leader: Candidate;
let standby: Candidate;

beforeAll(async () => {
  yard = await Yard.open({ started: false });
  const one = new Candidate(yard.place, 'one');
  const other = new Candidate(yard.place, 'other');
  await Promise.all([one, other].map((candidate) => candidate.said('The runtime runs')));
  await eventually('one of them leads', () => one.terms + other.terms === 1, 20_000);
  [leader, standby] = one.terms > 0 ? [one, other] : [other, one];
}, 150_000);

afterAll(async () => {
  await Promise.all([leader, standby].map((candidate) => candidate.kill()));
  await yard.close();
}, 30_000);

/** Pauses the leader, with its Git processes, when this is asked of the API or of Git. */
function pauseLeaderAt(what: string, scene: Scene, station: string): Promise<void> {
  return new Promise((resolve) => {
    const strike = (): void => {
      leader.signal('SIGSTOP');
      yard.faults.onRequest = () => undefined;
      yard.faults.git.clear();
      resolve();
    };
    const arrives = (): boolean => scene.stationNow(station)?.status?.occupant !== undefined;
    yard.faults.onRequest = ({ verb, resource }) => {
      if (`${verb} ${resource}` === what && (resource !== 'tickets/status' || arrives())) strike();
    };
    yard.faults.git.set(scene.repository.name, ({ service, advertisement }) => {
      if (what === 'push' && service === 'git-receive-pack' && !advertisement) strike();
      return undefined;
    });
  });
}

/** The other one leads now. */
async function takenOver(): Promise<void> {
  const terms = standby.terms;
  await eventually('the standby leads', () => standby.terms > terms, 15_000);
  [leader, standby] = [standby, leader];
}

/** Wakes the one that was paused, and waits until it knows its place. */
async function wake(candidate: Candidate): Promise<void> {
  const terms = candidate.terms;
  candidate.signal('SIGCONT');
  await candidate.said('This process does not lead any more', terms, 15_000);
}

test('a leader paused before an effect of its ride, and woken after its lease, adds nothing (I2, D5)', async () => {
  const moments = { a: 'push', b: 'patch applications' };
  const stations = Object.keys(moments);
  const scene = await yard.scene('paused', { stations: stations.map((name) => ({ name, spec: { hold: true } })) });
  await scene.ticket('one', '1.0.0');
  for (const [station, moment] of Object.entries(moments)) {
    await scene.until('one', `stands before ${station}`, ({ status }) => status?.station === station, 30_000);
    const struck = pauseLeaderAt(moment, scene, station);
    await scene.say('station', station, { hold: false });
    await struck;
    const paused = leader;
    await takenOver();
    await scene.until(
      'one',
      `has arrived in ${station}`,
      ({ status }) => status?.stamps?.some((stamp) => stamp.station === station) === true,
      30_000,
    );
    const before = await scene.repository.log(`env/${station}`);
    await wake(paused);
    expect(await scene.repository.log(`env/${station}`)).toEqual(before);
    expect(before).toHaveLength(1);
  }
  await eventually('the ticket completes', () => scene.seen('one')?.status?.phase === 'Completed', 20_000);
  expect(scene.stamps('one')).toEqual(stations.map((name) => `${name} Arrived`));
}, 180_000);

test('a leader paused before its push does not push after the next one has aborted the ticket (history e)', async () => {
  const scene = await yard.scene('aborted', { stations: [{ name: 'test', spec: { hold: true } }] });
  await scene.ticket('one', '1.0.0');
  await scene.until('one', 'stands', ({ status }) => status?.station === 'test', 20_000);
  const struck = pauseLeaderAt('update tickets/status', scene, 'test');
  await scene.say('station', 'test', { hold: false });
  await struck;
  const paused = leader;
  yard.faults.git.set(scene.repository.name, ({ service }) =>
    service === 'git-receive-pack' ? { status: 503, message: 'not now' } : undefined,
  );
  await takenOver();
  await scene.say('ticket', 'one', { abort: true });
  await eventually('the ticket is aborted', () => scene.seen('one')?.status?.phase === 'Aborted', 40_000);
  yard.faults.git.clear();
  await wake(paused);
  expect(await scene.repository.head('env/test')).toBeUndefined();
  expect(scene.seen('one')?.status?.phase).toBe('Aborted');
}, 120_000);

test('a leader asked to end gives its lease back, ends with 0, and is followed at once', async () => {
  const terms = standby.terms;
  expect(await leader.terminate()).toBe(0);
  const begin = Date.now();
  await eventually('the standby leads', () => standby.terms > terms, 15_000);
  expect(Date.now() - begin).toBeLessThan(2_500);
  const lease = await yard.cluster.objects(LEASES).get({ namespace: 'default', name: 'k8sta' });
  expect(lease?.spec?.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
}, 60_000);
