/**
 * What source subscriptions cost at rest, and how soon a push boards: 1,000 tracks that look at 200 repositories, decided
 * by the runtime's decisions and looked at by its jobs over HTTP; resources are in memory, the Git server is a process of
 * its own. `npm run bench follow`.
 *
 * Floor: one request for each repository and interval. A push boards at most 1 s after the interval in which it came.
 * It takes two minutes: one of rest, since each repository is looked at once a minute. What goes on is said meanwhile.
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseStation, parseTrack } from '../lib/api/validation';
import { Tips } from '../runtime/dispatch/looks/tips';
import { walk } from '../runtime/dispatch/looks/walk';
import { openGit } from '../runtime/git';
import type { Job } from '../runtime/journey';
import { startGitServer } from '../runtime/railyard/git';
import { Simulation } from '../testing/simulation';

const SUBSCRIPTIONS = 1_000;
const REPOSITORIES = 200;
const REST_INTERVAL_S = 60;
const REST_S = 60;
/** What the engine takes to give back the memory of the first looks, all of which came at once. */
const SETTLE_S = 15;
const PUSH_INTERVAL_S = 2;
const PUSHES = 10;
/** Longer than the first looks take of a machine that does other things as well. */
const FIRST_LOOKS_S = 90;
const MB = 1024 * 1024;

interface Counted {
  readonly url: string;
  readonly requests: number;
}

/** The server's process: says where it is, and how often it was asked whenever somebody wants to know. */
async function serve(folder: string): Promise<void> {
  const server = await startGitServer({ folder, createOnPush: false });
  for (let at = 0; at < REPOSITORIES; at += 1) {
    await server.createRepository(`source-${at}`);
    commit(folder, at);
  }
  const tell = (): void => void process.send?.({ url: server.url, requests: server.counts.requests });
  process.on('message', tell);
  process.on('disconnect', () => void server.stop());
  tell();
}

/** A person's push, made on the server's disk. */
function commit(folder: string, repository: number): void {
  const gitDir = join(folder, `source-${repository}.git`);
  let from = '';
  try {
    from = `from ${execFileSync('git', ['--git-dir', gitDir, 'rev-parse', 'main'], { stdio: 'pipe' }).toString()}`;
  } catch {
    // The first one has no parent.
  }
  const input = `commit refs/heads/main\ncommitter Ada <ada@example.com> 1700000000 +0000\ndata 1\nx\n${from}M 100644 inline base/a\ndata 8\n${Date.now() % 1e8}\n`;
  execFileSync('git', ['--git-dir', gitDir, 'fast-import', '--quiet', '--force'], { input, stdio: 'pipe' });
}

const metadata = (name: string) => ({
  name,
  namespace: 'bench',
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
});

function read<T>(parsed: { readonly resource: T } | { readonly problems: readonly string[] }): T {
  if ('problems' in parsed) throw new Error(parsed.problems.join(' '));
  return parsed.resource;
}

/** Tracks that are decided on whenever their time has come or a job has ended, as the runtime's queue does. */
class Follower {
  readonly simulation = new Simulation({ tracks: [], stations: [] });
  private readonly start = performance.now();
  private readonly epoch = this.simulation.now.getTime();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly running = new Set<string>();
  private readonly git;
  private readonly tips;
  failures = 0;

  constructor(folder: string) {
    this.git = openGit({ folder });
    this.tips = new Tips(this.git, () => this.now());
  }

  follow(name: string, repoURL: string, intervalS: number): void {
    const head = { apiVersion: 'k8sta.io/v1alpha1' } as const;
    const applications = [{ name, namespace: 'argocd', repoURL, overlay: `env/${name}`, branch: `env/${name}` }];
    const spec = {
      stations: [{ name }],
      subscriptions: [{ name: 'source', source: { repoURL, interval: `${intervalS}s` } }],
    };
    this.simulation.stations.set(
      `bench/${name}`,
      read(parseStation({ ...head, kind: 'Station', metadata: metadata(name), spec: { applications, hold: true } })),
    );
    this.simulation.tracks.set(
      `bench/${name}`,
      read(parseTrack({ ...head, kind: 'Track', metadata: metadata(name), spec: { ...spec, hold: false } })),
    );
    this.decide(`track bench/${name}`);
  }

  /** Tickets that were made for a track. */
  made = (name: string): number =>
    [...this.simulation.tickets.values()].filter(({ spec }) => spec.track === name).length;

  /** Tracks whose subscription has looked at its branch. */
  looked = (): number =>
    [...this.simulation.tracks.values()].filter(({ status }) => status?.subscriptions?.[0]?.seen !== undefined).length;

  /** The tickets of the first looks have gone their way, and been collected: what follows is rest. */
  forgetTickets(): void {
    for (const key of [...this.simulation.tickets.keys()]) this.simulation.tickets.delete(key);
  }

  async stop(): Promise<void> {
    for (const timer of this.timers.values()) clearTimeout(timer);
    await this.git.close();
  }

  private now(): Date {
    this.simulation.passTo(new Date(this.epoch + Math.round(performance.now() - this.start)));
    return this.simulation.now;
  }

