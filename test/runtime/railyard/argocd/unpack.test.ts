import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Shown } from '../../../../runtime/railyard/argocd/shown';
import { unpack } from '../../../../runtime/railyard/argocd/unpack';

const run = promisify(execFile);
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

let folder: string;

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run('git', [...identity, ...args], {
    cwd: folder,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
  return stdout.trim();
}

/** What Git packs of these revisions, and of their history. */
async function packed(revisions: readonly string[], ...options: string[]): Promise<Buffer> {
  const child = spawn('git', ['pack-objects', '--revs', '--stdout', '-q', ...options], { cwd: folder });
  child.stdin.end(revisions.map((one) => `${one}\n`).join(''));
  return buffer(child.stdout);
}

const text = (version: number): string =>
  Array.from({ length: 5_000 }, (_, line) => `line ${line} of ${line === 2_500 ? version : 'all'}\n`).join('');

async function commit(version: number): Promise<void> {
  await writeFile(join(folder, 'sub', 'large.yaml'), text(version));
  await writeFile(join(folder, 'small.yaml'), `version: ${version}\n`);
  await git('add', '.');
  await git('commit', '--quiet', '-m', `version ${version}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'k8sta-unpack-'));
  await git('init', '--quiet', '--initial-branch=main');
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'nothing.yaml'), '');
  await symlink('small.yaml', join(folder, 'link.yaml'));
  for (const version of [1, 2, 3]) await commit(version);
  await git('tag', '-a', '-m', 'first', 'v1');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a pack of Git', () => {
  test.each([
    ['by offset', ['--delta-base-offset']],
    ['by id', []],
  ])('with differences %s gives every object whole, under its own id', async (_, options) => {
    const pack = await packed(['main', 'v1'], ...options);
    const objects = unpack(pack);
    const listed = await git('rev-list', '--objects', 'main', 'v1');
    const wanted = listed.split('\n').map((line) => line.slice(0, 40));
    expect([...objects.keys()].sort()).toEqual([...new Set(wanted)].sort());
    // Three versions of a large file, and not three times its size.
    expect(pack.length).toBeLessThan(text(1).length);
    for (const version of [1, 2, 3]) {
      const blob = await git('rev-parse', `main~${3 - version}:sub/large.yaml`);
      expect(objects.get(blob)?.content.toString()).toBe(text(version));
    }
  });

  test('that is damaged, cut or none at all is refused', async () => {
    const pack = await packed(['main']);
    const damaged = Buffer.from(pack);
    damaged.writeUInt8(damaged.readUInt8(40) ^ 0xff, 40);
    expect(() => unpack(damaged)).toThrow('damaged');
    expect(() => unpack(pack.subarray(0, -30))).toThrow('damaged');
    expect(() => unpack(Buffer.from('nothing that Git would send'))).toThrow('no pack');
  });

  test('that builds on what it does not hold is refused', async () => {
    const pack = await packed(['main', '^main~1'], '--thin');
    expect(() => unpack(pack)).toThrow('lacks objects');
  });
});

describe('a commit', () => {
  async function shown(revision: string): Promise<Shown> {
    return new Shown(await git('rev-parse', revision), unpack(await packed([revision])));
  }

  test('shows the files below a folder, by path from there, without links', async () => {
    const whole = (await shown('main')).files('');
    expect([...(whole ?? [])].map(([path]) => path)).toEqual(['nothing.yaml', 'small.yaml', 'sub/large.yaml']);
    expect([...((await shown('main')).files('sub') ?? [])].map(([path]) => path)).toEqual(['large.yaml']);
  });

  test.each(['missing', 'small.yaml', 'sub/deeper', '..'])('has no folder %s', async (path) => {
    expect((await shown('main')).files(path)).toBeUndefined();
  });

  test('may be asked for by an annotated tag', async () => {
    expect((await shown('v1')).files('')?.get('small.yaml')?.toString()).toBe('version: 3\n');
  });

  test('may show nothing', async () => {
    const empty = await git('commit-tree', '-m', 'nothing', '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    await git('branch', 'empty', empty);
    expect((await shown('empty')).files('')?.size).toBe(0);
  });
});
