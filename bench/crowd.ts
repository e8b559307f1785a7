/**
 * Many lines at once on the railyard, with its latencies at zero: 100 tracks of 5 stations, and 10 tickets on each, all
 * made before the first arrives. `npm run bench crowd`, or with numbers of one's own
 * `node -r ./scripts/typescript.cjs bench/crowd.ts <tracks> <stations> <tickets>`. What goes on is told on stderr.
 *
 * The runtime is a process of its own; the railyard is in this one, and the Git processes of both are their children.
 * Counted at the railyard, which shares the machine with the runtime: API writes of the runtime, which shows a token of
 * its own (Events aside), and the time from the moment a watch shows an Application synced to an arrival's commit and
 * healthy until it shows the stamp. Where the tickets have not completed within half an hour, the figures are of what has.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { Ticket } from '../lib/api';
import type { Scene } from '../test/runtime/dispatch/scene';
import { Yard } from '../test/runtime/dispatch/yard';
import { childrenMs } from './children';
import type { Usage } from './crowd-runtime';

const WRITES_GOAL = 6;
const EFFECT_GOAL_MS = 250;
const DEADLINE_MS = 1_800_000;
/** How often it is told how far the tickets are, and looked whether they are there. */
const TELL_MS = 10_000;
const LOOK_MS = 50;
/** Networks that are made, and people who speak, at a time. */
const ABREAST = 8;

interface Live {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly sync?: { readonly revision?: string; readonly status?: string };
    readonly health?: { readonly status?: string };
  };
}

/** From health to stamp, by commit. */
class Effects {
  readonly samples: number[] = [];
  private readonly healthy = new Map<string, number>();
  private readonly stamped = new Set<string>();

  constructor(yard: Yard) {
    yard.eyes.applications.onChange((_key, _before, after) => {
      const { sync, health } = (after as Live | undefined)?.status ?? {};
      const commit = sync?.revision;
      if (commit === undefined || sync?.status !== 'Synced' || health?.status !== 'Healthy') return;
      if (!this.healthy.has(commit)) this.healthy.set(commit, performance.now());
    });
    yard.eyes.tickets.onChange((_key, _before, after) => this.see(after));
  }

  private see(ticket: Ticket | undefined): void {
    for (const { commit } of (ticket?.status?.stamps ?? []).flatMap((stamp) => stamp.commits ?? [])) {
      const since = this.healthy.get(commit);
      if (since === undefined || this.stamped.has(commit)) continue;
      this.stamped.add(commit);
      this.samples.push(performance.now() - since);
    }
  }

  at(share: number): number {
    const sorted = [...this.samples].sort((one, other) => one - other);
    return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  }
}

/** What the runtime shows as its token: its requests are told from those of people and of Argo CD by it. */
const RUNTIME = 'runtime';
const WRITES: readonly string[] = ['create', 'update', 'patch', 'delete'];

/** The runtime, in a process of its own and with a token of its own. */
class Runtime {
  private constructor(private readonly child: ChildProcess) {}

  static async start(yard: Yard): Promise<Runtime> {
    const path = join(yard.folder, 'runtime.kubeconfig');
    const config = parse(await readFile(yard.railyard.kubeconfigPath, 'utf8')) as { users: { user: object }[] };
    const users = config.users.map((one) => ({ ...one, user: { token: RUNTIME } }));
    await writeFile(path, stringify({ ...config, users }), { mode: 0o600 });
    const child = fork(join(__dirname, 'crowd-runtime.ts'), [path, join(yard.folder, 'caches')]);
    await once(child, 'message');
    return new Runtime(child);
  }

  async usage(): Promise<Usage> {
    this.child.send('usage');
    const [usage] = (await once(this.child, 'message')) as [Usage];
    return usage;
  }

