import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../runtime/errors';
import type { Git } from '../../../runtime/git';
import { treeOf } from '../../../runtime/git/process-tree';
import type { Interference } from '../../../runtime/railyard/git';
import { eventually } from '../../waiting';
import { commandOf, commandsWith } from './processes';
import { order, soon, stockGit, World } from './world';

let world: World;
afterEach(() => world.stop());

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );

describe('R7: a server', () => {
  test.each(['silent', 'dripping'] as const)(
    'that is %s is given up within the limit, and no process stays',
    async (quality) => {
      world = await World.start();
      const repo = await world.repository('acme/deploy');
      world.personCommits(repo, 'main', { a: '1' });
      const wire = await world.wire();
      wire.quality = quality;
      const git = world.git({ limits: { silenceMs: 1000 } });
      const began = Date.now();
      const error = await failureOf(git.heads(wire.through(repo), ['main']));

      expect(error).toMatchObject({
        name: 'TransientError',
        message: expect.stringContaining('fell silent') as string,
      });
      expect(Date.now() - began).toBeLessThan(5000);
      expect(commandsWith(`:${wire.port}/`)).toEqual([]);

      wire.quality = 'good';
      expect((await git.heads(wire.through(repo), ['main'])).size).toBe(1);
    },
  );

  test('that hangs in the middle of a fetch is given up, and the next fetch succeeds', async () => {
    world = await World.start();
    const repo = await world.repository('acme/deploy');
    const commit = world.personCommits(repo, 'main', { a: '1' });
    const wire = await world.wire();
    const git = world.git({ limits: { silenceMs: 1000 } });
    await git.heads(wire.through(repo), ['main']);
    wire.quality = 'silent';
    expect(await failureOf(git.files(wire.through(repo), commit))).toMatchObject({ name: 'TransientError' });
    wire.quality = 'good';
    expect((await git.files(wire.through(repo), commit)).size).toBe(1);
  });

  test('that hangs during a push leaves it unanswered at its deadline, and no process stays', async () => {
    world = await World.start();
    const repo = await world.repository('acme/deploy');
    const wire = await world.wire();
    const git = world.git();
    const remote = wire.through(repo);
    const { commit } = await git.commit(remote, order({ a: '1' }));
    wire.quality = 'silent';
    const began = Date.now();
    const outcome = await git.push(remote, [{ branch: 'main', expected: undefined, commit }], {
      deadline: new Date(began + 500),
    });

    expect(outcome).toMatchObject({ outcome: 'Unanswered', message: expect.stringContaining('deadline') as string });
    expect(Date.now() - began).toBeLessThan(5000);
    expect(commandsWith(`:${wire.port}/`)).toEqual([]);
  });

  test('that hangs is let go of when the caller is told to stop', async () => {
    world = await World.start();
    const repo = await world.repository('acme/deploy');
    const wire = await world.wire();
    const git = world.git();
    const remote = wire.through(repo);
    const { commit } = await git.commit(remote, order({ a: '1' }));
    wire.quality = 'silent';
    const stop = new AbortController();
    const push = git.push(remote, [{ branch: 'main', expected: undefined, commit }], {
      ...soon(),
      signal: stop.signal,
    });
    await eventually('the push is under way', () => wire.connections > 0);
    stop.abort();
    expect(await push).toMatchObject({ outcome: 'Unanswered' });
    expect(commandsWith(`:${wire.port}/`)).toEqual([]);
  });

  test('that hangs holds up nobody who works with another repository', async () => {
    world = await World.start();
    const good = await world.repository('good');
    const bad = await world.repository('bad');
    world.personCommits(good, 'main', { a: '1' });
    const wire = await world.wire();
    wire.quality = 'silent';
    const git = world.git();
    const waiting = Array.from({ length: 20 }, () => failureOf(git.heads(wire.through(bad), ['main'])));
    await eventually('the slow server was asked', () => wire.connections > 0);
    for (let n = 0; n < 5; n += 1) expect((await git.heads(good, ['main'])).size).toBe(1);
    await git.close();
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ name: 'TransientError' });
    expect(commandsWith(`:${wire.port}/`)).toEqual([]);
  });

  test('that is down, or does not know the repository, is a TransientError that names it', async () => {
    world = await World.start();
    const git = world.git();
    const gone = await failureOf(git.heads(`${world.url}/acme/nothing.git`, ['main']));
    expect(gone).toMatchObject({ name: 'TransientError' });
    expect(messageOf(gone)).toMatch(/acme\/nothing.git was not found/);

    const wire = await world.wire();
    await wire.cut();
    const down = await failureOf(git.heads(wire.through(`${world.url}/acme/a.git`), ['main']));
    expect(down).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining(`:${wire.port}/acme/a.git`) as string,
    });
  });

  test('that asks for a pause gets one', async () => {
    world = await World.start({ intercept: () => ({ status: 429, message: 'slow down' }) });
    const repo = await world.repository('acme/deploy');
    expect(await failureOf(world.git().heads(repo, ['main']))).toMatchObject({
      name: 'TransientError',
      retryAfterMs: 60_000,
    });
  });

  test('R2: that takes a push and loses the reply leaves it unanswered, and the head shows that it landed', async () => {
    let lose = false;
    world = await World.start({
      intercept: (request): Interference | undefined =>
        lose && request.service === 'git-receive-pack' && !request.advertisement ? { loseReply: true } : undefined,
    });
    const repo = await world.repository('acme/deploy');
    const git = world.git();
    const { commit } = await git.commit(repo, order({ a: '1' }));
    lose = true;
    const outcome = await git.push(repo, [{ branch: 'main', expected: undefined, commit }], soon());
    lose = false;

    expect(outcome).toMatchObject({ outcome: 'Unanswered' });
    expect(await git.heads(repo, ['main'])).toEqual(new Map([['main', commit]]));
    expect(await git.push(repo, [{ branch: 'main', expected: undefined, commit }], soon())).toEqual({
      outcome: 'Accepted',
    });
    expect(world.on(repo, 'rev-list', '--count', 'main').trim()).toBe('1');
  });

  test('that fails in the middle leaves the push unanswered with its words', async () => {
    world = await World.start({
      intercept: (request): Interference | undefined =>
        request.service === 'git-receive-pack' && !request.advertisement
          ? { status: 503, message: 'out of order' }
          : undefined,
    });
    const repo = await world.repository('acme/deploy');
    const git = world.git();
    const { commit } = await git.commit(repo, order({ a: '1' }));
    const outcome = await git.push(repo, [{ branch: 'main', expected: undefined, commit }], soon());
    expect(outcome).toMatchObject({ outcome: 'Unanswered', message: expect.stringContaining('503') as string });
  });
});

