import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Git } from '../../../runtime/git';
import { AUTHOR, DATE, order, soon, stockGit, World, type Files } from './world';

let world: World;
let repo: string;
let git: Git;
beforeEach(async () => {
  world = await World.start();
  repo = await world.repository('acme/deploy');
  git = world.git();
});
afterEach(() => world.stop());

/** What stock Git makes of the same files, parent, author, date and message. */
function stockCommit(files: Files, parent: string | undefined, message: string): string {
  const index = { GIT_INDEX_FILE: join(world.folder, `index-${Math.random()}`) };
  for (const [path, text] of Object.entries(files)) {
    const blob = stockGit(['--git-dir', world.bare(repo), 'hash-object', '-w', '--stdin'], { input: text }).trim();
    stockGit(['--git-dir', world.bare(repo), 'update-index', '--add', '--cacheinfo', `100644,${blob},${path}`], {
      env: index,
    });
  }
  const tree = stockGit(['--git-dir', world.bare(repo), 'write-tree'], { env: index }).trim();
  const when = `${DATE.getTime() / 1000} +0000`;
  const env = {
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: AUTHOR.name,
    GIT_COMMITTER_EMAIL: AUTHOR.email,
    GIT_COMMITTER_DATE: when,
  };
  const parents = parent === undefined ? [] : ['-p', parent];
  return stockGit(['--git-dir', world.bare(repo), 'commit-tree', ...parents, '-m', message, tree], { env }).trim();
}

async function land(branch: string, expected: string | undefined, commit: string): Promise<void> {
  expect(await git.push(repo, [{ branch, expected, commit }], soon())).toEqual({ outcome: 'Accepted' });
}

