import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blobId, isCommitMissing, type Git } from '../../../runtime/git';
import { order, soon, stockGit, World } from './world';

let world: World;
let repo: string;
let git: Git;
beforeEach(async () => {
  world = await World.start();
  repo = await world.repository('acme/source');
  git = world.git();
});
afterEach(() => world.stop());

const textOf = async (commit: string, path: string, from = repo): Promise<string | undefined> => {
  const entry = (await git.files(from, commit)).get(path);
  if (!entry) return undefined;
  const content = (await git.blobs(from, [entry.oid])).get(entry.oid);
  return content && Buffer.from(content).toString();
};

describe('heads', () => {
  test('are those of the server at this moment, and a missing branch is absent', async () => {
    const one = world.personCommits(repo, 'main', { a: '1' });
    expect(await git.heads(repo, ['main', 'gone', 'mai'])).toEqual(new Map([['main', one]]));
    const two = world.personCommits(repo, 'main', { a: '2' });
    expect(await git.heads(repo, ['main'])).toEqual(new Map([['main', two]]));
  });

  test('of an empty repository are none', async () => {
    expect(await git.heads(repo, ['main'])).toEqual(new Map());
  });

  test('asked for after a change show it, also while an older question is under way', async () => {
    const one = world.personCommits(repo, 'main', { a: '1' });
    const older = git.heads(repo, ['main']);
    const two = world.personCommits(repo, 'main', { a: '2' });
    const newer = await Promise.all([git.heads(repo, ['main']), git.heads(repo, ['main'])]);
    expect(newer.map((heads) => heads.get('main'))).toEqual([two, two]);
    expect([one, two]).toContain((await older).get('main'));
  });

  test('are not waited for by who goes away', async () => {
    world.personCommits(repo, 'main', { a: '1' });
    await expect(git.heads(repo, ['main'], AbortSignal.abort())).rejects.toMatchObject({ name: 'TransientError' });
  });
});

test('tags are those of the server, annotated ones by the commit that they are about, whichever way they are asked for', async () => {
  const commit = world.personCommits(repo, 'main', { a: '1' });
  world.on(repo, 'tag', 'v1', commit);
  world.on(repo, 'tag', '-a', '-m', 'two', 'two/v2', commit);
  const all = new Map([
    ['two/v2', commit],
    ['v1', commit],
  ]);
  expect(await git.tags(repo)).toEqual(all);
  const files = world.git({ allowedProtocols: ['file'], folder: join(world.folder, 'by-commands') });
  expect(await files.tags(`file://${world.bare(repo)}`)).toEqual(all);
});