test('R8: a push that is too large for what stands before the server is Rejected, saying so', async () => {
  world = await World.start({
    intercept: (request): Interference | undefined =>
      request.service === 'git-receive-pack' && !request.advertisement
        ? { status: 413, message: 'quota exceeded' }
        : undefined,
  });
  const repo = await world.repository('acme/deploy');
  const git = world.git();
  const { commit } = await git.commit(repo, order({ a: '1' }));
  expect(await git.push(repo, [{ branch: 'main', expected: undefined, commit }], soon())).toMatchObject({
    outcome: 'Refused',
    kind: 'Rejected',
    message: expect.stringMatching(/413/) as string,
  });
});

test('R17: a repository with many branches and much history is asked for what is named alone, and slows nobody down', async () => {
  world = await World.start();
  const repo = await world.repository('large');
  const small = await world.repository('small');
  const first = world.personCommits(repo, 'main', Object.fromEntries(largeTree()));
  const refs = Array.from({ length: 5_000 }, (_, at) => `create refs/heads/env/${at} ${first}\n`).join('');
  stockGit(['--git-dir', world.bare(repo), 'update-ref', '--stdin'], { input: refs });
  world.on(repo, 'pack-refs', '--all');
  const other = world.personCommits(small, 'main', { a: '1' });
  const wire = await world.wire();
  const git = world.git();
  const remote = wire.through(repo);
  expect([...(await git.heads(remote, ['env/77'])).values()]).toEqual([first]);
  expect(wire.bytesServed).toBeLessThan(20_000);

  const work = git.files(remote, first, 'apps/7').then((files) =>
    git.blobs(
      remote,
      [...files.values()].map(({ oid }) => oid),
    ),
  );
  expect((await git.files(small, other)).size).toBe(1);
  expect((await work).size).toBe(100);
  // Trees of all, contents of none but those: less than a tenth of what a clone brings.
  expect(wire.bytesServed).toBeLessThan(LARGE_FILES * LARGE_FILE_BYTES * 0.3);
  const { commit } = await git.commit(remote, order({ 'app.yaml': '1' }, { parent: first }));
  const before = wire.bytesServed;
  await git.push(remote, [{ branch: 'env/77', expected: first, commit }], soon());
  expect(wire.bytesServed - before).toBeLessThan(5_000);
});

