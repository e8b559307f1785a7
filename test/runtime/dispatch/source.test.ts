import { SourceTagLooks } from '../../../runtime/dispatch/looks/source-tags';
import { Tips } from '../../../runtime/dispatch/looks/tips';
import { walk } from '../../../runtime/dispatch/looks/walk';
import type { Git } from '../../../runtime/git';
import { stockGit, World } from '../git/world';

let world: World;
let repo: string;
let git: Git;
let asked: string[][];
let time: number;
let tips: Tips;
beforeEach(async () => {
  world = await World.start();
  repo = await world.repository('acme/source');
  asked = [];
  time = Date.parse('2030-01-01T00:00:00Z');
  const real = world.git();
  git = Object.assign(Object.create(real) as Git, {
    heads: (repoURL: string, branches: readonly string[]) => {
      asked.push([...branches]);
      return real.heads(repoURL, branches);
    },
  });
  tips = new Tips(git, () => new Date(time));
});
afterEach(() => world.stop());

const tip = (branch: string, maxAgeMs = 60_000, repoURL = repo, seen = '') =>
  tips.tip({ repoURL, branch, maxAgeMs, seen });
const job = (from: string, head: string) => ({
  kind: 'walk' as const,
  key: '',
  repoURL: repo,
  branch: 'main',
  from,
  head,
  folder: '',
  include: [],
  exclude: [],
  overlays: ['env/prod'],
});
const walked = (from: string, head: string) => walk(git, job(from, head), new AbortController().signal);

describe('the head of a source branch', () => {
  test('is asked for once by all who look at the repository, however they write its URL', async () => {
    const main = world.personCommits(repo, 'main', { a: '1' });
    const answers = await Promise.all([tip('main'), tip('main', 60_000, `${repo}/`), tip('main')]);
    time += 30_000;
    answers.push(await tip('main'));
    expect(answers.map(({ commit }) => commit)).toEqual([main, main, main, main]);
    expect(new Set(answers.map(({ askedAt }) => askedAt?.getTime())).size).toBe(1);
    expect(asked).toEqual([['main']]);
  });

  test('is asked for again once the answer is as old as it may be, together with all branches that are looked at', async () => {
    world.personCommits(repo, 'main', { a: '1' });
    world.personCommits(repo, 'release', { a: '1' });
    await tip('main');
    await tip('release');
    const moved = world.personCommits(repo, 'main', { a: '2' });
    time += 60_000;
    expect(await tip('main')).toEqual({ commit: moved, askedAt: new Date(time) });
    await tip('release');
    expect(asked).toEqual([['main'], ['main', 'release'], ['main', 'release']]);
  });

  test('is asked for again at once after a hint, once for all who were told', async () => {
    world.personCommits(repo, 'main', { a: '1' });
    await tip('main');
    const moved = world.personCommits(repo, 'main', { a: '2' });
    time += 1_000;
    expect((await tip('main', 60_000, repo, '2030-01-01T00:00:00Z')).commit).toBe(moved);
    expect((await tip('main', 60_000, repo, '2030-01-01T00:00:00Z')).commit).toBe(moved);
    await tip('main');
    expect(asked).toHaveLength(2);
  });

  test('of a branch that does not exist, or of an empty repository, is none', async () => {
    expect(await tip('main')).toEqual({ askedAt: new Date(time) });
    world.personCommits(repo, 'main', { a: '1' });
    time += 60_000;
    expect((await tip('gone')).commit).toBeUndefined();
  });

  test('is asked for by the next one where nobody got an answer', async () => {
    const gone = repo.replace('source', 'gone');
    await expect(tip('main', 60_000, gone)).rejects.toMatchObject({ name: 'TransientError' });
    await expect(tip('main', 60_000, gone)).rejects.toMatchObject({ name: 'TransientError' });
    expect(asked).toHaveLength(2);
  });

  test('of a branch that Git cannot hold is refused without asking for it with those of others', async () => {
    const main = world.personCommits(repo, 'main', { a: '1' });
    await expect(tip('-x..')).rejects.toMatchObject({ reason: 'InvalidBranch' });
    expect((await tip('main')).commit).toBe(main);
  });
});

