import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { makeBareRepository } from '../../../../runtime/railyard/git/bare-repository';
import { answerLsRefs } from '../../../../runtime/railyard/git/ls-refs';

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const environment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

let folder: string;
let repository: string;

async function git(args: readonly string[], input = '', more: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn('git', args, { cwd: repository, env: { ...environment, ...more } });
  // What wants no input may have ended before it could be given none.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return (await buffer(child.stdout)).toString('latin1');
}

const packet = (line: string): string => (line.length + 4).toString(16).padStart(4, '0') + line;

function question(parameters: readonly string[], abilities: readonly string[] = ['agent=git/2.39.5']): string {
  const lines = (all: readonly string[]): string => all.map((line) => packet(`${line}\n`)).join('');
  return `${packet('command=ls-refs\n')}${lines(abilities)}0001${lines(parameters)}0000`;
}

/** What is answered without Git, and what Git answers. */
async function both(asked: string): Promise<{ ours: string | undefined; ofGit: string }> {
  const ofGit = await git(['upload-pack', '--stateless-rpc', '.'], asked, { GIT_PROTOCOL: 'version=2' });
  return { ours: answerLsRefs(repository, Buffer.from(asked, 'latin1')), ofGit };
}

async function commit(message: string): Promise<string> {
  return (await git(['commit-tree', '-m', message, EMPTY_TREE])).trim();
}

/** Some branches packed, some not, some packed and moved since. */
async function fill(): Promise<void> {
  const [one, other] = [await commit('one'), await commit('other')];
  const move = (branches: readonly string[], sha: string): Promise<string> =>
    git(['update-ref', '--stdin'], branches.map((branch) => `update refs/heads/${branch} ${sha}\n`).join(''));
  await move(['main', 'env/test', 'env/test-2', 'env.test', 'env/deep/er', 'Zoo', 'gone'], one);
  await git(['tag', 'light', one]);
  await git(['tag', '-a', '-m', 'first', 'v1', one]);
  await git(['pack-refs', '--all']);
  await git(['update-ref', '-d', 'refs/heads/gone']);
  await move(['env/test', 'env/new', 'a+b', 'env/deep/er'], other);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'k8sta-refs-'));
  repository = join(folder, 'filled.git');
  await makeBareRepository(repository);
  await fill();
});

beforeEach(async () => {
  repository = await mkdtemp(join(folder, 'test-'));
  await cp(join(folder, 'filled.git'), repository, { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const PREFIXES: readonly (readonly string[])[] = [
  [],
  ['refs/heads/'],
  ['refs/heads/env/test'],
  ['refs/heads/env/test', 'refs/tags/env/test', 'env/test'],
  ['refs/heads/env/deep/er', 'refs/heads/env/deep'],
  ['HEAD', 'refs/heads/main'],
  ['HE'],
  ['refs/tags/', 'refs/heads/Z'],
  ['refs/heads/nothing'],
  ['main'],
];
const FLAGS: readonly (readonly string[])[] = [[], ['peel'], ['symrefs'], ['peel', 'symrefs', 'unborn']];

test('where refs are is answered byte for byte as Git does', async () => {
  for (const flags of FLAGS) {
    for (const prefixes of PREFIXES) {
      const { ours, ofGit } = await both(question([...flags, ...prefixes.map((prefix) => `ref-prefix ${prefix}`)]));
      expect(ours).toBe(ofGit);
    }
  }
});

test('the same of an empty repository, with and without what is said of a HEAD to come', async () => {
  repository = join(repository, 'empty.git');
  await makeBareRepository(repository);
  for (const flags of FLAGS) {
    const { ours, ofGit } = await both(question(flags));
    expect(ours).toBe(ofGit);
  }
});

test('the same of a HEAD that is a commit', async () => {
  await writeFile(join(repository, 'HEAD'), `${await commit('detached')}\n`);
  for (const flags of FLAGS) {
    const { ours, ofGit } = await both(question(flags));
    expect(ours).toBe(ofGit);
  }
});

test('a question without parameters, or with the known abilities, is the same question', async () => {
  for (const asked of [
    `${packet('command=ls-refs\n')}0000`,
    `${packet('command=ls-refs')}0000`,
    question(['peel'], ['agent=k8sta', 'object-format=sha1']),
  ]) {
    const { ours, ofGit } = await both(asked);
    expect(ours).toBe(ofGit);
  }
});

test.each([
  ['another command', `${packet('command=fetch\n')}0001${packet('done\n')}0000`],
  ['an unknown ability', question([], ['server-option=fast'])],
  ['an unknown parameter', question(['shallow'])],
  ['a body that does not end', question([]).slice(0, -4)],
  ['a body with something behind its end', `${question([])}0000`],
  ['no packets', 'where are the refs?'],
  ['nothing', ''],
])('%s is left to Git', async (_, asked) => {
  expect(answerLsRefs(repository, Buffer.from(asked))).toBeUndefined();
});

describe('left to Git is also', () => {
  const heads = question(['peel', 'ref-prefix refs/heads/']);

  test('an annotated tag that no file says what it is about', async () => {
    await git(['tag', '-a', '-m', 'second', 'v2', 'main']);
    const tags = question(['peel', 'ref-prefix refs/tags/']);
    expect(answerLsRefs(repository, Buffer.from(tags))).toBeUndefined();
    expect(answerLsRefs(repository, Buffer.from(heads))).toBeDefined();
  });

  test.each([
    ['a symbolic branch', (path: string) => writeFile(path, 'ref: refs/heads/main\n')],
    ['an empty branch', (path: string) => writeFile(path, '')],
    ['a branch of nothing', (path: string) => writeFile(path, `${'0'.repeat(40)}\n`)],
    ['a link', (path: string) => symlink('main', path)],
    ['a name outside of ASCII', (path: string) => writeFile(`${path}-ö`, `${'1'.repeat(40)}\n`)],
  ])('%s', async (_, make) => {
    await make(join(repository, 'refs', 'heads', 'odd'));
    expect(answerLsRefs(repository, Buffer.from(heads))).toBeUndefined();
  });

  test('a damaged list of packed refs', async () => {
    await writeFile(join(repository, 'packed-refs'), 'what is this?\n');
    expect(answerLsRefs(repository, Buffer.from(heads))).toBeUndefined();
  });
});

test('a lock that somebody holds is no ref', async () => {
  await writeFile(join(repository, 'refs', 'heads', 'main.lock'), '');
  const { ours, ofGit } = await both(question(['symrefs']));
  expect(ours).toBe(ofGit);
});
