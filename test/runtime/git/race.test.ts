import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Git } from '../../../runtime/git';
import { CLEAN, order, soon, World } from './world';

const BRANCHES = ['env/test', 'env/stage', 'env/prod', 'env/east', 'env/west'];
/** Who arrives at each branch at once, and how often. */
const RIVALS = 2;
const ARRIVALS = 5;
const TICKETS = BRANCHES.length * RIVALS * ARRIVALS;
const PAUSE_MS = 1_000;

let world: World;
let repo: string;
let git: Git;
beforeEach(async () => {
  world = await World.start();
  repo = await world.repository('acme/deploy');
  git = world.git();
});
afterEach(() => world.stop());

/** One ticket arrives: it looks, commits and pushes until its commit is on the branch. @returns that commit */
async function arrive(ticket: number, branch: string): Promise<string> {
  for (;;) {
    const head = (await git.heads(repo, [branch])).get(branch);
    const parent = head === undefined ? {} : { parent: head };
    const files = { [`ours-${ticket}`]: String(ticket) };
    const { commit } = await git.commit(repo, order(files, { ...parent, message: `ticket ${ticket}` }));
    const outcome = await git.push(repo, [{ branch, expected: head, commit }], soon());
    if (outcome.outcome === 'Accepted') return commit;
    if (outcome.outcome === 'Refused') {
      expect(outcome).toMatchObject({ kind: 'Moved' });
      continue;
    }
    // Judged by the branch alone, as the runtime does (D5).
    const present = (await git.heads(repo, [branch])).get(branch);
    if (present !== undefined && (await git.contains(repo, commit, present))) return commit;
  }
}

/** Somebody with a clone, who commits to every branch and pushes, once a second; whoever is too late pulls and tries again. */
class Person {
  readonly pushed: { readonly branch: string; readonly commit: string }[] = [];
  private readonly clone = mkdtempSync(join(world.folder, 'clone-'));
  private stopped = false;

  /** Beside the server, which is in this process. */
  private async git(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('git', ['-C', this.clone, ...args], { env: CLEAN });
    return stdout.trim();
  }

  async work(): Promise<void> {
    await this.git('clone', '--quiet', repo, '.');
    for (let round = 1; !this.stopped; round += 1) {
      for (const branch of BRANCHES) await this.edit(branch, round);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private async edit(branch: string, round: number): Promise<void> {
    for (let isPushed = false; !isPushed;) {
      await this.git('fetch', '--quiet', 'origin');
      await this.git('checkout', '--quiet', '-B', 'work', `origin/${branch}`);
      await this.git('commit', '--quiet', '--allow-empty', '--message', `by hand ${round}`);
      isPushed = await this.git('push', '--quiet', 'origin', `work:refs/heads/${branch}`).then(
        () => true,
        // A ticket was first.
        () => false,
      );
    }
    this.pushed.push({ branch, commit: await this.git('rev-parse', 'work') });
  }
}

test(`I3, R9: of ${TICKETS} tickets and a person who never stops pushing all land, on the same branches, and nothing is lost`, async () => {
  for (const branch of BRANCHES) world.personCommits(repo, branch, { 'README.md': branch });
  const person = new Person();
  const working = person.work();
  const landed: { readonly branch: string; readonly commit: string }[] = [];
  const rivals = BRANCHES.flatMap((branch, place) =>
    Array.from({ length: RIVALS }, async (_, rival) => {
      for (let at = 0; at < ARRIVALS; at += 1) {
        const ticket = (place * RIVALS + rival) * ARRIVALS + at;
        landed.push({ branch, commit: await arrive(ticket, branch) });
      }
    }),
  );
  await Promise.all(rivals);
  person.stop();
  await working;

  expect(landed).toHaveLength(TICKETS);
  expect(person.pushed.length).toBeGreaterThanOrEqual(BRANCHES.length);
  for (const branch of BRANCHES) {
    const log = world.on(repo, 'log', '--format=%H %s', branch).trim().split('\n');
    const here = [...landed, ...person.pushed].filter((one) => one.branch === branch).map(({ commit }) => commit);
    // Each of them once, and nobody else's: what was shown once was never taken back.
    expect(
      log
        .map((line) => line.split(' ')[0])
        .slice(0, -1)
        .sort(),
    ).toEqual(here.sort());
    const tickets = log.filter((line) => line.includes(' ticket '));
    expect(new Set(tickets.map((line) => line.slice(41))).size).toBe(RIVALS * ARRIVALS);
    expect(Object.keys(world.filesAt(repo, branch))).toHaveLength(1 + RIVALS * ARRIVALS);
  }
}, 120_000);
