import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openGit, type Git } from '../../../runtime/git';
import { treeOf } from '../../../runtime/git/process-tree';
import { isProxied } from '../../../runtime/git/wire/proxy';
import type { GitRequest, Interference } from '../../../runtime/railyard/git';
import { selfSigned } from '../kube/certificate';
import { commandOf } from './processes';
import { order, soon, World } from './world';

let world: World;
let repo: string;
let count = 0;
/** Requests to the server in this test, in short. */
let asked: string[];
let interfere: (request: GitRequest) => Interference | undefined;

beforeAll(async () => {
  world = await World.start({
    intercept: (request) => {
      asked.push(`${request.method} ${request.service ?? ''}`);
      return interfere(request);
    },
  });
});
beforeEach(async () => {
  asked = [];
  interfere = () => undefined;
  repo = await world.repository(`acme/repository-${(count += 1)}`);
});
afterAll(() => world.stop());

const POST_PUSH = 'POST git-receive-pack';
const POST_LOOK = 'POST git-upload-pack';
/** Of the requests with a body that `readAll` makes. */
const FIRST_OF_BLOBS = 3;
const GREETING = 'GET git-receive-pack';

/** Git with mirrors of its own. */
const fresh = (options: Parameters<World['git']>[0] = {}): Git =>
  world.git({ folder: join(world.folder, `mirrors-${count}-${randomBytes(3).toString('hex')}`), ...options });

/** An arrival on one branch: a look, a commit, a push. */
async function arrive(git: Git, remote: string, text: string, branch = 'env/test') {
  const expected = (await git.heads(remote, [branch])).get(branch);
  const parent = expected === undefined ? {} : { parent: expected };
  const { commit } = await git.commit(remote, order({ 'app.yaml': text }, parent));
  return { commit, outcome: await git.push(remote, [{ branch, expected, commit }], soon()) };
}

