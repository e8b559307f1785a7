import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Station, Ticket } from '../../lib/api';
import { Crossing, type Passage } from './crossing';
import { installK8sTA, kubectl, Line, RuntimeProcess, serveGitThrough } from './line';
import { kubeconfigOf, realStack } from './stack';
import { Workloads } from './workloads';

/** What an arrival does to the world, in its order; the architecture's page numbers them alike. */
const EFFECTS = ['take', 'record', 'push', 'shown', 'refresh', 'result', 'free'] as const;
type Effect = (typeof EFFECTS)[number];

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

/** Which effect a request is, for an arrival at this station. Bodies are the runtime's own, and the server has taken them. */
function effectOf({ method, path, body }: Passage, station: string): Effect | undefined {
  if (method === 'POST') return path.endsWith('/git-receive-pack') ? 'push' : undefined;
  if (method === 'PATCH') return path.includes('/applications/') ? 'refresh' : undefined;
  if (method !== 'PUT') return undefined;
  if (path.includes('/tickets/')) return recordOf(body as Ticket, station);
  if (!path.includes(`/stations/${station}/status`)) return undefined;
  return (body as Station).status?.occupant === undefined ? 'free' : 'take';
}

function recordOf({ status }: Ticket, station: string): Effect | undefined {
  if ((status?.stamps ?? []).some((stamp) => stamp.station === station)) return 'result';
  if (status?.arrival?.station !== station) return undefined;
  return status.arrival.pushed === undefined ? 'record' : 'shown';
}

/** Kills the runtime when this effect has happened, before it hears of that. */
function killAfter(effect: Effect, station: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let armed = true;
    const late = setTimeout(() => reject(new Error(`no ${effect} at ${station}`)), 120_000);
    const inspect = async (passage: Passage): Promise<void> => {
      if (!armed || effectOf(passage, station) !== effect) return;
      armed = false;
      clearTimeout(late);
      await runtime.kill();
      resolve();
    };
    api.inspect = inspect;
    git.inspect = inspect;
  });
}

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
    const killed = killAfter(effect, station);
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