  private decide(key: string): void {
    const now = this.now();
    const { steps, wakeAt } = this.simulation.plan(key);
    for (const step of steps) {
      // What rides is no part of this figure.
      if (step.step === 'Start') void this.run(key, step.job);
      else if (step.step === 'CreateTicket' || step.step === 'WriteTrack') this.simulation.carry(step);
    }
    clearTimeout(this.timers.get(key));
    if (steps.some(({ step }) => step === 'CreateTicket' || step === 'WriteTrack')) return this.again(key, 0);
    if (wakeAt) this.again(key, wakeAt.getTime() - now.getTime());
  }

  private again(key: string, ms: number): void {
    this.timers.set(
      key,
      setTimeout(() => this.decide(key), Math.max(0, ms)),
    );
  }

  private async run(key: string, job: Job): Promise<void> {
    const place = `${key} ${job.kind} ${job.key}`;
    if ((job.kind !== 'tip' && job.kind !== 'walk') || this.running.has(place)) return;
    this.running.add(place);
    try {
      const signal = new AbortController().signal;
      const result = job.kind === 'tip' ? await this.tips.tip(job) : await walk(this.git, job, signal);
      this.simulation.note(job, { state: 'Done', at: this.now(), result, ...('seen' in job && { seen: job.seen }) });
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1) console.error(error);
    }
    this.running.delete(place);
    this.decide(key);
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

const began = performance.now();
/** What goes on, for whoever watches; the figures alone go to the output. */
const say = (what: string): void => console.error(`${((performance.now() - began) / 1_000).toFixed(0)} s: ${what}`);

/** @throws Error where it takes longer */
async function until(what: string, holds: () => boolean, withinS: number): Promise<void> {
  const deadline = performance.now() + withinS * 1_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinS} s`);
    await pause(5);
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-follow-'));
  const server = fork(__filename, ['serve', join(folder, 'server')], {
    execArgv: ['-r', resolve(__dirname, '../scripts/typescript.cjs')],
  });
  const told = (): Promise<Counted> => new Promise((done) => server.once('message', (said) => done(said as Counted)));
  const asked = (): Promise<Counted> => (server.send('how many'), told());
  const { url } = await told();
  const follower = new Follower(join(folder, 'mirrors'));
  try {
    globalThis.gc?.();
    const bare = process.memoryUsage().heapUsed;
    for (let at = 0; at < SUBSCRIPTIONS; at += 1) {
      follower.follow(`track-${at}`, `${url}/source-${at % REPOSITORIES}.git`, REST_INTERVAL_S);
    }
    say(`first looks of ${SUBSCRIPTIONS} subscriptions`);
    await until('every subscription has looked', () => follower.looked() === SUBSCRIPTIONS, FIRST_LOOKS_S);
    follower.forgetTickets();
    globalThis.gc?.();
    await pause(SETTLE_S * 1_000);
    say(`rest for ${REST_S} s`);
    const kept = process.memoryUsage().heapUsed - bare;
    const before = await asked();
    const cpu = process.cpuUsage();
    await pause(REST_S * 1_000);
    const used = process.cpuUsage(cpu);
    const after = await asked();
    const share = (used.user + used.system) / 1_000 / (REST_S * 10);
    console.log(`| ${SUBSCRIPTIONS} subscriptions on ${REPOSITORIES} repositories, each minute | | must be |`);
    console.log('|---|---|---|');
    const perMinute = ((after.requests - before.requests) * 60) / REST_S;
    const floor = (REPOSITORIES * 60) / REST_INTERVAL_S;
    console.log(`| requests a minute | ${perMinute.toFixed(0)} | floor ${floor} |`);
    console.log(`| CPU | ${share.toFixed(2)} % of a core | below 1 % |`);
    console.log(`| heap | ${(kept / MB).toFixed(1)} MB | - |`);

    say(`${PUSHES} pushes`);
    const waits: number[] = [];
    const name = 'pushed';
    follower.follow(name, `${url}/source-0.git`, PUSH_INTERVAL_S);
    const boards = (count: number): Promise<void> =>
      until(`push ${count} has a ticket`, () => follower.made(name) >= count, PUSH_INTERVAL_S + FIRST_LOOKS_S);
    await boards(1);
    for (let at = 0; at < PUSHES; at += 1) {
      await pause(Math.random() * PUSH_INTERVAL_S * 1_000);
      commit(join(folder, 'server'), 0);
      const pushed = performance.now();
      await boards(at + 2);
      waits.push((performance.now() - pushed) / 1_000);
    }
    const worst = Math.max(...waits);
    console.log(
      `| push to ticket, looks each ${PUSH_INTERVAL_S} s, worst of ${PUSHES} | ${worst.toFixed(2)} s | at most ${PUSH_INTERVAL_S + 1} s |`,
    );
    if (follower.failures > 0) throw new Error(`${follower.failures} looks failed`);
    if (share >= 1 || worst > PUSH_INTERVAL_S + 1) process.exitCode = 1;
  } finally {
    await follower.stop();
    server.disconnect();
    await new Promise((done) => server.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  }
}

void (process.argv[2] === 'serve' ? serve(process.argv[3] ?? '') : main());
