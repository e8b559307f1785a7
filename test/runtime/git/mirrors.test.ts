import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../waiting';
import { order, stockGit, World } from './world';

const ROOT = join(__dirname, '..', '..', '..');
const HOUR_MS = 60 * 60_000;
/** A process that has to boot, and runs Git a dozen times. */
const DISK_MS = 200_000;

let world: World;
let time: number;
beforeEach(async () => {
  world = await World.start();
  time = Date.now();
});
afterEach(() => world.stop());

const now = (): Date => new Date(time);
const mirrors = (): string[] => readdirSync(world.mirrors).filter((name) => name.endsWith('.git'));

describe('the mirror of a repository', () => {
  test('that nothing names any more goes when it was not used for an hour, and comes back when it is asked for', async () => {
    const [kept, dropped] = [await world.repository('kept'), await world.repository('dropped')];
    const commits = new Map([kept, dropped].map((url) => [url, world.personCommits(url, 'main', { a: '1' })]));
    const git = world.git({ now });
    for (const [url, commit] of commits) await git.files(url, commit);

    expect(await git.retain([kept])).toBe(0);
    time += HOUR_MS;
    expect(await git.retain([kept, 'no URL'])).toBe(1);
    expect(mirrors()).toHaveLength(1);
    expect(await git.retain([kept])).toBe(0);
    for (const [url, commit] of commits) expect((await git.files(url, commit)).size).toBe(1);
    expect(mirrors()).toHaveLength(2);
  });

  test('is known by every spelling of its URL, and goes though it is of an earlier process', async () => {
    const repo = await world.repository('acme/deploy');
    const other = await world.repository('acme/other');
    const before = world.git();
    for (const url of [repo, other]) await before.commit(url, order({ a: '1' }));
    await before.close();
    const git = world.git({ now });
    expect(await git.retain([repo.replace(/\.git$/, '/'), other])).toBe(0);
    expect(await git.retain([repo.replace(/\.git$/, '/')])).toBe(1);
    expect(mirrors()).toHaveLength(1);
  });

  test('stays while it is in use, however long that takes', async () => {
    const repo = await world.repository('acme/deploy');
    const wire = await world.wire();
    wire.quality = 'silent';
    const git = world.git({ now });
    const asking = git.heads(wire.through(repo), ['main']).catch(() => undefined);
    await eventually('the server was asked', () => wire.connections > 0);
    time += 2 * HOUR_MS;
    expect(await git.retain([])).toBe(0);
    expect(mirrors()).toHaveLength(1);
    await git.close();
    await asking;
  });

  test('holds nothing that is lost with it: a commit that was not pushed is made again', async () => {
    const repo = await world.repository('acme/deploy');
    const git = world.git({ now });
    const made = await git.commit(repo, order({ a: '1' }));
    time += HOUR_MS;
    expect(await git.retain([])).toBe(1);
    const updates = [{ branch: 'main', expected: undefined, commit: made.commit }];
    const deadline = new Date(time + 60_000);
    await expect(git.push(repo, updates, { deadline })).rejects.toMatchObject({ reason: 'CommitMissing' });
    expect(await git.commit(repo, order({ a: '1' }))).toEqual(made);
    expect(await git.push(repo, updates, { deadline })).toEqual({ outcome: 'Accepted' });
  });
});

/** Whether disks can be mounted here that nobody else sees; only some machines let everybody. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

(canMount ? describe : describe.skip)('R16: a disk that is full', () => {
  /** What became of each order on a disk with this much room, and what fsck says of the mirrors that are left. */
  async function onDisk(room: string, orders: readonly string[]): Promise<{ told: unknown[]; whole: boolean }> {
    const disk = join(world.folder, 'disk');
    mkdirSync(disk, { recursive: true });
    const hook = join(ROOT, 'scripts', 'typescript.cjs');
    const script = `mount -t tmpfs -o ${room} tmpfs "$1" && shift && "$@" && for one in "$3"/*.git; do
      git --git-dir "$one" fsck --no-dangling >/dev/null 2>&1 || echo '"broken"'; done`;
    const run = [process.execPath, '-r', hook, join(__dirname, 'small-disk.ts'), disk, ...orders];
    const args = ['-rm', 'sh', '-c', script.replace('"$3"', `"${disk}"`), 'sh', disk, ...run];
    const { stdout } = await promisify(execFile)('unshare', args, { timeout: DISK_MS - 10_000 });
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    return { told: told.filter((one) => one !== 'broken'), whole: !told.includes('broken') };
  }

  /** A repository with a file that no compression makes smaller. */
  async function repository(name: string, bytes: number): Promise<string> {
    const url = await world.repository(name);
    const file = join(world.folder, 'content');
    writeFileSync(file, randomBytes(bytes));
    const oid = stockGit(['--git-dir', world.bare(url), 'hash-object', '-w', file]).trim();
    const tree = execFileSync('git', ['--git-dir', world.bare(url), 'mktree'], {
      input: `100644 blob ${oid}\tfile\n`,
      encoding: 'utf8',
    });
    const commit = world.on(url, 'commit-tree', '-m', 'large', tree.trim()).trim();
    world.on(url, 'update-ref', 'refs/heads/main', commit);
    return url;
  }

  test(
    'gives up other mirrors, then its own, and says what is too large; what comes after goes on by itself',
    async () => {
      const [one, two, large] = [
        await repository('one', 1_200_000),
        await repository('two', 1_200_000),
        await repository('large', 5_000_000),
      ];
      const orders = [`read ${one}`, `read ${two}`, `read ${large}`, `read ${one}`];
      const writes = [`commit ${one} 5000000`, `commit ${two} 400000`, `commit ${one} 1000`];
      const { told, whole } = await onDisk('size=2m', [...orders, ...writes, `read ${two}`]);
      const full = {
        name: 'TransientError',
        failed: expect.stringMatching(/^The disk that holds the Git mirrors has no room left.*Give it more/) as string,
      };
      const [read, commits] = [{ done: 1_200_000 }, [full, { done: 400_000 }, { done: 1_000 }]];
      expect(told).toEqual([read, read, full, read, ...commits, read]);
      expect(whole).toBe(true);
    },
    DISK_MS,
  );

  test(
    'of files gives up mirrors as well',
    async () => {
      const urls = await Promise.all(Array.from({ length: 5 }, (_, at) => repository(`small-${at}`, 10)));
      const orders = [...urls, ...urls].map((url) => `read ${url}`);
      const { told, whole } = await onDisk('size=20m,nr_inodes=40', orders);
      expect(told).toEqual(orders.map(() => ({ done: 10 })));
      expect(whole).toBe(true);
    },
    DISK_MS,
  );
});
