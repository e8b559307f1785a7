/** Two runtimes on the real API server, of which the one that leads is paused past its lease, and woken. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../waiting';
import { Crossing } from './crossing';
import { strikeAfter, type Effect } from './effects';
import { installK8sTA, kubectl, Line, RuntimeProcess, serveGitThrough } from './line';
import { kubeconfigOf, realStack } from './stack';
import { Workloads } from './workloads';

/** After these it has the most left to do wrong: what it would push, what it has pushed, what it would say of that. */
const MOMENTS: readonly Effect[] = ['record', 'push', 'shown'];
const LEASE_SECONDS = 5;
const DEADLINE_MS = 60_000;

let api: Crossing;
let git: Crossing;
let workloads: Workloads;
let leader: RuntimeProcess;
let standby: RuntimeProcess;

/** How many times a runtime has said this. */
const times = async (runtime: RuntimeProcess, words: string): Promise<number> =>
  (await runtime.log()).split(`"${words}"`).length - 1;
const terms = (runtime: RuntimeProcess): Promise<number> => times(runtime, 'This process leads');
const termsOver = (runtime: RuntimeProcess): Promise<number> => times(runtime, 'This process does not lead any more');

beforeAll(async () => {
  const { folder, kubernetes, forge } = realStack();
  await installK8sTA();
  [api, git] = await Promise.all([Crossing.to(kubernetes), Crossing.to({ url: forge.url })]);
  const kubeconfig = join(folder, 'paused.kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf({ url: api.url, token: kubernetes.token }));
  await serveGitThrough(git.url);
  workloads = new Workloads();
  const args = ['--leader-elect', '--lease-name=paused', `--lease-duration=${LEASE_SECONDS}`];
  leader = new RuntimeProcess({ name: 'paused-one', kubeconfig, args });
  standby = new RuntimeProcess({ name: 'paused-other', kubeconfig, args });
  await leader.start();
  await eventually('the first one leads', async () => (await terms(leader)) === 1, DEADLINE_MS);
  await standby.start();
}, 180_000);
afterAll(async () => {
  await Promise.all([leader, standby].map((runtime) => runtime.kill()));
  await workloads.stop();
  await Promise.all([api.close(), git.close()]);
});

test('a leader paused past its lease in the middle of a ride, and woken, commits nothing twice and loses no ticket (I2, D5)', async () => {
  const { servers } = realStack();
  const stations = MOMENTS.map((moment) => ({ name: `p-${moment}`, applications: [{ id: 'web' }] }));
  const line = await Line.open({ namespace: 'paused', stations }, { through: git.url });
  const hold = async (station: string, held: boolean): Promise<void> => {
    const patch = JSON.stringify({ spec: { hold: held } });
    await kubectl(['patch', 'station', station, '-n', 'paused', '--type', 'merge', '-p', patch]);
  };
  for (const { name } of stations) await hold(name, true);
  await line.ticket('one', '6.0.0');
  for (const moment of MOMENTS) {
    const station = `p-${moment}`;
    await line.until('one', `stands before ${station}`, ({ status }) => status?.station === station);
    const before = { terms: await terms(standby), over: await termsOver(leader) };
    const paused = leader;
    const struck = strikeAfter([api, git], [moment, station], () => servers.signal(paused.name, 'SIGSTOP'));
    await hold(station, false);
    await struck;
    await eventually('the standby leads', async () => (await terms(standby)) > before.terms, DEADLINE_MS);
    [leader, standby] = [standby, leader];
    await line.until('one', `has arrived at ${station}`, ({ status }) =>
      (status?.stamps ?? []).some((stamp) => stamp.station === station && stamp.result === 'Arrived'),
    );
    const log = await line.repository.log(`env/${station}`);
    expect(log).toHaveLength(1);
    await servers.signal(paused.name, 'SIGCONT');
    await eventually('it knows its place', async () => (await termsOver(paused)) > before.over, DEADLINE_MS);
    expect(await line.repository.log(`env/${station}`)).toEqual(log);
  }
  const { status } = await line.completed('one');
  expect(status?.stamps?.map(({ station, result }) => `${station} ${result}`)).toEqual(
    MOMENTS.map((moment) => `p-${moment} Arrived`),
  );
}, 400_000);