describe('an arrival', () => {
  test('takes one request to look, one to push, and no process', async () => {
    const git = fresh();
    await arrive(git, repo, 'one');
    asked = [];
    const before = await treeOf(process.pid);
    const { commit, outcome } = await arrive(git, repo, 'two');

    expect(outcome).toEqual({ outcome: 'Accepted' });
    expect(asked).toEqual([POST_LOOK, POST_PUSH]);
    expect(world.head(repo, 'env/test')).toBe(commit);
    expect((await treeOf(process.pid)).filter((pid) => !before.includes(pid)).map(commandOf)).toEqual([]);
  });

  test('of many branches is one request too, after one that asks what the server can do', async () => {
    const git = fresh();
    const push = async (text: string, heads: ReadonlyMap<string, string>) => {
      const updates = await Promise.all(
        ['env/a', 'env/b', 'env/c'].map(async (branch) => {
          const expected = heads.get(branch);
          const parent = expected === undefined ? {} : { parent: expected };
          const { commit } = await git.commit(repo, order({ [`${branch}.yaml`]: text }, parent));
          return { branch, expected, commit };
        }),
      );
      return git.push(repo, updates, soon());
    };
    expect(await push('1', new Map())).toEqual({ outcome: 'Accepted' });
    expect(asked).toEqual([GREETING, POST_PUSH]);
    expect(await push('2', await git.heads(repo, ['env/a', 'env/b', 'env/c']))).toEqual({ outcome: 'Accepted' });
    expect(asked).toEqual([GREETING, POST_PUSH, POST_LOOK, POST_PUSH]);
  });

  test('brings every object that the server lacks, whatever it holds', async () => {
    const git = fresh();
    world.personCommits(repo, 'env/test', { 'kept/a': '1', 'kept/b': '2', 'dir/file': '3', odd: '' });
    const expected = (await git.heads(repo, ['env/test'])).get('env/test') ?? '';
    const bytes = new Map([
      ['empty', Buffer.alloc(0)],
      ['sixteen', randomBytes(16)],
      ['large', randomBytes(3_000_000)],
      ['kept/a', Buffer.from('new')],
      ['dir/file/below', Buffer.from('a folder now')],
    ]);
    const written = { ...order({}, { parent: expected, remove: ['dir/file'] }), write: bytes };
    const { commit } = await git.commit(repo, written);
    const again = await git.commit(repo, order({ 'kept/c': '4' }, { parent: commit }));
    const outcome = await git.push(repo, [{ branch: 'env/test', expected, commit: again.commit }], soon());

    expect(outcome).toEqual({ outcome: 'Accepted' });
    expect(asked.filter((one) => one.endsWith('receive-pack'))).toEqual([POST_PUSH]);
    expect(world.on(repo, 'fsck', '--strict')).toBe('');
    expect(Number(world.on(repo, 'cat-file', '-s', 'env/test:large'))).toBe(3_000_000);
    expect(Object.keys(world.filesAt(repo, 'env/test')).sort()).toEqual(
      ['dir/file/below', 'empty', 'kept/a', 'kept/b', 'kept/c', 'large', 'odd', 'sixteen'].sort(),
    );
  });

  test('on a commit that the server was never said to have lands all the same', async () => {
    const git = fresh();
    const main = world.personCommits(repo, 'main', { a: '1' });
    const { commit } = await git.commit(repo, order({ b: '2' }, { parent: main }));
    expect(await git.push(repo, [{ branch: 'env/new', expected: undefined, commit }], soon())).toEqual({
      outcome: 'Accepted',
    });
    expect(world.filesAt(repo, 'env/new')).toEqual({ a: '1', b: '2' });
  });

  test('of which one branch landed before lands the others', async () => {
    const git = fresh();
    const { commit } = await git.commit(repo, order({ a: '1' }));
    await git.push(repo, [{ branch: 'env/a', expected: undefined, commit }], soon());
    const updates = ['env/a', 'env/b'].map((branch) => ({ branch, expected: undefined, commit }));
    expect(await git.push(repo, updates, soon())).toEqual({ outcome: 'Accepted' });
    expect(world.head(repo, 'env/b')).toBe(commit);
  });
});

describe('contents of files', () => {
  const MANY = 400;
  const contentOf = (number: number): string => `line\n`.repeat(200) + number;
  /** What came of all files of a person's commit, and what the server was asked for them. */
  async function readAll(git: Git): Promise<{ texts: string[]; requests: string[] }> {
    const files = Object.fromEntries(Array.from({ length: MANY }, (_, number) => [`f/${number}`, contentOf(number)]));
    world.personCommits(repo, 'main', files);
    const commit = (await git.heads(repo, ['main'])).get('main') ?? '';
    const found = await git.files(repo, commit);
    asked = [];
    const oids = [...found.values()].map(({ oid }) => oid);
    const blobs = await git.blobs(repo, oids);
    return { texts: oids.map((oid) => Buffer.from(blobs.get(oid) ?? '').toString()), requests: asked };
  }
  const EXPECTED = Array.from({ length: MANY }, (_, number) => contentOf(number)).sort();

  test('come in one request, and stay when the mirror is opened again', async () => {
    const folder = join(world.folder, `read-${count}`);
    const git = fresh({ folder });
    const { texts, requests } = await readAll(git);
    expect(texts.sort()).toEqual(EXPECTED);
    expect(requests).toEqual([POST_LOOK]);
    await git.close();

    const again = fresh({ folder });
    const found = await again.files(repo, world.head(repo, 'main') ?? '');
    asked = [];
    expect(
      (
        await again.blobs(
          repo,
          [...found.values()].map(({ oid }) => oid),
        )
      ).size,
    ).toBe(MANY);
    expect(asked).toEqual([]);
  });

  test.each<[string, Interference]>([
    ['does not understand', { status: 400, message: 'greet me' }],
    ['has an error of its own', { status: 500, message: 'oops' }],
  ])('come by way of Git where the server %s', async (_what, fault) => {
    const git = fresh();
    let looks = 0;
    interfere = ({ method, advertisement }) => {
      if (method === 'GET' || advertisement) return undefined;
      looks += 1;
      // The look at the head, Git's two requests for the commit, and then ours.
      return looks === FIRST_OF_BLOBS ? fault : undefined;
    };
    const { texts, requests } = await readAll(git);
    expect(texts.sort()).toEqual(EXPECTED);
    expect(requests[0]).toBe(POST_LOOK);
    expect(requests).toContain('GET git-upload-pack');
  });

  test('that nobody has are said to be missing', async () => {
    const git = fresh();
    await readAll(git);
    await expect(git.blobs(repo, ['1'.repeat(40)])).rejects.toMatchObject({ reason: 'BlobMissing' });
    expect((await arrive(git, repo, 'after')).outcome).toEqual({ outcome: 'Accepted' });
  });
});

