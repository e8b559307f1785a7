/**
 * How fast Application events of 20 KB come through the reflector, and how much heap each kept Application costs.
 *
 * Floor, in the same run: a bare HTTP request, lines parsed whole, five fields kept. Rates are for one core: events by
 * the CPU time of this process, in the best of several rounds, because other work on the machine only ever slows it.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { projectApplication } from '../runtime/argocd';
import { connect, type KubeObject, type Resource, Store } from '../runtime/kube';
import { silentLog } from '../runtime/log';

const APPLICATIONS = 1_000;
const EVENTS = 5_000;
const ROUNDS = 7;
const TARGET = { eventsPerSecond: 8_000, heapBytes: 3 * 1024 };

const RESOURCE: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'applications',
  kind: 'Application',
  namespaced: true,
};

/** What an Application's projection does not read: its resources only where one of them waits to be pruned. */
const OMIT = [{ key: 'managedFields' }, { key: 'history' }, { key: 'resources', unless: '"requiresPruning":true' }];

type View = ReturnType<typeof projectApplication>;

interface Sample {
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function main(): Promise<void> {
  const server = fork(path.join(__dirname, 'applications-server.ts'), [String(APPLICATIONS), String(EVENTS)]);
  const folder = mkdtempSync(path.join(tmpdir(), 'k8sta-bench-'));
  try {
    const [{ port, bytes }] = (await once(server, 'message')) as [{ port: number; bytes: number }];
    const kubeconfig = path.join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, kubeconfigFor(port));
    const floors: Sample[] = [];
    const ours: Sample[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const floor = await bareEvents(port);
      const our = await reflectorEvents(kubeconfig);
      // The first round warms up.
      if (round > 0) {
        floors.push(floor);
        ours.push(our);
      }
    }
    const heap = await heapPerApplication(kubeconfig);
    print({ bytes, floor: best(floors), our: best(ours), heap });
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true });
  }
}

/** Starts a reflector and measures from the end of its list to its last event. */
async function reflectorEvents(kubeconfig: string): Promise<Sample> {
  const { store, reflector } = reflectorOn(kubeconfig);
  reflector.start();
  await reflector.synced();
  let seen = 0;
  const sample = await measured(
    () =>
      new Promise<void>((resolve) => {
        store.onChange(() => {
          if (++seen === EVENTS) resolve();
        });
      }),
  );
  await reflector.stop();
  return sample;
}

async function heapPerApplication(kubeconfig: string): Promise<number> {
  const { store, reflector } = reflectorOn(kubeconfig);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let seen = 0;
  const all = new Promise<void>((resolve) => store.onChange(() => ++seen === APPLICATIONS + EVENTS && resolve()));
  reflector.start();
  await all;
  await reflector.stop();
  collectGarbage();
  const heap = (process.memoryUsage().heapUsed - before) / APPLICATIONS;
  if (store.size !== APPLICATIONS) throw new Error(`the cache holds ${store.size} Applications, not ${APPLICATIONS}`);
  return heap;
}

function reflectorOn(kubeconfig: string) {
  const identity = (view: View): View => view;
  const store = new Store<View>({ log: silentLog, identity });
  const options = { resource: RESOURCE, store, omit: OMIT, log: silentLog };
  const project = (raw: KubeObject): View => projectApplication(raw);
  return { store, reflector: connect({ kubeconfig }).reflector<KubeObject, View>({ ...options, project }) };
}

async function bareEvents(port: number): Promise<Sample> {
  const kept = new Map<string, object>();
  let seen = 0;
  let open: () => void = () => undefined;
  const sample = await measured(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = get(`http://127.0.0.1:${port}/?watch=true`, (response) => {
          let rest: Buffer = Buffer.alloc(0);
          response.on('data', (chunk: Buffer) => {
            rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
            for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
              const { object } = JSON.parse(rest.toString('utf8', 0, end)) as { object: Bare };
              kept.set(object.metadata.name, fiveFieldsOf(object));
              rest = rest.subarray(end + 1);
              if (++seen === EVENTS) resolve();
            }
          });
        });
        open = () => request.destroy();
        request.on('error', reject);
      }),
  );
  open();
  return sample;
}

interface Bare {
  metadata: { name: string; resourceVersion: string };
  status: { sync: { status: string; revision: string }; health: { status: string }; operationState: { phase: string } };
}

function fiveFieldsOf({ metadata, status }: Bare): object {
  const { sync, health, operationState } = status;
  const { phase } = operationState;
  return {
    version: metadata.resourceVersion,
    sync: sync.status,
    revision: sync.revision,
    health: health.status,
    phase,
  };
}

async function measured(work: () => Promise<void>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { perCpuSecond: (EVENTS * 1e6) / (user + system), perSecond: (EVENTS * 1e3) / (performance.now() - begin) };
}

function best(samples: readonly Sample[]): Sample {
  return {
    perCpuSecond: Math.max(...samples.map(({ perCpuSecond }) => perCpuSecond)),
    perSecond: Math.max(...samples.map(({ perSecond }) => perSecond)),
  };
}

function kubeconfigFor(port: number): string {
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    clusters: [{ name: 'bench', cluster }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  });
}

function print(result: { bytes: number; floor: Sample; our: Sample; heap: number }): void {
  const { bytes, floor, our, heap } = result;
  const row = (name: string, { perCpuSecond, perSecond }: Sample): object => ({
    what: name,
    'events/s of one core': Math.round(perCpuSecond),
    'events/s by the clock': Math.round(perSecond),
    'of the floor': `${(perCpuSecond / floor.perCpuSecond).toFixed(2)}x`,
  });
  console.log(`${EVENTS} Application events of ${(bytes / 1000).toFixed(1)} KB, best of ${ROUNDS} rounds`);
  console.table([row('bare http, parse, 5 fields', floor), row('reflector', our)]);
  console.log(`heap for each kept Application: ${Math.round(heap)} bytes (at most ${TARGET.heapBytes})`);
  const met = our.perCpuSecond >= TARGET.eventsPerSecond && heap <= TARGET.heapBytes;
  console.log(met ? 'target met' : `target missed: ${TARGET.eventsPerSecond} events/s, ${TARGET.heapBytes} bytes`);
}

void main();
