/**
 * What the runtime does with nothing to do, after a ride through three stations: counted at the railyard, in this
 * process, which both live in, and in the small ones that Git's programs leave from. `node -r ./scripts/typescript.cjs bench/idle.ts [seconds]`.
 *
 * Floor: zero. Looks at the registry are what a subscription asks for, so they are counted and not judged.
 */
import { Worker } from 'node:worker_threads';
import { IMAGE } from '../test/runtime/dispatch/scene';
import { Yard } from '../test/runtime/dispatch/yard';
import { countProcesses } from './processes';

const DEFAULT_SECONDS = 60;
/** What a ride leaves to be written behind it: Events, the last comparison of Argo CD. */
const SETTLING_MS = 3_000;

interface Counts {
  readonly apiWrites: number;
  readonly apiRequests: number;
  readonly gitRequests: number;
  readonly processes: number;
  readonly renders: number;
  readonly looks: number;
}

/** Counts every message to a render worker from now on. */
function watchRenders(): { renders: number } {
  const counts = { renders: 0 };
  const post = Object.getOwnPropertyDescriptor(Worker.prototype, 'postMessage')?.value as (...sent: unknown[]) => void;
  Worker.prototype.postMessage = function (this: Worker, ...sent: unknown[]): void {
    counts.renders += 1;
    post.apply(this, sent);
  };
  return counts;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? DEFAULT_SECONDS) || DEFAULT_SECONDS;
  const processes = countProcesses();
  const own = watchRenders();
  const yard = await Yard.open();
  try {
    const { counts } = yard.railyard;
    const now = (): Counts => ({
      apiWrites: counts.kubernetes.writes - counts.argocd.writes,
      apiRequests: counts.kubernetes.total,
      gitRequests: counts.git.requests,
      processes: processes(),
      renders: own.renders,
      looks: counts.registry.requests,
    });
    await yard.railyard.registry.publish(`${IMAGE}:1.2.0`);
    const select = { semver: { constraint: '^1.0.0', prereleases: false } };
    const scene = await yard.scene('idle', {
      stations: ['test', 'stage', 'prod'],
      track: { subscriptions: [{ name: 'image', images: { repositories: [IMAGE], select, interval: '10s' } }] },
    });
    await scene.completed('main-1', 60_000);
    const ride = now();
    await pause(SETTLING_MS);
    const before = now();
    const cpu = process.cpuUsage();
    await pause(seconds * 1000);
    const used = process.cpuUsage(cpu);
    const after = now();
    const row = (figure: string, key: keyof Counts, must: string): void =>
      console.log(`| ${figure} | ${after[key] - before[key]} | ${ride[key]} | ${must} |`);
    console.log(`| in ${seconds} s with nothing to do | count | in all until the ride had ended | must be |`);
    console.log('|---|---|---|---|');
    row('API writes', 'apiWrites', '0');
    row('API requests', 'apiRequests', '-');
    row('Git requests', 'gitRequests', '0');
    row('processes started, Git included', 'processes', '0');
    row('renders', 'renders', '0');
    row('registry requests (one look each 10 s)', 'looks', '-');
    const share = (used.user + used.system) / 1000 / (seconds * 10);
    console.log(`| CPU of runtime and railyard together | ${share.toFixed(2)} % of a core | - | - |`);
    const idle = (['apiWrites', 'gitRequests', 'processes', 'renders'] as const).every(
      (key) => after[key] === before[key],
    );
    const counted = ride.apiWrites > 0 && ride.gitRequests > 0 && ride.processes > 0 && ride.renders > 0;
    if (!counted) throw new Error('the ride before was not counted: the counters are broken');
    if (!idle) process.exitCode = 1;
  } finally {
    await yard.close();
  }
}

void main();
