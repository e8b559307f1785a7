import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { assertBranch, assertPath } from '../../../runtime/git';
import { order, soon, World } from './world';
import { parseRepositoryURL } from '../../../runtime/git/url';

const BIDI = 'env/\u202Etset';

describe('S2: a branch name', () => {
  test.each(['main', 'env/prod', 'env/prod-1.2', 'a@b', 'feature/#1'])('%j is taken', (name) => {
    expect(() => assertBranch(name)).not.toThrow();
  });

  test.each([
    '',
    '-x',
    '--output=x',
    '--receive-pack=touch /tmp/x',
    'a..b',
    'a@{b',
    '@',
    'HEAD',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    '/a',
    'a/',
    'a//b',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a\nb',
    'a\0b',
    'a\u007fb',
    BIDI,
    'a\u200bb',
    'a\ud800',
    'refs/heads/main',
    'ä/ö',
    'x'.repeat(4096),
  ])('%j is refused in words', (name) => {
    expect(() => assertBranch(name)).toThrow(/^The branch name .* cannot be used: .+\.$/);
  });

  test('that is refused is shown without the characters that would deceive the reader', () => {
    expect(() => assertBranch(BIDI)).toThrow(/u\{202e\}/);
  });

  test('that is taken is one that Git takes', () => {
    const letter = fc.constantFrom('a', '.', '/', '-', '@', '{', '~', ' ', '\\', 'lock', '..', '*', 'é', '\t', ':');
    fc.assert(
      fc.property(
        fc.array(letter, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
        (name) => {
          try {
            assertBranch(name);
          } catch {
            return;
          }
          execFileSync('git', ['check-ref-format', `refs/heads/${name}`]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('S3: a path', () => {
  test.each(['a', 'a/b.yaml', '.k8sta/state.yaml', '.gitignore', '.github/x', 'a b', 'git', 'x.git'])(
    '%j is taken',
    (path) => {
      expect(() => assertPath(path)).not.toThrow();
    },
  );

  test.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a/./b',
    'a//b',
    'a/',
    '.git/config',
    'a/.GIT/hooks/x',
    '.git./x',
    '.git /x',
    'git~1/x',
    '.git::$INDEX_ALLOCATION/x',
    'a\\b',
    'a\nb',
    'a\0b',
    'a/\u202eb',
    'x'.repeat(256),
    'x/'.repeat(3000) + 'y',
  ])('%j is refused in words', (path) => {
    expect(() => assertPath(path)).toThrow(/^The path .* cannot be used: .+\.$/);
  });
});

describe('S1: a repository URL', () => {
  const allowed = ['https', 'http', 'ssh'];

  test.each([
    ['https://git.example.com/acme/deploy.git', 'https'],
    ['HTTPS://Git.Example.com:443/acme/deploy', 'https'],
    ['http://127.0.0.1:8080/acme', 'http'],
    ['ssh://git@git.example.com:2222/acme', 'ssh'],
    ['git@git.example.com:acme/deploy.git', 'ssh'],
  ])('%s is taken', (url, protocol) => {
    expect(parseRepositoryURL(url, allowed).protocol).toBe(protocol);
  });

  test('written otherwise is the same repository', () => {
    const keys = [
      'https://git.example.com/a/b.git',
      'HTTPS://GIT.example.com:443/a/b/',
      'https://git.example.com/a/b',
    ].map((url) => parseRepositoryURL(url, allowed).key);
    expect(new Set(keys).size).toBe(1);
    expect(parseRepositoryURL('https://git.example.com/a/B', allowed).key).not.toBe(keys[0]);
  });

  test.each([
    'ext::sh -c touch% /tmp/x',
    'EXT::sh',
    'ext::https://x/y',
    'fd::17',
    'file:///etc',
    'FILE:///etc',
    'File:/etc',
    '/etc/repo',
    './repo',
    'repo',
    '-upload-pack=x',
    '--config=core.sshCommand=x',
    'https:git.example.com',
    'git://git.example.com/a',
    'ftp://x/y',
    'javascript:alert(1)',
    'ssh://-oProxyCommand=x/y',
    'ssh://%2doProxyCommand=x/y',
    '-oProxyCommand=x@host:y',
    'git@-host:y',
    'git@host:-x y',
    'https://',
    'https://host',
    'https://host/',
    'https://host/a\nb',
    'https://host/a?token=x',
    'https://host/a#x',
    'https://host\\a',
    'https://h\u202eost/a',
    '',
    `https://host/${'x'.repeat(3000)}`,
  ])('%j is refused in words', (url) => {
    expect(() => parseRepositoryURL(url, allowed)).toThrow(/^The repository URL .* is refused: .+\.$/s);
  });

  test.each([
    'https://ada:s3cr3t-canary@host/a',
    'https://s3cr3t-canary@host/a',
    'https://ada:s3cr3t/canary@host/a',
    'ssh://git:s3cr3t-canary@host/a',
    'ada:s3cr3t-canary@host:a',
    'https://host/a?private_token=s3cr3t-canary',
    'ftp://s3cr3t:canary@host/a',
  ])('S10: with a credential in it is refused without repeating it: %s', (url) => {
    let words = '';
    try {
      parseRepositoryURL(url, allowed);
    } catch (error) {
      words = String(error);
    }
    expect(words).toMatch(/is refused/);
    expect(words).not.toMatch(/s3cr3t|canary/);
  });

  test('may be a folder only where somebody allowed that', () => {
    expect(parseRepositoryURL('file:///srv/a.git', ['file']).url).toBe('file:///srv/a.git');
    expect(() => parseRepositoryURL('https://host/a', ['file'])).toThrow(/only file:\/\/ may be contacted/);
  });
});

describe('hostile names', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.stop());

  test('are refused by every method before anything is started or written', async () => {
    const repo = await world.repository('acme/deploy');
    const git = world.git();
    const { commit } = await git.commit(repo, order({ a: '1' }));
    const update = { branch: '--force', expected: undefined, commit };
    await expect(git.heads(repo, ['--upload-pack=x'])).rejects.toMatchObject({ reason: 'InvalidBranch' });
    await expect(git.push(repo, [update], soon())).rejects.toMatchObject({ reason: 'InvalidBranch' });
    await expect(git.commit(repo, order({ '../x': '1' }))).rejects.toMatchObject({ reason: 'InvalidPath' });
    await expect(git.commit(repo, order({}, { remove: ['.git/config'] }))).rejects.toMatchObject({
      reason: 'InvalidPath',
    });
    await expect(git.files(repo, commit, '../..')).rejects.toMatchObject({ reason: 'InvalidPath' });
    await expect(git.blobs(repo, ['--help'])).rejects.toMatchObject({ reason: 'InvalidCommit' });
    await expect(git.heads(`file://${join(tmpdir(), 'x')}`, ['main'])).rejects.toMatchObject({
      reason: 'InvalidRepositoryURL',
    });
  });
});
