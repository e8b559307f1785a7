import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { branchProblem, folderProblem, joinFolders, refsAbove } from '../../../lib/network/git-ref';

/** What Git itself says of a branch name. */
const gitAccepts = (name: string): boolean =>
  spawnSync('git', ['check-ref-format', '--branch', name], { encoding: 'utf8' }).status === 0;

describe('branch names', () => {
  test.each([
    ['', 'is empty'],
    ['-d', "starts with '-'"],
    ['--upload-pack=x', "starts with '-'"],
    ['a..b', "'..'"],
    ['a@{1}', "'@{'"],
    ['/a', "empty part around a '/'"],
    ['a/', "empty part around a '/'"],
    ['a//b', "empty part around a '/'"],
    ['a.', "part 'a.'"],
    ['a./b', "part 'a.'"],
    ['.a', "part '.a'"],
    ['env/.hidden', "part '.hidden'"],
    ['env.lock/prod', "part 'env.lock'"],
    ['HEAD', 'keeps for itself'],
    ['refs/heads/main', "without 'refs/heads/'"],
    ['a b', 'holds a character other than'],
    ['a~1', 'holds a character other than'],
    ['a:b', 'holds a character other than'],
    ['a\\b', 'holds a character other than'],
    ['ä', 'holds a character other than'],
    ['a\u0000b', 'control character'],
    ['a\nb', 'control character'],
    ['a\u202eb', 'reorders or hides'],
    ['a\u200bb', 'reorders or hides'],
    ['a\ud800', 'reorders or hides'],
    ['@', 'does not start with a letter or digit'],
    ['a'.repeat(201), 'has 201 characters, at most 200 fit'],
  ])('%j cannot be', (name, problem) => {
    expect(branchProblem(name)).toContain(problem);
  });

  test.each([
    'main',
    'env/prod',
    'services/api/env/test',
    'release-1.2',
    'a@b',
    'feature/JIRA-1_x',
    'a=b',
    '1',
    'lock',
  ])('%j can be', (name) => {
    expect(branchProblem(name)).toBeUndefined();
    expect(gitAccepts(name)).toBe(true);
  });

  const risky = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'ab.-/@{}~^:?*[\\ lock_'), maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc
      .array(fc.constantFrom('a', '.', '..', '/', '-', '@', '@{', '.lock', 'HEAD', 'refs', 'heads'), { maxLength: 6 })
      .map((parts) => parts.join('')),
  );

  test('whatever passes, git check-ref-format passes too', () => {
    fc.assert(
      fc.property(risky, (name) => {
        if (branchProblem(name) === undefined) expect(gitAccepts(name)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('of names in the letters that we take, only what Git refuses is refused, and parts that end with a dot', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'ab1.-/@_=,+'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(plain, (name) => {
        if (/^[A-Za-z0-9_]/.test(name) && !/[.](\/|$)/.test(name) && gitAccepts(name))
          expect(branchProblem(name)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});

describe('folders', () => {
  test.each([
    ['/a', 'starts with a slash'],
    ['a/', 'empty part'],
    ['a//b', 'empty part'],
    ['..', "part '..'"],
    ['a/../b', "part '..'"],
    ['./a', "part '.'"],
    ['.git/hooks', "part '.git'"],
    ['a/.GIT', "part '.GIT'"],
    ['a b', 'holds a character other than'],
    ['a\u0007', 'control character'],
    ['a'.repeat(256), 'has 256 characters, at most 255 fit'],
  ])('%j cannot be', (path, problem) => {
    expect(folderProblem(path)).toContain(problem);
  });

  test.each(['', 'env/prod', '.github', 'services/api/env/test', 'a..b'])('%j can be', (path) => {
    expect(folderProblem(path)).toBeUndefined();
  });
});

test('a path is joined to the folder that it is seen from', () => {
  expect(joinFolders('', 'env/prod')).toBe('env/prod');
  expect(joinFolders('services/api', 'env/prod')).toBe('services/api/env/prod');
  expect(joinFolders('services/api', '')).toBe('services/api');
});

test('the refs above one are those that Git would need as folders', () => {
  expect(refsAbove('a/b/c')).toEqual(['a', 'a/b']);
  expect(refsAbove('a')).toEqual([]);
});
