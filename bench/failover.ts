/**
 * How long nobody leads: two `k8sta run` processes, of which the leader is killed by SIGKILL, or asked to end by SIGTERM,
 * ten times each, at any moment of its renewals. Measured from the signal until the other one holds the lease, and until
 * its first effect: the status of a Track that was made when the signal was sent.
 * `node -r ./scripts/typescript.cjs bench/failover.ts [runs] [--real]`: on the railyard, or on the real API server.
 *
 * Floor: nothing for SIGTERM; for SIGKILL what the lease has left, 13 to 15 seconds of 15.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { crds } from '../lib/api/crd';
import { TRACKS } from '../runtime/resources';
import { connect, LEASES, type Draft, type SharedCluster } from '../runtime/kube';
import { startRealStack } from '../test/real/stack';
import { Candidate, type Place } from '../test/runtime/dispatch/candidate';
import { Yard } from '../test/runtime/dispatch/yard';
import { eventually } from '../test/waiting';

const RUNS = 10;
const LEASE_SECONDS = 15;
const RETRY_MS = 2_000;
const LONGEST_MS = 60_000;
const NAMESPACE = 'default';

interface World {
  readonly place: Place;
  readonly cluster: SharedCluster;
  close(): Promise<void>;
}

async function onRailyard(): Promise<World> {
  const yard = await Yard.open({ started: false });
  return { cluster: yard.cluster, place: yard.place, close: () => yard.close() };
}

async function onRealStack(): Promise<World> {
  const stack = await startRealStack();
  const { folder, registryURL, kubernetes } = stack;
  const cluster = connect({ kubeconfig: kubernetes.kubeconfig });
  for (const crd of crds()) await cluster.apply({ ...crd });
  return { cluster, place: { folder, kubeconfig: kubernetes.kubeconfig, registryURL }, close: () => stack.stop() };
}

/** A Track that leads nowhere: to say so is an effect. */
const track = (name: string): Draft => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind: 'Track',
  metadata: { name, namespace: NAMESPACE },
  ...{ spec: { stations: [{ name: 'nowhere' }] } },
});

interface Times {
  readonly leaseMs: number;
  readonly effectMs: number;
}

/** The one that leads, and the one that stands by. */
async function roles(pair: readonly [Candidate, Candidate]): Promise<[Candidate, Candidate]> {
  const [one, other] = pair;
  await Promise.all(pair.map((candidate) => candidate.said('The runtime runs')));
  const leading = await eventually('one leads', () => pair.find((candidate) => candidate.leads), LONGEST_MS);
  return leading === one ? [one, other] : [other, one];
}

async function failOver(
  { cluster }: World,
  [leader, standby]: readonly [Candidate, Candidate],
  signal: 'SIGKILL' | 'SIGTERM',
  name: string,
): Promise<Times> {
  const leases = cluster.objects(LEASES);
  const ref = { namespace: NAMESPACE, name: 'k8sta' };
  const before = (await leases.get(ref))?.spec?.holderIdentity;
  await pause(Math.random() * RETRY_MS);
  const begin = performance.now();
  const ended = signal === 'SIGKILL' ? leader.kill() : leader.terminate();
  await cluster.apply(track(name));
  const holds = eventually(
    'the other one holds the lease',
    async () => {
      const holder = (await leases.get(ref))?.spec?.holderIdentity;
      return holder && holder !== before ? performance.now() - begin : undefined;
    },
    LONGEST_MS,
  );
  const acts = eventually(
    'it has its first effect',
    async () => {
      const { status } = (await cluster.objects(TRACKS).get({ namespace: NAMESPACE, name })) ?? {};
      return status?.conditions?.length ? performance.now() - begin : undefined;
    },
    LONGEST_MS,
  );
  const [leaseMs, effectMs] = await Promise.all([holds, acts, ended]);
  await eventually('the standby is the one that leads', () => standby.leads);
  return { leaseMs, effectMs };
}

const row = (name: string, all: readonly number[], floor: string): string => {
  const sorted = [...all].sort((one, other) => one - other);
  const at = (share: number): string => ((sorted[Math.round(share * (sorted.length - 1))] ?? NaN) / 1000).toFixed(2);
  return `| ${name} | ${at(0)} | ${at(0.5)} | ${at(1)} | ${floor} |`;
};

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const runs = Number(args.find((arg) => /^\d+$/.test(arg)) ?? RUNS);
  const world = await (args.includes('--real') ? onRealStack() : onRailyard());
  let made = 0;
  const candidate = (): Candidate =>
    new Candidate(world.place, `candidate-${(made += 1)}`, { leaseSeconds: LEASE_SECONDS });
  let pair: [Candidate, Candidate] = [candidate(), candidate()];
  try {
    console.log(`| seconds, ${runs} runs | least | median | most | floor |`);
    console.log('|---|---|---|---|---|');
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const times: Times[] = [];
      for (let run = 0; run < runs; run += 1) {
        const [leader, standby] = await roles(pair);
        times.push(await failOver(world, [leader, standby], signal, `${signal.toLowerCase()}-${run}`));
        pair = [standby, candidate()];
      }
      const floor = signal === 'SIGKILL' ? '13 to 15' : '0';
      console.log(row(`${signal} to the lease`, times.map(({ leaseMs }) => leaseMs), floor)); // prettier-ignore
      console.log(row(`${signal} to the first effect`, times.map(({ effectMs }) => effectMs), floor)); // prettier-ignore
    }
  } finally {
    await Promise.all(pair.map((one) => one.kill()));
    await world.close();
  }
}

void main();
