import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  startGitServer,
  type GitServer,
  type GitServerOptions,
  type Interference,
} from '../../../../runtime/railyard/git';

const run = promisify(execFile);
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

let scratch: string;
let server: GitServer;

async function start(options: Partial<GitServerOptions> = {}): Promise<GitServer> {
  server = await startGitServer({ folder: join(scratch, 'repositories'), ...options });
  return server;
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', [...identity, ...args], {
    cwd: folder,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  });
  return stdout.trim();
}

async function workTree(content = 'hello\n'): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'work-'));
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(folder, 'file.yaml'), content);
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'first');
  return folder;
}

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'railyard-git-'));
});

afterEach(async () => {
  await server.stop();
  await rm(scratch, { recursive: true, force: true });
});

test('a connection stays open for longer than clients keep theirs', async () => {
  const url = await (await start()).createRepository('guestbook');
  const answer = await fetch(`${url}/info/refs?service=git-upload-pack`);
  await answer.text();
  expect(answer.headers.get('keep-alive')).toBe('timeout=120');
});

test('what is pushed comes back by clone, by fetch of a SHA and by a blobless clone', async () => {
  const url = await (await start()).createRepository('guestbook');
  const work = await workTree();
  await git(work, 'push', '--quiet', url, 'main');
  const head = await git(work, 'rev-parse', 'HEAD');

  await git(scratch, 'clone', '--quiet', url, 'clone');
  expect(await git(join(scratch, 'clone'), 'rev-parse', 'HEAD')).toBe(head);

  await git(scratch, 'init', '--quiet', '--bare', 'bare');
  await git(join(scratch, 'bare'), 'fetch', '--quiet', url, head);
  expect(await git(join(scratch, 'bare'), 'cat-file', '-t', head)).toBe('commit');

  await git(scratch, 'clone', '--quiet', '--no-checkout', '--filter=blob:none', url, 'blobless');
  expect(await git(join(scratch, 'blobless'), 'rev-list', '--objects', '--missing=print', '--all')).toContain('?');
});

test('a first push makes the repository, in folders too, and a first fetch does not', async () => {
  const { url } = await start();
  const work = await workTree();
  await git(work, 'push', '--quiet', `${url}/acme/guestbook.git`, 'main');
  expect(await git(work, 'ls-remote', `${url}/acme/guestbook`)).toContain('refs/heads/main');
  await expect(git(work, 'ls-remote', `${url}/nothing.git`)).rejects.toThrow(/not found/);
});

test('where repositories are not made on push, the push is refused', async () => {
  const { url } = await start({ createOnPush: false });
  await expect(git(await workTree(), 'push', '--quiet', `${url}/new.git`, 'main')).rejects.toThrow(/not found/);
});

test('a large push arrives whole, sent in chunks', async () => {
  const url = await (await start()).createRepository('large');
  const work = await workTree();
  // Not compressible, and above http.postBuffer, so that Git sends it chunked.
  const bytes = Buffer.alloc(3_000_000);
  for (let i = 0, x = 1; i < bytes.length; i += 1, x = (x * 1_103_515_245 + 12_345) % 2_147_483_648) bytes[i] = x >> 16;
  await writeFile(join(work, 'large.bin'), bytes);
  await git(work, 'add', '.');
  await git(work, 'commit', '--quiet', '-m', 'large');
  await git(work, 'push', '--quiet', url, 'main');
  await git(scratch, 'clone', '--quiet', url, 'clone');
  expect(await git(join(scratch, 'clone'), 'rev-parse', 'HEAD')).toBe(await git(work, 'rev-parse', 'HEAD'));
});

test('a compressed request body is understood', async () => {
  const url = await (await start()).createRepository('zipped');
  await git(await workTree(), 'push', '--quiet', url, 'main');
  const body = '0014command=ls-refs\n0001001bref-prefix refs/heads/\n0000';
  const response = await fetch(`${url}/git-upload-pack`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-git-upload-pack-request',
      'Content-Encoding': 'gzip',
      'Git-Protocol': 'version=2',
    },
    body: gzipSync(body),
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('refs/heads/main');
});

test('what Git says first follows the configuration of the repository, also where it was said before', async () => {
  const url = await (await start()).createRepository('guestbook');
  const greeting = async (): Promise<string> => {
    const response = await fetch(`${url}/info/refs?service=git-upload-pack`, {
      headers: { 'Git-Protocol': 'version=2' },
    });
    expect(response.headers.get('content-type')).toBe('application/x-git-upload-pack-advertisement');
    return response.text();
  };
  const first = await greeting();
  expect(first).toMatch(/version 2[^]*fetch=[^\n]*filter/);
  expect(await greeting()).toBe(first);
  await git(join(scratch, 'repositories', 'guestbook.git'), 'config', 'uploadpack.allowFilter', 'false');
  expect(await greeting()).not.toContain('filter');
});

