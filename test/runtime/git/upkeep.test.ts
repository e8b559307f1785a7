import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../../../runtime/git';
import { tidy } from '../../../runtime/git/upkeep';
import { eventually } from '../../waiting';
import { order, soon, stockGit, World } from './world';

const PACKS = 'objects/pack';
const HOUR_MS = 60 * 60_000;

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

const mirror = (): string =>
  join(world.mirrors, readdirSync(world.mirrors).find((name) => name.endsWith('.git')) ?? '');
const packs = (): string[] => readdirSync(join(mirror(), PACKS)).filter((name) => name.endsWith('.pack'));
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const run = async (args: readonly string[], input: string) => ({
  exitCode: 0,
  stdout: stockGit(['--git-dir', mirror(), ...args], { input }),
  stderr: '',
});

/** What a rendered branch shows after one more arrival. */
const shown = (arrival: number): Record<string, string> => ({
  'deployment.yaml': `${'# a manifest of some length\n'.repeat(40)}image: web:${arrival}\n`,
  '.k8sta/state.yaml': `ticket: web-${arrival}\n`,
});

describe('a mirror', () => {
  test('that many commits are made in keeps few packs, close to what one repack would leave, and every commit', async () => {
    const repo = await world.repository('acme/deploy');
    const git = world.git();
    const commits: string[] = [];
    for (let arrival = 0; arrival < 300; arrival += 1) {
      const parent = commits.at(-1);
      const { commit } = await git.commit(repo, order(shown(arrival), parent === undefined ? {} : { parent }));
      commits.push(commit);
    }
    await eventually('its packs are few', () => packs().length <= 51, 60_000);
    await git.close();
    const last = commits.at(-1) ?? '';
    expect(stockGit(['--git-dir', mirror(), 'rev-list', '--count', '--objects', last]).trim()).toBe('1500');
    expect(stockGit(['--git-dir', mirror(), 'fsck', '--strict', '--no-dangling'])).toBe('');
    expect(readdirSync(join(mirror(), 'objects')).filter((name) => name.length === 2)).toEqual([]);

    const bytes = bytesIn(join(mirror(), PACKS));
    stockGit(['--git-dir', mirror(), 'update-ref', 'refs/heads/all', last]);
    stockGit(['--git-dir', mirror(), 'repack', '-adq']);
    expect(bytes).toBeLessThan(4 * bytesIn(join(mirror(), PACKS)));
  });

  test('leaves what the server promised to give again apart from what was made here', async () => {
    const repo = await world.repository('acme/source');
    const git = world.git();
    const textAt = async (on: Git, commit: string): Promise<string> => {
      const file = (await on.files(repo, commit)).get('app.yaml');
      return Buffer.from((await on.blobs(repo, [file?.oid ?? ''])).get(file?.oid ?? '') ?? []).toString();
    };
    for (const version of ['1', '2', '3']) {
      const parent = world.personCommits(repo, 'main', { 'app.yaml': version, unread: version });
      await textAt(git, parent);
      await git.commit(repo, order(shown(0), { parent }));
    }
    await git.close();
    expect(packs()).toHaveLength(9);
    expect(await tidy(mirror(), run, { most: 1, now: Date.now() })).toEqual({ packs: 2, gone: [] });
    expect(packs()).toHaveLength(2);
    expect(readdirSync(join(mirror(), PACKS)).filter((name) => name.endsWith('.promisor'))).toHaveLength(1);
    const newest = world.personCommits(repo, 'main', { 'app.yaml': 'newest' });
    expect(await textAt(world.git(), newest)).toBe('newest');
  });

  test('leaves withdrawn commits behind once they are old, with all that only they have, and can make them again', async () => {
    const repo = await world.repository('acme/deploy');
    const git = world.git();
    const source = world.personCommits(repo, 'main', { 'app.yaml': '1' });
    const first = await git.commit(repo, order(shown(0)));
    await git.push(repo, [{ branch: 'env/test', expected: undefined, commit: first.commit }], soon());
    const asked = order({ ...shown(0), 'deployment.yaml': 'withdrawn' }, { parent: first.commit });
    const withdrawn = await git.commit(repo, asked);
    const second = await git.commit(repo, order(shown(1), { parent: first.commit }));
    await git.push(repo, [{ branch: 'env/test', expected: first.commit, commit: second.commit }], soon());
    await git.files(repo, source); // A fetch notes what was pushed.
    await git.close();

    expect((await tidy(mirror(), run, { most: 1, now: Date.now() })).gone).toEqual([]);
    const { gone } = await tidy(mirror(), run, { most: 0, now: Date.now() + HOUR_MS });
    expect(gone).toEqual([]); // One pack is as few as can be.
    const more = world.git();
    await more.commit(repo, order(shown(2), { parent: second.commit }));
    await more.close();
    const left = await tidy(mirror(), run, { most: 1, now: Date.now() + HOUR_MS });
    expect(left.gone).toEqual(expect.arrayContaining([withdrawn.commit, withdrawn.tree]));
    expect(stockGit(['--git-dir', mirror(), 'rev-list', '--count', '--objects', second.commit]).trim()).toBe('10');

    const next = world.git();
    await expect(
      next.push(repo, [{ branch: 'x', expected: undefined, commit: withdrawn.commit }], soon()),
    ).rejects.toMatchObject({ reason: 'CommitMissing' });
    expect(await next.commit(repo, asked)).toEqual(withdrawn);
    expect((await next.files(repo, withdrawn.commit)).size).toBe(2);
  });

  test('forgets what a writer that was killed had not finished', async () => {
    const repo = await world.repository('acme/deploy');
    const git = world.git();
    const { commit } = await git.commit(repo, order(shown(0)));
    await git.close();
    writeFileSync(join(mirror(), PACKS, 'new_half.pack'), 'PACK');
    const next = world.git();
    expect((await next.files(repo, commit)).size).toBe(2);
    expect(readdirSync(join(mirror(), PACKS))).not.toContain('new_half.pack');
  });
});