const LARGE_FILES = 5_000;
const LARGE_FILE_BYTES = 400;
function* largeTree(): Iterable<[string, string]> {
  for (let at = 0; at < LARGE_FILES; at += 1) {
    yield [`apps/${at % 50}/${at}.yaml`, `${at} ${randomBytes(LARGE_FILE_BYTES / 2).toString('hex')}`];
  }
}

describe('S4: a repository', () => {
  test('with hooks, filters and submodules runs and fetches none of them', async () => {
    world = await World.start();
    const repo = await world.repository('acme/deploy');
    const mark = join(world.folder, 'ran');
    const commit = world.personCommits(repo, 'main', {
      '.gitattributes': '* filter=evil\n*.bin filter=lfs diff=lfs merge=lfs\n',
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ext::touch ${mark}\n`,
      '.gitconfig': `[core]\n\tsshCommand = touch ${mark}\n`,
      '.lfsconfig': `[lfs]\n\turl = http://127.0.0.1:1/\n`,
      'big.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
    });
    const git = world.git();
    const files = await git.files(repo, commit);
    const contents = await git.blobs(
      repo,
      [...files.values()].map((entry) => entry.oid),
    );
    const made = await git.commit(repo, order({ new: '1' }, { parent: commit }));
    await git.push(repo, [{ branch: 'main', expected: commit, commit: made.commit }], soon());

    expect(Buffer.from(contents.get(files.get('big.bin')?.oid ?? '') ?? []).toString()).toMatch(/^version https/);
    expect(() => readFileSync(mark)).toThrow(/ENOENT/);
  });
});