  /** CPU time of the Git processes of both sides so far, in milliseconds. */
  get git(): { readonly ofRuntime: number; readonly ofRailyard: number } {
    const { pid = 0 } = this.child;
    return { ofRuntime: childrenMs(pid), ofRailyard: childrenMs(process.pid, pid) };
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

const count = (counts: Map<string, number>, what: string): unknown => counts.set(what, (counts.get(what) ?? 0) + 1);

/** What the writes changed, as the watches show it: kind, and fields of its status. */
class Changes {
  readonly counts = new Map<string, number>();

  constructor(yard: Yard) {
    for (const kind of ['tracks', 'stations', 'tickets'] as const) {
      yard.eyes[kind].onChange((_key, before, after) => {
        if (before !== undefined && after !== undefined) this.see(kind, before.status, after.status);
      });
    }
  }

  private see(kind: string, before: object = {}, after: object = {}): void {
    const one = new Map(Object.entries(before));
    const other = new Map(Object.entries(after));
    const keys = [...new Set([...one.keys(), ...other.keys()])].sort();
    const changed = keys.filter((key) => JSON.stringify(one.get(key)) !== JSON.stringify(other.get(key)));
    const { reason } = (other.get('waiting') ?? {}) as { reason?: string };
    const fields = changed.map((key) => (key === 'waiting' ? `waiting (${reason ?? 'none'})` : key));
    count(this.counts, `${kind}: ${fields.join(', ')}`);
  }
}

/** Writes of the runtime for each of its tickets and arrivals, by what and by which change. */
function tell(title: string, counts: ReadonlyMap<string, number>, arrivals: number): void {
  console.log(`\n| ${title} | for each arrival |`);
  console.log('|---|--:|');
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  for (const [what, times] of sorted) console.log(`| ${what} | ${(times / arrivals).toFixed(2)} |`);
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((all, one) => all + one, 0);

/** How far the tickets are, as the watch shows it. */
class Progress {
  /** Tickets that have boarded. */
  readonly boarded = new Set<string>();
  readonly completed = new Set<string>();
  /** Arrivals by ticket. */
  readonly arrivals = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private readonly begin = performance.now();
  /** What became of tickets that ended otherwise. */
  readonly lost = new Map<string, string>();

  constructor(
    yard: Yard,
    private readonly tickets: number,
  ) {
    yard.eyes.tickets.onChange((key, _before, after) => this.see(key, after));
    this.timer = setInterval(() => this.say(), TELL_MS);
  }

  private see(key: string, ticket: Ticket | undefined): void {
    const { sequence, phase, stamps = [], failure } = ticket?.status ?? {};
    if (sequence !== undefined) this.boarded.add(key);
    if (stamps.length > 0) this.arrivals.set(key, stamps.length);
    if (phase === 'Completed') this.completed.add(key);
    if (phase === 'Failed' || phase === 'Aborted') this.lost.set(key, failure?.message ?? phase);
  }

  get allBoarded(): boolean {
    return this.boarded.size >= this.tickets;
  }

  get allEnded(): boolean {
    return this.completed.size + this.lost.size >= this.tickets;
  }

  say(
    what = `${this.boarded.size} boarded, ${sum(this.arrivals.values())} arrivals, ${this.completed.size} completed`,
  ): void {
    console.error(`${((performance.now() - this.begin) / 1_000).toFixed(0)} s: ${what} of ${this.tickets} tickets`);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Resolves when it is so, or the time is over. @returns whether it is so */
async function until(isSo: () => boolean): Promise<boolean> {
  const end = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    if (performance.now() > end) return false;
    await setTimeout(LOOK_MS);
  }
  return true;
}

/** Does the same for each, a few at a time. */
async function abreast<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const hand = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: ABREAST }, hand));
}

const numbers = (length: number): number[] => Array.from({ length }, (_, at) => at);

async function main(): Promise<void> {
  const [tracks = 100, stops = 5, tickets = 10] = process.argv.slice(2).map(Number).filter(Number.isInteger);
  const written = new Map<string, number>();
  const yard = await Yard.open({ started: false });
  const progress = new Progress(yard, tracks * tickets);
  try {
    // The first station is held until every ticket stands before it.
    const stations = numbers(stops).map((at) => ({ name: `stop-${at}`, spec: { hold: at === 0 } }));
    const scenes: Scene[] = [];
    await abreast(numbers(tracks), async (line) => {
      const scene = await yard.scene(`line-${line}`, { stations, track: { service: 'Every' } });
      scenes.push(scene);
      for (const at of numbers(tickets)) await scene.ticket(`t-${at}`, `1.${at}.0`);
    });
    progress.say('made, the last');
    const runtime = await Runtime.start(yard);
    if (!(await until(() => progress.allBoarded))) throw new Error(`${progress.boarded.size} have boarded in time`);
    const effects = new Effects(yard);
    yard.faults.onRequest = ({ verb, resource, caller }) => {
      if (caller === RUNTIME && WRITES.includes(verb) && resource !== 'events') count(written, `${verb} ${resource}`);
    };
    const made = new Changes(yard);
    const before = await runtime.usage();
    const gitBefore = runtime.git;
    const cpu = process.cpuUsage();
    const begin = performance.now();
    await abreast(scenes, (scene) => scene.say('station', 'stop-0', { hold: false }));
    await until(() => progress.allEnded);
    const seconds = (performance.now() - begin) / 1_000;
    const used = process.cpuUsage(cpu);
    const after = await runtime.usage();
    const git = runtime.git;
    const arrivals = sum(progress.arrivals.values());
    const writes = sum(written.values());
    for (const [ticket, why] of progress.lost) console.error(`${ticket}: ${why}`);
    console.log(
      `${tracks} tracks of ${stops} stations, ${tickets} tickets on each: ${tracks * tickets * stops} arrivals`,
    );
    const row = (figure: string, value: string, must = ''): void => console.log(`| ${figure} | ${value} | ${must} |`);
    row('figure', 'value', 'must be');
    console.log('|---|--:|--:|');
    row('tickets that completed', `${progress.completed.size} of ${tracks * tickets}`, 'all');
    row('seconds', seconds.toFixed(1));
    row('arrivals a second', (arrivals / seconds).toFixed(1));
    row('API writes of the runtime for each ticket, Events aside', ((writes / arrivals) * stops).toFixed(1));
    row('for each arrival', (writes / arrivals).toFixed(2), `${WRITES_GOAL}`);
    const each = (ms: number): string => `${(ms / arrivals).toFixed(1)} ms`;
    row('CPU of the runtime for each arrival', each(after.cpuMs - before.cpuMs));
    row('of its Git processes', each(git.ofRuntime - gitBefore.ofRuntime));
    row('CPU of the railyard for each arrival', each((used.user + used.system) / 1_000));
    row('of its Git processes', each(git.ofRailyard - gitBefore.ofRailyard));
    row('memory of the runtime at most', `${after.peakMegabytes.toFixed(0)} MB`);
    row('health to stamp, p50', `${effects.at(0.5).toFixed(0)} ms`);
    row('health to stamp, p95', `${effects.at(0.95).toFixed(0)} ms`, `${EFFECT_GOAL_MS} ms`);
    tell('write', written, arrivals);
    tell('change of status', made.counts, arrivals);
    await runtime.stop();
  } finally {
    progress.stop();
    await yard.close();
  }
}

void main();