describe('the commits after the last one that was seen', () => {
  test('are walked along first parents, messages of a megabyte and file names in every encoding included', async () => {
    const first = world.personCommits(repo, 'main', { a: '1' });
    const overlay = world.personCommits(
      repo,
      'main',
      { 'env/prod/ü/\u{1f686}.yaml': '1' },
      { message: 'x'.repeat(1 << 20) },
    );
    const names = [Buffer.from('caf\xe9', 'latin1'), Buffer.from('\x01\n\nb', 'latin1'), Buffer.from([0x82, 0xa0])];
    const stream = Buffer.concat([
      Buffer.from(
        `commit refs/heads/main\ncommitter Ada <ada@example.com> 1800000000 +0000\ndata 2\n\x01\n\nfrom ${overlay}\n`,
      ),
      ...names.flatMap((name) => [
        Buffer.from('M 100644 inline "'),
        Buffer.from([...name].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')),
        Buffer.from('"\ndata 1\nx\n'),
      ]),
    ]);
    stockGit(['--git-dir', world.bare(repo), 'fast-import', '--quiet'], { input: stream });
    const odd = world.head(repo, 'main') ?? '';
    const head = world.personCommits(repo, 'main', { 'env/prod/x': '2' });
    expect(await git.history(repo, { upTo: odd, without: [overlay] })).toEqual([
      { commit: odd, paths: ['\u0001\n\nb', 'caf\ufffd', '\ufffd\ufffd'] },
    ]);
    expect(await walked(first, head)).toEqual({
      outcome: 'Walked',
      commits: 3,
      source: odd,
      overlays: [{ path: 'env/prod', commit: head }],
      skipped: { count: 1, oldest: overlay, newest: overlay },
    });
  });

  test('of a branch that was rewritten are said to be no longer those', async () => {
    const first = world.personCommits(repo, 'main', { a: '1' });
    const gone = world.personCommits(repo, 'main', { a: '2' });
    world.on(repo, 'update-ref', 'refs/heads/main', first);
    const head = world.personCommits(repo, 'main', { a: '3' });
    expect(await walked(gone, head)).toEqual({ outcome: 'Rewritten' });
    expect(await walked('f'.repeat(40), head)).toEqual({ outcome: 'Rewritten' });
  });

  test('are looked at again where the branch only seemed to have gone back', async () => {
    const first = world.personCommits(repo, 'main', { a: '1' });
    const head = world.personCommits(repo, 'main', { a: '2' });
    await expect(walked(head, first)).rejects.toMatchObject({ name: 'TransientError' });
  });
});

describe('the release of a source', () => {
  const choose = (tags: object = {}, seen = '') =>
    new SourceTagLooks(git, () => new Date(time)).choose(
      {
        repoURL: repo,
        branch: 'main',
        maxAgeMs: 60_000,
        seen,
        tags: { semver: { constraint: '*', prereleases: false }, ...tags },
      },
      new AbortController().signal,
    );
  const tag = (name: string, commit: string): string => world.on(repo, 'tag', '-f', name, commit);

  test('is the commit that its tag is about, plain or annotated, with one request', async () => {
    const first = world.personCommits(repo, 'main', { a: '1' });
    const second = world.personCommits(repo, 'main', { a: '2' });
    tag('v1.0.0', first);
    world.on(repo, 'tag', '-a', '-m', 'the second', 'v1.1.0', second);
    expect(await git.tags(repo)).toEqual(
      new Map([
        ['v1.0.0', first],
        ['v1.1.0', second],
      ]),
    );
    expect(await choose()).toEqual({
      chosen: { tag: 'v1.1.0', commit: second },
      choice: 'v1.1.0 of 2 tags: highest that satisfies *',
      askedAt: new Date(time),
    });
    expect((await choose({ semver: { constraint: '~1.0', prereleases: false } })).chosen?.commit).toBe(first);
  });

  test('with a prefix is of those tags that have it, and its version is what follows', async () => {
    const api = world.personCommits(repo, 'main', { a: '1' });
    const apart = world.personCommits(repo, 'other', { b: '1' });
    for (const name of ['api/v1.0.0', 'api/v1.1.0-rc.1', 'v3.0.0', 'web/v2.0.0']) tag(name, api);
    tag('api/v1.2.0', apart);
    expect(await choose({ prefix: 'api/', ignoreTags: '^v1.1' })).toMatchObject({
      chosen: { tag: 'api/v1.0.0', commit: api },
      choice:
        'api/v1.0.0 of 3 tags with prefix api/: highest that satisfies *; 1 ignored by ignoreTags; ' +
        'api/v1.2.0 is passed over, as its commit is not on branch main',
    });
    expect((await choose({ prefix: 'gone-' })).choice).toBe(
      'none of 0 tags with prefix gone-: none satisfies *, as none is a version',
    );
  });

  test('has to be on the source branch (B5): others are passed over by name, and what names no commit too', async () => {
    const main = world.personCommits(repo, 'main', { a: '1' });
    const apart = world.personCommits(repo, 'other', { b: '1' });
    tag('v1.0.0', main);
    tag('v1.1.0', apart);
    tag('v1.2.0', world.on(repo, 'rev-parse', `${main}^{tree}`).trim());
    expect(await choose()).toMatchObject({
      chosen: { tag: 'v1.0.0', commit: main },
      choice:
        'v1.0.0 of 3 tags: highest that satisfies *; v1.2.0 is passed over, as it names no commit; ' +
        'v1.1.0 is passed over, as its commit is not on branch main',
    });
  });

  test('is none, with the reason, where no tag is there or an expression cannot be used', async () => {
    world.personCommits(repo, 'main', { a: '1' });
    expect(await choose()).toEqual({
      choice: 'none of 0 tags: none satisfies *, as none is a version',
      askedAt: new Date(time),
    });
    await expect(choose({ allowTags: '(' })).rejects.toThrow("allowTags '(' is no RE2 expression");
  });

  test('is looked for once by all who look at the repository, and again after a hint', async () => {
    tag('v1.0.0', world.personCommits(repo, 'main', { a: '1' }));
    const looks = new SourceTagLooks(git, () => new Date(time));
    const look = (seen: string) =>
      looks.choose(
        {
          repoURL: repo,
          branch: 'main',
          maxAgeMs: 60_000,
          seen,
          tags: { semver: { constraint: '*', prereleases: false } },
        },
        new AbortController().signal,
      );
    await look('');
    const higher = world.personCommits(repo, 'main', { a: '2' });
    tag('v1.1.0', higher);
    time += 1_000;
    expect((await look('')).chosen?.tag).toBe('v1.0.0');
    expect((await look('2030-01-01T00:00:01Z')).chosen?.commit).toBe(higher);
    expect((await look('')).askedAt).toEqual(new Date(time));
  });

  test('goes on from a commit of another line, and from one that is gone', async () => {
    const first = world.personCommits(repo, 'main', { a: '1' });
    world.on(repo, 'update-ref', 'refs/heads/fix', first);
    const fix = world.personCommits(repo, 'fix', { c: '1' });
    const head = world.personCommits(repo, 'main', { 'base/b': '2' });
    const signal = new AbortController().signal;
    const tagged = { ...job(fix, head), isTagged: true };
    expect(await walk(git, tagged, signal)).toMatchObject({ outcome: 'Walked', commits: 1, source: head });
    expect(await walk(git, { ...tagged, from: 'f'.repeat(40) }, signal)).toEqual({ outcome: 'Rewritten' });
  });
});