describe('a mirror', () => {
  let repo: string;
  let git: Git;
  let commit: string;
  let folder: string;
  beforeEach(async () => {
    world = await World.start();
    repo = await world.repository('acme/deploy');
    world.personCommits(repo, 'main', { a: '1', 'b/c': '2' });
    commit = world.personCommits(repo, 'main', { a: '3' });
    git = world.git();
    await git.heads(repo, ['main']);
    const files = await git.files(repo, commit);
    await git.blobs(
      repo,
      [...files.values()].map((entry) => entry.oid),
    );
    folder = join(world.mirrors, readdirSync(world.mirrors).find((name) => name.endsWith('.git')) ?? '');
  });

  const packs = (ending: string): string[] =>
    readdirSync(join(folder, 'objects', 'pack'))
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, 'objects', 'pack', name));

  test.each<[string, () => void]>([
    ['its configuration is garbage', () => writeFileSync(join(folder, 'config'), '[core')],
    ['its HEAD is gone', () => rmSync(join(folder, 'HEAD'))],
    [
      'its packs are cut short',
      () => packs('.pack').forEach((pack) => execFileSync('chmod', ['644', pack]) && truncateSync(pack, 20)),
    ],
    [
      'its indexes are empty',
      () => packs('.idx').forEach((pack) => execFileSync('chmod', ['644', pack]) && truncateSync(pack, 0)),
    ],
    ['its packs are gone and its refs are not', () => rmSync(join(folder, 'objects', 'pack'), { recursive: true })],
    ['it is gone', () => rmSync(folder, { recursive: true })],
    [
      'a fetch was killed with its locks held',
      () => writeFileSync(join(folder, 'objects', 'pack', 'tmp_pack_x'), 'half'),
    ],
  ])('heals where %s', async (_case, damage) => {
    await git.close();
    damage();
    const next = world.git();
    const newest = world.personCommits(repo, 'main', { a: '4' });
    expect((await next.heads(repo, ['main'])).get('main')).toBe(newest);
    const files = await next.files(repo, newest);
    expect(
      Buffer.from(
        (await next.blobs(repo, [files.get('a')?.oid ?? ''])).get(files.get('a')?.oid ?? '') ?? [],
      ).toString(),
    ).toBe('4');
    expect(await next.contains(repo, commit, newest)).toBe(true);
    const made = await next.commit(repo, order({ d: '5' }, { parent: newest }));
    expect(await next.push(repo, [{ branch: 'main', expected: newest, commit: made.commit }], soon())).toEqual({
      outcome: 'Accepted',
    });
  });

  test('that is damaged while many work with it is made anew once, and all of them get their answers', async () => {
    rmSync(join(folder, 'objects'), { recursive: true });
    const answers = await Promise.all(Array.from({ length: 10 }, () => git.files(repo, commit)));
    expect(answers.map((files) => files.size)).toEqual(Array.from({ length: 10 }, () => 2));
  });

  test('is kept where only the process that reads it was ended', async () => {
    const before = statSync(folder).ino;
    const [reader] = (await treeOf(process.pid)).filter((pid) => commandOf(pid).includes('cat-file'));
    process.kill(reader ?? 0, 'SIGKILL');
    expect((await git.files(repo, commit)).size).toBe(2);
    expect(statSync(folder).ino).toBe(before);
  });

  test('is kept where it is closed in the middle of the work', async () => {
    const before = statSync(folder).ino;
    const work = Array.from({ length: 20 }, () => failureOf(git.files(repo, commit)));
    await git.close();
    await Promise.all(work);
    expect(statSync(folder).ino).toBe(before);
    await expect(git.files(repo, commit)).rejects.toMatchObject({ name: 'TransientError' });
  });

  test('whose commit was lost before the push says so, and the same commit can be made again', async () => {
    const asked = order({ d: '5' }, { parent: commit });
    const made = await git.commit(repo, asked);
    await git.close();
    rmSync(folder, { recursive: true });
    const next = world.git();
    const updates = [{ branch: 'main', expected: commit, commit: made.commit }];
    await expect(next.push(repo, updates, soon())).rejects.toMatchObject({ reason: 'CommitMissing' });
    expect(await next.commit(repo, asked)).toEqual(made);
    expect(await next.push(repo, updates, soon())).toEqual({ outcome: 'Accepted' });
  });

  test('R1: is read by nobody any more when the runtime is killed', async () => {
    const root = join(__dirname, '../../..');
    const script = `
      const { openGit } = require('./runtime/git');
      openGit({ folder: process.argv[1] }).files(process.argv[2], process.argv[3]).then(() => console.log('read'));
    `;
    const flags = ['-r', './scripts/typescript.cjs', '-e', script, '--', join(world.folder, 'other'), repo, commit];
    const runtime = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => runtime.stdout.once('data', resolve));
    const started = (await treeOf(runtime.pid ?? 0)).map((pid) => ({ pid, command: commandOf(pid) }));
    expect(started.map(({ command }) => command).join('\n')).toMatch(/launcher-process[^]*cat-file --batch/);
    runtime.kill('SIGKILL');
    await eventually('all that it started is gone', () =>
      started.every(({ pid, command }) => commandOf(pid) !== command),
    );
  });

  test('keeps one process at most while nothing is asked, and none when it is closed', async () => {
    await Promise.all(Array.from({ length: 50 }, () => git.files(repo, commit)));
    const readers = async (): Promise<number> =>
      (await treeOf(process.pid)).filter((pid) => commandOf(pid).includes('cat-file')).length;
    expect(await readers()).toBe(1);
    await git.close();
    await eventually('the reader has ended', async () => (await readers()) === 0);
  });
});
