import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Crossing } from './crossing';
import { EFFECTS, strikeAfter } from './effects';
import { installK8sTA, kubectl, Line, RuntimeProcess, serveGitThrough } from './line';
import { kubeconfigOf, realStack } from './stack';
import { Workloads } from './workloads';

let api: Crossing;
let git: Crossing;
let runtime: RuntimeProcess;
let workloads: Workloads;

beforeAll(async () => {
  const { folder, kubernetes, forge } = realStack();
  await installK8sTA();
  api = await Crossing.to(kubernetes);
  git = await Crossing.to({ url: forge.url });
  const kubeconfig = join(folder, 'crossing.kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf({ url: api.url, token: kubernetes.token }));
  await serveGitThrough(git.url);
  workloads = new Workloads();
  runtime = new RuntimeProcess({ kubeconfig });
}, 120_000);
afterAll(async () => {
  await runtime.kill();
  await workloads.stop();
  await Promise.all([api.close(), git.close()]);
});

test('a runtime killed after any of its effects and started again makes each commit once (I2, D2, D5)', async () => {
  const line = await Line.open(
    {
      namespace: 'killed',
      stations: EFFECTS.map((effect) => ({ name: `s-${effect}`, applications: [{ id: 'web' }] })),
    },
    { through: git.url },
  );
  for (const effect of EFFECTS) await hold(`s-${effect}`, true);
  await line.ticket('one', '4.0.0');
  for (const effect of EFFECTS) {
    const station = `s-${effect}`;
    await runtime.start();
    await line.until('one', `stands before ${station}`, ({ status }) => status?.station === station);
    const killed = strikeAfter([api, git], [effect, station], () => runtime.kill());
    await hold(station, false);
    await killed;
  }
  await runtime.start();
  const ticket = await line.completed('one', 240_000);
  expect(ticket.status?.stamps?.map(({ station, result }) => `${station} ${result}`)).toEqual(
    EFFECTS.map((effect) => `s-${effect} Arrived`),
  );
  for (const effect of EFFECTS) {
    const log = await line.repository.log(`env/s-${effect}`);
    expect(log.map(({ parents }) => parents)).toEqual([[]]);
    const station = await line.station(`s-${effect}`);
    expect(station?.status?.occupant).toBeUndefined();
    expect(station?.status?.applications?.[0]).toMatchObject({
      head: { commit: log[0]?.sha },
      good: { commit: log[0]?.sha },
    });
  }

  async function hold(station: string, held: boolean): Promise<void> {
    const patch = JSON.stringify({ spec: { hold: held } });
    await kubectl(['patch', 'station', station, '-n', line.namespace, '--type', 'merge', '-p', patch]);
  }
}, 600_000);