describe('files', () => {
  test('are listed by path with their modes, below a folder or altogether', async () => {
    const commit = world.personCommits(repo, 'main', {
      'base/a.yaml': '1',
      'env/test/b.yaml': '2',
      'env/test.yaml': '3',
    });
    expect([...(await git.files(repo, commit)).keys()].sort()).toEqual([
      'base/a.yaml',
      'env/test.yaml',
      'env/test/b.yaml',
    ]);
    expect(await git.files(repo, commit, 'env/test')).toEqual(
      new Map([['env/test/b.yaml', { mode: '100644', oid: blobId(Buffer.from('2')) }]]),
    );
    expect([...(await git.files(repo, commit, 'env/test.yaml')).keys()]).toEqual(['env/test.yaml']);
    expect((await git.files(repo, commit, 'env/nothing')).size).toBe(0);
  });

  test('of a commit that is no longer on any branch are still to be had', async () => {
    const old = world.personCommits(repo, 'main', { a: 'old' });
    world.on(repo, 'update-ref', '-d', 'refs/heads/main');
    world.personCommits(repo, 'main', { a: 'new' });
    expect(await textOf(old, 'a')).toBe('old');
  });

  test('come without their contents until these are asked for, and then byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const work = join(world.folder, 'bytes');
    stockGit(['init', '-q', work]);
    mkdirSync(join(work, 'bin'));
    writeFileSync(join(work, 'bin', 'x'), bytes);
    writeFileSync(join(work, 'empty'), '');
    stockGit(['-C', work, 'add', '-A']);
    stockGit(['-C', work, 'commit', '-qm', 'bytes']);
    stockGit(['-C', work, 'push', '-q', world.bare(repo), 'HEAD:refs/heads/main']);
    const files = await git.files(repo, world.head(repo, 'main') ?? '');
    const contents = await git.blobs(
      repo,
      [...files.values()].map((entry) => entry.oid),
    );

    expect(Buffer.from(contents.get(files.get('bin/x')?.oid ?? '') ?? [])).toEqual(bytes);
    expect(contents.get(files.get('empty')?.oid ?? '')?.byteLength).toBe(0);
  });

  test('are fetched into the mirror that is there, which stays', async () => {
    const commit = world.personCommits(repo, 'main', { a: '1', b: '2' });
    await git.heads(repo, ['main']);
    const files = await git.files(repo, commit);
    const mirror = (): number[] => readdirSync(world.mirrors).map((name) => statSync(join(world.mirrors, name)).ino);
    const before = mirror();
    for (const { oid } of files.values()) await git.blobs(repo, [oid]);
    expect(mirror()).toEqual(before);
  });

  test('of a commit that nobody has are a CommitMissing, told apart from an outage', async () => {
    world.personCommits(repo, 'main', { a: '1' });
    const error: unknown = await git.files(repo, '1'.repeat(40)).catch((reason: unknown) => reason);
    expect(isCommitMissing(error)).toBe(true);
    expect(await git.has(repo, '1'.repeat(40))).toBe(false);
  });

  test('whose contents nobody has are a BlobMissing', async () => {
    world.personCommits(repo, 'main', { a: '1' });
    await expect(git.blobs(repo, ['2'.repeat(40)])).rejects.toMatchObject({ reason: 'BlobMissing' });
  });

  test('S6: that are too large are refused with their size, and the next question is answered', async () => {
    const small = world.git({ limits: { fileBytes: 10 }, folder: join(world.folder, 'small') });
    const commit = world.personCommits(repo, 'main', { big: 'x'.repeat(200_000), fine: 'ok' });
    const files = await small.files(repo, commit);
    await expect(small.blobs(repo, [files.get('big')?.oid ?? ''])).rejects.toMatchObject({
      reason: 'FileTooLarge',
      message: expect.stringContaining('200000 bytes') as string,
    });
    expect((await small.blobs(repo, [files.get('fine')?.oid ?? ''])).size).toBe(1);
  });

  test.each(['..', '.git', '.GIT', 'git~1'])('S3: in a tree with the name "%s" are not listed', async (name) => {
    const blob = world.personCommits(repo, 'x', { a: '1' });
    const tree = world.on(repo, 'rev-parse', `${blob}^{tree}`).trim();
    const row = Buffer.concat([Buffer.from(`40000 ${name}\0`), Buffer.from(tree, 'hex')]);
    const hostile = stockGit(
      ['--git-dir', world.bare(repo), 'hash-object', '-w', '--literally', '-t', 'tree', '--stdin'],
      { input: row },
    ).trim();
    const commit = world.on(repo, 'commit-tree', '-m', 'hostile', hostile).trim();
    world.on(repo, 'update-ref', 'refs/heads/main', commit);
    await expect(git.files(repo, commit)).rejects.toMatchObject({ name: 'TerminalError', reason: 'InvalidTree' });
  });

  test('of a branch name instead of a commit are refused', async () => {
    await expect(git.files(repo, 'main')).rejects.toMatchObject({ reason: 'InvalidCommit' });
    await expect(git.files(repo, '--upload-pack=touch')).rejects.toMatchObject({ reason: 'InvalidCommit' });
  });

  test('arrive by fetches that bring only what is new', async () => {
    const text = Array.from({ length: 3000 }, (_, n) => `line ${n} ${Math.sin(n)}`).join('\n');
    const wire = await world.wire();
    const remote = wire.through(repo);
    const first = world.personCommits(repo, 'main', { big: text });
    await git.heads(remote, ['main']);
    const big = (await git.files(remote, first)).get('big')?.oid ?? '';
    expect(wire.bytesServed).toBeLessThan(5000);
    await git.blobs(remote, [big]);
    const before = wire.bytesServed;
    expect(before).toBeGreaterThan(20_000);

    const second = world.personCommits(repo, 'main', { small: '1' });
    await git.heads(remote, ['main']);
    const small = (await git.files(remote, second)).get('small')?.oid ?? '';
    expect((await git.blobs(remote, [small, big])).size).toBe(2);
    expect(wire.bytesServed - before).toBeLessThan(5000);
  });
});