describe('a repository whose configuration was changed, which Git then serves whole, answers like one as it was made:', () => {
  let url: string;
  let work: string;
  const repository = (): string => join(scratch, 'repositories', 'guestbook.git');
  const change = (): Promise<void> => appendFile(join(repository(), 'config'), '# changed\n');

  beforeEach(async () => {
    url = await (await start()).createRepository('guestbook');
    work = await workTree();
    await git(work, 'push', '--quiet', url, 'main');
  });

  const packet = (line: string): string => (line.length + 4).toString(16).padStart(4, '0') + line;

  async function asked(lines: readonly string[]): Promise<{ status: number; headers: unknown; body: string }> {
    const response = await fetch(`${url}/git-upload-pack`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-git-upload-pack-request', 'Git-Protocol': 'version=2' },
      body: `${lines.map((line) => (line === '0001' ? line : packet(`${line}\n`))).join('')}0000`,
    });
    const headers = ['content-type', 'cache-control', 'expires', 'pragma'].map((name) => response.headers.get(name));
    return {
      status: response.status,
      headers,
      body: joined(Buffer.from(await response.arrayBuffer()).toString('latin1')),
    };
  }

  /** Of packets, into which Git cuts a pack as it comes. */
  function joined(body: string): string {
    const length = Number.parseInt(body.slice(0, 4), 16);
    if (Number.isNaN(length) || length < 4) return '';
    return body.slice(4, length).replace(/^\x01/, '') + joined(body.slice(length));
  }

  test('where its refs are', async () => {
    const lines = ['command=ls-refs', '0001', 'peel', 'symrefs', 'unborn'];
    const before = await asked(lines);
    await change();
    expect(before.status).toBe(200);
    expect(before.body).toContain('HEAD symref-target:refs/heads/main');
    expect(await asked(lines)).toEqual(before);
  });

  test('a pack', async () => {
    const lines = ['command=fetch', '0001', `want ${await git(work, 'rev-parse', 'HEAD')}`, 'no-progress', 'done'];
    const before = await asked(lines);
    await change();
    expect(before.status).toBe(200);
    expect(before.body).toContain('PACK');
    expect(await asked(lines)).toEqual(before);
  });

  test('what its hooks hear of the pusher', async () => {
    const hook = join(repository(), 'hooks', 'pre-receive');
    await writeFile(hook, '#!/bin/sh\nenv | grep -E "^(GIT_COMMITTER_|REMOTE_USER)" | sort > heard\n', { mode: 0o755 });
    const heard = (): Promise<string> => readFile(join(repository(), 'heard'), 'utf8');
    await git(work, 'push', '--quiet', url, 'main:one');
    const before = await heard();
    await change();
    await git(work, 'push', '--quiet', url, 'main:other');
    expect(before).toContain('REMOTE_USER=railyard');
    expect(await heard()).toBe(before);
  });
});

test("a push that is no fast-forward is the pusher's to avoid: the server takes a forced one", async () => {
  const url = await (await start()).createRepository('guestbook');
  await git(await workTree('one\n'), 'push', '--quiet', url, 'main');
  const other = await workTree('two\n');
  await expect(git(other, 'push', '--quiet', url, 'main')).rejects.toThrow(/rejected|fetch first/);
  await git(other, 'push', '--quiet', '--force', url, 'main');
  expect(await git(other, 'ls-remote', url, 'main')).toContain(await git(other, 'rev-parse', 'HEAD'));
});

test('with credentials, the right ones are let in and all others are not', async () => {
  const { url } = await start({ credentials: { username: 'ada', password: 'lovelace' } });
  const work = await workTree();
  const as = (user: string) => `${url.replace('://', `://${user}@`)}/guestbook.git`;
  await git(work, 'push', '--quiet', as('ada:lovelace'), 'main');
  await expect(git(work, 'ls-remote', as('ada:wrong'))).rejects.toThrow(/Authentication failed/);
  await expect(git(work, 'ls-remote', `${url}/guestbook.git`)).rejects.toThrow(/could not read Username/);
});

test.each(['../outside.git', 'a/../../outside.git', '.git', '-x.git', 'a%2f..%2f..%2foutside.git'])(
  'the path %s reaches nothing outside the folder',
  async (path) => {
    const { port } = await start();
    await mkdir(join(scratch, 'outside.git'));
    // A URL object would resolve the dots, so the path goes as it is.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      get({ port, path: `/${path}/info/refs?service=git-receive-pack` }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    // Dots that the URL itself resolves end inside the folder; others are no name of a repository.
    expect([200, 404, 500]).toContain(status);
    await expect(stat(join(scratch, 'outside.git', 'HEAD'))).rejects.toThrow(/ENOENT/);
  },
);

test('a test can refuse a push, delay it, and lose its reply', async () => {
  const moods: (Interference | undefined)[] = [];
  const { url, counts } = await start({
    intercept: async (request) => {
      if (request.service !== 'git-receive-pack' || request.advertisement) return undefined;
      await new Promise((resolve) => setImmediate(resolve));
      return moods.shift();
    },
  });
  const work = await workTree();
  const remote = `${url}/guestbook.git`;

  moods.push({ status: 503, message: 'down for a moment' });
  await expect(git(work, 'push', '--quiet', remote, 'main')).rejects.toThrow(/503/);
  expect(await git(work, 'ls-remote', remote)).toBe('');

  moods.push({ loseReply: true });
  await expect(git(work, 'push', '--quiet', remote, 'main')).rejects.toThrow();
  expect(await git(work, 'ls-remote', remote, 'main')).toContain(await git(work, 'rev-parse', 'HEAD'));
  // Git itself may send a push again whose connection broke.
  expect(counts.pushes).toBeGreaterThanOrEqual(1);
});

test('a port in use is named, with one that is free', async () => {
  const first = await start();
  const failure = startGitServer({ folder: join(scratch, 'second'), port: first.port });
  await expect(failure).rejects.toThrow(new RegExp(`Port ${first.port} for the Git server is in use .*; \\d+ is free`));
});

test('repositories outlive the server', async () => {
  const before = await start();
  const work = await workTree();
  await git(work, 'push', '--quiet', `${before.url}/guestbook.git`, 'main');
  await before.stop();
  const after = await start({ port: before.port });
  expect(after.port).toBe(before.port);
  expect(await git(work, 'ls-remote', `${after.url}/guestbook.git`)).toContain('refs/heads/main');
});
