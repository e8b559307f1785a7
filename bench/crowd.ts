/**
 * Many lines at once on the railyard, with its latencies at zero: 100 tracks of 5 stations, and 10 tickets on each, all
 * made before the first arrives. `npm run bench crowd`, or with numbers of one's own
 * `node -r ./scripts/typescript.cjs bench/crowd.ts <tracks> <stations> <tickets>`.
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
import { parse, stringify } from 'yaml';
import type { Ticket } from '../lib/api';
import type { Scene } from '../test/runtime/dispatch/scene';
import { Yard } from '../test/runtime/dispatch/yard';
import { eventually } from '../test/waiting';
import type { Usage } from './crowd-runtime';

const WRITES_GOAL = 6;
const EFFECT_GOAL_MS = 250;
const DEADLINE_MS = 1_800_000;

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

async function main(): Promise<void> {
  const [tracks = 100, stops = 5, tickets = 10] = process.argv.slice(2).map(Number).filter(Number.isInteger);
  const written = new Map<string, number>();
  const yard = await Yard.open({ started: false });
  try {
    const runtime = await Runtime.start(yard);
    // The first station is held until every ticket stands before it.
    const stations = Array.from({ length: stops }, (_, at) => ({ name: `stop-${at}`, spec: { hold: at === 0 } }));
    const scenes: Scene[] = [];
    for (let at = 0; at < tracks; at += 1) {
      scenes.push(await yard.scene(`line-${at}`, { stations, track: { service: 'Every' } }));
    }
    for (const scene of scenes) {
      for (let at = 0; at < tickets; at += 1) await scene.ticket(`t-${at}`, `1.${at}.0`);
    }
    const all = (): readonly Ticket[] => scenes.flatMap(({ name }) => yard.eyes.tickets.list(name));
    await eventually(
      'every ticket has boarded',
      () => all().every(({ status }) => status?.sequence !== undefined),
      DEADLINE_MS,
    );
    const effects = new Effects(yard);
    yard.faults.onRequest = ({ verb, resource, caller }) => {
      if (caller === RUNTIME && WRITES.includes(verb) && resource !== 'events') count(written, `${verb} ${resource}`);
    };
    const made = new Changes(yard);
    const before = await runtime.usage();
    const cpu = process.cpuUsage();
    const begin = performance.now();
    for (const scene of scenes) await scene.say('station', 'stop-0', { hold: false });
    let shown = 0;
    const completed = (): number => all().filter(({ status }) => status?.phase === 'Completed').length;
    await eventually(
      'every ticket has completed',
      () => {
        const done = completed();
        if (process.stderr.isTTY && done >= shown + 50) process.stderr.write(`${(shown = done)} tickets\n`);
        const lost = all().find(({ status }) => status?.phase === 'Failed' || status?.phase === 'Aborted');
        if (lost) throw new Error(`${lost.metadata.namespace}/${lost.metadata.name}: ${lost.status?.failure?.message}`);
        return done === tracks * tickets || performance.now() - begin > DEADLINE_MS;
      },
      2 * DEADLINE_MS,
    );
    const seconds = (performance.now() - begin) / 1_000;
    const used = process.cpuUsage(cpu);
    const after = await runtime.usage();
    const arrivals = sum(all().map(({ status }) => status?.stamps?.length ?? 0));
    const writes = sum(written.values());
    console.log(
      `${tracks} tracks of ${stops} stations, ${tickets} tickets on each: ${tracks * tickets * stops} arrivals`,
    );
    const row = (figure: string, value: string, must = ''): void => console.log(`| ${figure} | ${value} | ${must} |`);
    row('figure', 'value', 'must be');
    console.log('|---|--:|--:|');
    row('tickets that completed', `${completed()} of ${tracks * tickets}`, 'all');
    row('seconds', seconds.toFixed(1));
    row('arrivals a second', (arrivals / seconds).toFixed(1));
    row('API writes of the runtime for each ticket, Events aside', ((writes / arrivals) * stops).toFixed(1));
    row('for each arrival', (writes / arrivals).toFixed(2), `${WRITES_GOAL}`);
    row('CPU of the runtime for each arrival', `${((after.cpuMs - before.cpuMs) / arrivals).toFixed(1)} ms`);
    row('CPU of the railyard for each arrival', `${((used.user + used.system) / 1_000 / arrivals).toFixed(1)} ms`);
    row('memory of the runtime at most', `${after.peakMegabytes.toFixed(0)} MB`);
    row('health to stamp, p50', `${effects.at(0.5).toFixed(0)} ms`);
    row('health to stamp, p95', `${effects.at(0.95).toFixed(0)} ms`, `${EFFECT_GOAL_MS} ms`);
    tell('write', written, arrivals);
    tell('change of status', made.counts, arrivals);
    await runtime.stop();
  } finally {
    await yard.close();
  }
}

void main();