describe('history', () => {
  test('tells ancestors from strangers and from what nobody has', async () => {
    const one = world.personCommits(repo, 'main', { a: '1' });
    const two = world.personCommits(repo, 'main', { a: '2' });
    const three = world.personCommits(repo, 'main', { a: '3' });
    const other = world.personCommits(repo, 'other', { b: '1' });

    expect(await git.contains(repo, one, three)).toBe(true);
    expect(await git.contains(repo, two, three)).toBe(true);
    expect(await git.contains(repo, three, three)).toBe(true);
    expect(await git.contains(repo, three, one)).toBe(false);
    expect(await git.contains(repo, other, three)).toBe(false);
    expect(await git.contains(repo, three, other)).toBe(false);
    expect(await git.contains(repo, 'f'.repeat(40), three)).toBe(false);
    await expect(git.contains(repo, one, 'f'.repeat(40))).rejects.toMatchObject({ reason: 'CommitMissing' });
  });

  test('describes who, when, what and why', async () => {
    const message =
      'Arrive at test\n\nBecause.\n\nAnd so on.\n\nK8sTA-Ticket: main-1\nK8sTA-Approved-By: ada\nK8sTA-Approved-By: bob';
    const { commit, tree } = await git.commit(repo, order({ a: '1' }, { message }));
    expect(await git.describe(repo, commit)).toMatchObject({
      commit,
      tree,
      parents: [],
      author: { name: 'K8sTA', email: 'k8sta@example.com', date: new Date('2026-11-20T10:00:00Z') },
      subject: 'Arrive at test',
      body: 'Because.\n\nAnd so on.',
      trailers: [
        { key: 'K8sTA-Ticket', value: 'main-1' },
        { key: 'K8sTA-Approved-By', value: 'ada' },
        { key: 'K8sTA-Approved-By', value: 'bob' },
      ],
    });
  });

  test("of a person's commit is described with its parents", async () => {
    const one = world.personCommits(repo, 'main', { a: '1' });
    const two = world.personCommits(repo, 'main', { a: '2' }, { message: 'Fix: it\n\nlong story' });
    expect(await git.describe(repo, two)).toMatchObject({
      parents: [one],
      subject: 'Fix: it',
      body: 'long story',
      trailers: [],
    });
  });
});

describe('history', () => {
  test('lists first-parent commits, the newest first, with every path that each touched', async () => {
    const one = world.personCommits(repo, 'main', { 'base/a.yaml': '1', 'env/prod/b.yaml': '1' });
    const two = world.personCommits(repo, 'main', { 'env/prod/ä b.yaml': '2' }, { remove: ['env/prod/b.yaml'] });
    const three = world.personCommits(repo, 'main', { 'base/a.yaml': '3' });
    expect(await git.history(repo, { upTo: three, without: [] })).toEqual([
      { commit: three, paths: ['base/a.yaml'] },
      { commit: two, paths: ['env/prod/b.yaml', 'env/prod/ä b.yaml'] },
      { commit: one, paths: ['base/a.yaml', 'env/prod/b.yaml'] },
    ]);
    expect((await git.history(repo, { upTo: three, without: [one] })).map(({ commit }) => commit)).toEqual([
      three,
      two,
    ]);
    expect(await git.history(repo, { upTo: one, without: [three] })).toEqual([]);
    await expect(git.history(repo, { upTo: 'f'.repeat(40), without: [] })).rejects.toMatchObject({
      reason: 'CommitMissing',
    });
  });

  test('counts a merge as what it brought to its first parent', async () => {
    const one = world.personCommits(repo, 'main', { a: '1' });
    world.on(repo, 'branch', 'side', one);
    const side = world.personCommits(repo, 'side', { b: '1' });
    const tree = world.on(repo, 'rev-parse', `${side}^{tree}`).trim();
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    const merge = world.on(repo, ...identity, 'commit-tree', tree, '-p', one, '-p', side, '-m', 'merge').trim();
    world.on(repo, 'update-ref', 'refs/heads/main', merge);
    expect(await git.history(repo, { upTo: merge, without: [one] })).toEqual([{ commit: merge, paths: ['b'] }]);
  });
});

describe('servers', () => {
  test.each([
    ['that cannot leave out files', ['uploadpack.allowFilter'], false],
    [
      'that speak the first protocol and give out heads only',
      ['uploadpack.allowFilter', 'uploadpack.allowAnySHA1InWant'],
      true,
    ],
    ['that leave out files and do not give them out one by one', ['uploadpack.allowAnySHA1InWant'], true],
  ])('%s serve as well', async (_case, switchedOff, firstProtocol) => {
    for (const key of switchedOff) world.on(repo, 'config', key, 'false');
    const wire = await world.wire();
    wire.firstProtocol = firstProtocol;
    const remote = wire.through(repo);
    const one = world.personCommits(repo, 'main', { a: '1' });
    const two = world.personCommits(repo, 'main', { a: '2', b: '3' });
    const known = await git.heads(remote, ['main']);
    expect(known.get('main')).toBe(two);
    expect(await textOf(one, 'a', remote)).toBe('1');
    expect(await textOf(two, 'b', remote)).toBe('3');
    const three = world.personCommits(repo, 'main', { a: '4' });
    expect(await textOf(three, 'a', remote)).toBe('4');
    expect(await git.has(remote, '1'.repeat(40))).toBe(false);
    const { commit } = await git.commit(remote, order({ c: '5' }, { parent: three }));
    expect(await git.push(remote, [{ branch: 'main', expected: three, commit }], soon())).toEqual({
      outcome: 'Accepted',
    });
  });
});