describe('a commit', () => {
  test('has the very SHA that stock Git gives the same content', async () => {
    const files = {
      'a.yaml': '1\n',
      'apps/Deployment/web.yaml': 'ä',
      'apps.yaml': '',
      'apps-x/y': 'z',
      '.k8sta/state.yaml': 's',
    };
    const message = 'Arrive at test\n\nK8sTA-Ticket: main-1\nK8sTA-Station: test';
    const made = await git.commit(repo, order(files, { message }));

    expect(made.commit).toBe(stockCommit(files, undefined, message));
  });

  test('D3: is the same whoever makes it, however often, from whatever mirror', async () => {
    const parent = world.personCommits(repo, 'env/test', { 'README.md': 'hand' });
    const asked = order({ 'a.yaml': '1' }, { parent });
    const first = await git.commit(repo, asked);
    const again = await git.commit(repo, asked);
    const elsewhere = await world.git({ folder: join(world.folder, 'other') }).commit(repo, asked);

    expect([again, elsewhere]).toEqual([first, first]);
    expect(first.commit).toBe(stockCommit({ 'README.md': 'hand', 'a.yaml': '1' }, parent, 'arrive'));
  });

  test('I3: leaves every file alone that it neither writes nor removes, whatever it is', async () => {
    const work = join(world.folder, 'odd');
    const script = [
      `git init -q ${work} && cd ${work}`,
      'mkdir -p bin deep/er && printf "#!/bin/sh" > bin/run && chmod 755 bin/run && ln -s ../a.yaml deep/link',
      'printf "one" > a.yaml && printf "two" > deep/er/b.yaml && printf "\\377\\376" > "$(printf "deep/caf\\351")"',
      'git add -A && git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,vendored',
      `git commit -qm odd && git push -q ${world.bare(repo)} HEAD:refs/heads/env/test`,
    ].join(' && ');
    execFileSync('sh', ['-c', script], {
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@b',
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@b',
      },
    });
    const before = world.on(repo, 'ls-tree', '-r', '-z', 'env/test').split('\0').filter(Boolean);
    const parent = world.head(repo, 'env/test') ?? '';

    const made = await git.commit(
      repo,
      order({ 'deep/er/c.yaml': 'new' }, { parent, remove: ['a.yaml', 'not/there.yaml'] }),
    );
    await land('env/test', parent, made.commit);
    const after = world.on(repo, 'ls-tree', '-r', '-z', 'env/test').split('\0').filter(Boolean);

    expect(before).toHaveLength(6);
    expect(after.filter((row) => !before.includes(row)).map((row) => row.split('\t')[1])).toEqual(['deep/er/c.yaml']);
    expect(before.filter((row) => !after.includes(row)).map((row) => row.split('\t')[1])).toEqual(['a.yaml']);
  });

  test('that removes the last file of a folder removes the folder', async () => {
    const parent = world.personCommits(repo, 'env/test', { 'a/b/c.yaml': '1', 'a/d.yaml': '2' });
    const made = await git.commit(repo, order({}, { parent, remove: ['a/b/c.yaml'] }));
    await land('env/test', parent, made.commit);
    expect(world.on(repo, 'ls-tree', '-r', '-t', '--name-only', 'env/test').trim().split('\n')).toEqual([
      'a',
      'a/d.yaml',
    ]);
  });

  test('that removes everything has the empty tree, which stock Git accepts', async () => {
    const parent = world.personCommits(repo, 'env/test', { 'a/b.yaml': '1' });
    const made = await git.commit(repo, order({}, { parent, remove: ['a/b.yaml'] }));
    await land('env/test', parent, made.commit);
    expect(world.filesAt(repo, 'env/test')).toEqual({});
  });

  test('that changes nothing is a commit with the tree of its parent', async () => {
    const parent = world.personCommits(repo, 'env/test', { 'a.yaml': '1' });
    const made = await git.commit(repo, order({ 'a.yaml': '1' }, { parent }));
    expect(made.tree).toBe((await git.describe(repo, parent)).tree);
    expect(made.commit).not.toBe(parent);
  });

  test('turns a file that it removes into a folder, and a folder that it empties into a file', async () => {
    const parent = world.personCommits(repo, 'env/test', { a: 'file', 'b/c': 'below' });
    const made = await git.commit(repo, order({ 'a/x': '1', b: '2' }, { parent, remove: ['a', 'b/c'] }));
    await land('env/test', parent, made.commit);
    expect(world.filesAt(repo, 'env/test')).toEqual({ 'a/x': '1', b: '2' });
  });

  test.each([
    ['a folder of somebody else stands where it writes a file', { 'apps/web.yaml': 'theirs' }, { apps: 'ours' }],
    ['a file of somebody else stands where it needs a folder', { apps: 'theirs' }, { 'apps/web.yaml': 'ours' }],
  ])('I3: is refused where %s', async (_case, theirs, ours) => {
    const parent = world.personCommits(repo, 'env/test', theirs);
    const commit = git.commit(repo, order(ours, { parent }));
    await expect(commit).rejects.toMatchObject({ name: 'TerminalError', reason: 'PathTaken' });
  });

  test('S3: never writes through a symlink that leads elsewhere', async () => {
    const work = join(world.folder, 'link');
    stockGit(['init', '-q', work]);
    execFileSync('ln', ['-s', '/etc', join(work, 'apps')]);
    stockGit(['-C', work, 'add', '-A']);
    stockGit(['-C', work, 'commit', '-qm', 'link']);
    stockGit(['-C', work, 'push', '-q', world.bare(repo), 'HEAD:refs/heads/env/test']);
    const parent = world.head(repo, 'env/test') ?? '';

    await expect(git.commit(repo, order({ 'apps/passwd': 'x' }, { parent }))).rejects.toMatchObject({
      reason: 'PathTaken',
    });
    expect((await git.files(repo, parent)).get('apps')?.mode).toBe('120000');
  });

  test('of many at once in one mirror loses none', async () => {
    const made = await Promise.all(
      Array.from({ length: 60 }, (_, n) => git.commit(repo, order({ 'same.yaml': 'same', [`${n}.yaml`]: String(n) }))),
    );
    const updates = made.map(({ commit }, n) => ({ branch: `env/${n}`, expected: undefined, commit }));
    expect(await git.push(repo, updates, soon())).toEqual({ outcome: 'Accepted' });
    expect(world.on(repo, 'for-each-ref', 'refs/heads').trim().split('\n')).toHaveLength(60);
    expect(world.on(repo, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test.each([
    ['no message', { message: ' \n' }],
    ['a NUL in its message', { message: 'a\0b' }],
    ['a line break in its author', { author: { name: 'a\nparent x', email: 'a@b' } }],
    ['a bracket in its email', { author: { name: 'a', email: 'a>b' } }],
    ['no date', { date: new Date(Number.NaN) }],
  ])('with %s is refused', async (_case, more) => {
    await expect(git.commit(repo, order({ a: '1' }, more))).rejects.toMatchObject({ reason: 'InvalidCommit' });
  });

  test('any series of edits gives the tree that stock Git gives, and a clean repository', async () => {
    const name = fc.constantFrom('a', 'a.b', 'a-b', 'A', 'b', 'c0');
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const edits = fc.record({
      write: fc.dictionary(path, fc.string({ maxLength: 3 })),
      remove: fc.array(path, { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 4 }), async (series) => {
        let files: Record<string, string> = {};
        let parent: string | undefined;
        for (const { write, remove } of series) {
          const next: Record<string, string> = { ...files };
          for (const gone of remove) delete next[gone];
          Object.assign(next, write);
          const clash = Object.keys(next).some((one) => Object.keys(next).some((other) => other.startsWith(`${one}/`)));
          const commit = git.commit(repo, order(write, { remove, ...(parent === undefined ? {} : { parent }) }));
          if (clash) {
            await expect(commit).rejects.toMatchObject({ reason: 'PathTaken' });
            continue;
          }
          const made = await commit;
          expect(made.commit).toBe(stockCommit(next, parent, 'arrive'));
          files = next;
          parent = made.commit;
        }
      }),
      { numRuns: 12 },
    );
  });

  test('is stored so that stock Git finds nothing to complain about', async () => {
    const made = await git.commit(repo, order({ 'a/b': '1', 'a.b': '2', a0: '3' }));
    await land('main', undefined, made.commit);
    const [mirror = ''] = readdirSync(world.mirrors).filter((entry) => entry.endsWith('.git'));
    expect(stockGit(['--git-dir', join(world.mirrors, mirror), 'fsck', '--strict', '--no-dangling'])).toBe('');
    expect(world.on(repo, 'fsck', '--strict', '--no-dangling')).toBe('');
  });
});