describe('a server', () => {
  test('that wants to be greeted first is spoken to by Git itself, and not tried again for a while', async () => {
    const greeted = new Set<string>();
    interfere = ({ advertisement, service = '' }) => {
      if (advertisement) greeted.add(service);
      return advertisement || greeted.has(service) ? undefined : { status: 400, message: 'greet me' };
    };
    const git = fresh();
    expect((await arrive(git, repo, 'one')).outcome).toEqual({ outcome: 'Accepted' });
    greeted.clear();
    asked = [];
    expect((await arrive(git, repo, 'two')).outcome).toEqual({ outcome: 'Accepted' });
    expect(asked.filter((one) => one === GREETING)).toHaveLength(1);
    expect(world.filesAt(repo, 'env/test')).toEqual({ 'app.yaml': 'two' });
  });

  test('R8: with an error of its own costs the attempt that it fell on, and is spoken to again the next time', async () => {
    const time = { at: Date.UTC(2026, 0, 1) };
    const git = fresh({ now: () => new Date(time.at) });
    await arrive(git, repo, 'one');
    let errors = 0;
    interfere = ({ advertisement }) => {
      if (advertisement || errors === 0) return undefined;
      errors -= 1;
      return { status: 500, message: 'oops' };
    };
    const look = async (): Promise<string | undefined> => {
      asked = [];
      expect((await git.heads(repo, ['env/test'])).get('env/test')).toBe(world.head(repo, 'env/test'));
      return asked.join(', ');
    };
    const byGit = 'GET git-upload-pack, POST git-upload-pack';
    errors = 1;
    expect(await look()).toBe(`${POST_LOOK}, ${byGit}`);
    asked = [];
    expect((await arrive(git, repo, 'two')).outcome).toEqual({ outcome: 'Accepted' });
    expect(asked).toEqual([POST_LOOK, POST_PUSH]);

    // Where it goes on it is left alone, but for seconds only.
    errors = 1;
    await look();
    errors = 1;
    await look();
    expect(await look()).toBe(byGit);
    time.at += 5_000;
    expect(await look()).toBe(POST_LOOK);
  });

  test('R8: with an error of its own before many branches are pushed is asked once more what it can do', async () => {
    const git = fresh();
    const push = async (text: string) => {
      const { commit } = await git.commit(repo, order({ a: text }));
      const updates = ['a', 'b'].map((name) => ({ branch: `env/${name}/${text}`, expected: undefined, commit }));
      asked = [];
      return git.push(repo, updates, soon());
    };
    const faults: Interference[] = [{ status: 503, message: 'busy' }];
    interfere = () => faults.shift();
    expect(await push('one')).toEqual({ outcome: 'Accepted' });
    expect(await push('two')).toEqual({ outcome: 'Accepted' });
    expect(asked).toEqual([GREETING, POST_PUSH]);
  });

  test('D4: that cannot move heads together moves none', async () => {
    world.on(repo, 'config', 'receive.advertiseAtomic', 'false');
    const git = fresh();
    const { commit } = await git.commit(repo, order({ a: '1' }));
    const updates = ['env/a', 'env/b'].map((branch) => ({ branch, expected: undefined, commit }));
    expect(await git.push(repo, updates, soon())).toMatchObject({ outcome: 'Refused', kind: 'Rejected' });
    expect(world.on(repo, 'for-each-ref')).toBe('');
    expect(asked).not.toContain(POST_PUSH);
  });

  test('R15: is sent nothing where the permit has run out by the time that the connection stands', async () => {
    const git = fresh();
    const { commit } = await git.commit(repo, order({ a: '1' }));
    const until = { ...soon(), permit: () => 0 };
    const outcome = await git.push(repo, [{ branch: 'env/a', expected: undefined, commit }], until);
    expect(outcome).toMatchObject({ outcome: 'Unanswered', message: expect.stringContaining('deadline') as string });
    expect(asked).toEqual([]);
  });

  test('behind TLS is trusted by the certificates that the environment names, and by no others', async () => {
    const { key, certificate } = selfSigned('server');
    const tls = createServer({ key, cert: certificate }, (request, response) => {
      const { port } = new URL(repo);
      const { method = '', url = '', headers } = request;
      const passed = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(passed);
    });
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const remote = repo.replace(/^http:\/\/[^/]+/, `https://127.0.0.1:${(tls.address() as AddressInfo).port}`);
    const file = join(world.folder, 'ca.pem');
    writeFileSync(file, certificate);
    const { PATH } = process.env;
    const trusting = fresh({ environment: { PATH, GIT_SSL_CAINFO: file } });
    const wary = fresh({ environment: { PATH } });
    const arrived = await arrive(trusting, remote, 'one');
    const refused: unknown = await wary.heads(remote, ['env/test']).catch((error: unknown) => error);
    await Promise.all([trusting.close(), wary.close()]);
    await new Promise((resolve) => tls.close(resolve));

    expect(arrived.outcome).toEqual({ outcome: 'Accepted' });
    expect(asked).toEqual([POST_LOOK, POST_PUSH]);
    expect(refused).toMatchObject({ message: expect.stringContaining('TLS connection') as string });
  });

  test('is never reached around a proxy', async () => {
    const { PATH } = process.env;
    const environment = { PATH, http_proxy: 'http://127.0.0.1:1' };
    const git = openGit({ folder: join(world.folder, 'proxied'), environment });
    await expect(git.heads(repo, ['main'])).rejects.toMatchObject({ name: 'TransientError' });
    await git.close();
    expect(asked).toEqual([]);
  });
});

describe('a proxy', () => {
  const proxy = 'http://proxy:3128';
  test.each([
    ['http://git.acme.com/a', {}, false],
    ['http://git.acme.com/a', { http_proxy: proxy }, true],
    ['http://git.acme.com/a', { https_proxy: proxy, HTTPS_PROXY: proxy }, false],
    ['https://git.acme.com/a', { HTTPS_PROXY: proxy }, true],
    ['https://git.acme.com/a', { all_proxy: proxy }, true],
    ['https://git.acme.com/a', { https_proxy: proxy, no_proxy: 'other, .acme.com' }, false],
    ['https://acme.com/a', { https_proxy: proxy, NO_PROXY: 'ACME.com' }, false],
    ['https://notacme.com/a', { https_proxy: proxy, no_proxy: 'acme.com' }, true],
    ['https://10.0.0.7/a', { https_proxy: proxy, no_proxy: '10.0.0.0/8' }, true],
    ['https://git.acme.com/a', { https_proxy: proxy, no_proxy: '*' }, false],
  ])('before %s with %j: %s', (url, environment, expected) => {
    expect(isProxied(url, environment)).toBe(expected);
  });
});
