import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { GitCredential } from '../../../runtime/git';
import type { Log } from '../../../runtime/log';
import { messageOf } from '../../../runtime/errors';
import { filesWith, order, soon, World } from './world';

const USER = 'ada';
const TOKEN = 'canary-7f3e9b1c2d';
const BASIC = Buffer.from(`${USER}:${TOKEN}`).toString('base64');
const SECRET = new RegExp(`${TOKEN}|${BASIC}`);

let world: World;
afterEach(() => world.stop());

const right = async (): Promise<GitCredential> => ({ username: USER, password: TOKEN });

/** Everything that the log was told, as a log would write it. */
function listening(): { log: Log; said: string[] } {
  const said: string[] = [];
  const write = (fields: unknown, message: string): void => void said.push(`${JSON.stringify(fields)} ${message}`);
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
  return { log, said };
}

describe('a credential', () => {
  test('that is right opens the repository for reading and pushing', async () => {
    world = await World.start({ credentials: { username: USER, password: TOKEN } });
    const repo = await world.repository('acme/deploy');
    const git = world.git({ credentials: right });
    const parent = world.personCommits(repo, 'main', { a: '1' });
    expect((await git.files(repo, parent)).size).toBe(1);
    const { commit } = await git.commit(repo, order({ b: '2' }, { parent }));
    expect(await git.push(repo, [{ branch: 'main', expected: parent, commit }], soon())).toEqual({
      outcome: 'Accepted',
    });
  });

  test.each([
    ['wrong', async (): Promise<GitCredential> => ({ username: USER, password: `${TOKEN}-stale` })],
    ['missing', async () => undefined],
  ])(
    'R7: that is %s is a TransientError that says what to mend, and nobody is prompted',
    async (_case, credentials) => {
      world = await World.start({ credentials: { username: USER, password: TOKEN } });
      const repo = await world.repository('acme/deploy');
      const git = world.git({ credentials });
      const error: unknown = await git.heads(repo, ['main']).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'TransientError' });
      expect(messageOf(error)).toMatch(/acme\/deploy.*did not accept the credentials, or got none.*Secret/);
      expect(messageOf(error)).not.toMatch(SECRET);
    },
  );

  test('that is rotated is used at the next contact', async () => {
    world = await World.start({ credentials: { username: USER, password: TOKEN } });
    const repo = await world.repository('acme/deploy');
    let password = 'old-one';
    const git = world.git({ credentials: async () => ({ username: USER, password }) });
    await expect(git.heads(repo, ['main'])).rejects.toMatchObject({ name: 'TransientError' });
    password = TOKEN;
    expect(await git.heads(repo, ['main'])).toEqual(new Map());
  });

  test('S10: is on no command line, in no log, no error and no file while and after it is used', async () => {
    const seen: string[] = [];
    let sampling = true;
    world = await World.start({
      credentials: { username: USER, password: TOKEN },
      intercept: () => {
        // Right in the middle of a request every process that takes part is alive.
        for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
          try {
            if (sampling) seen.push(readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
          } catch {
            // The process has ended.
          }
        }
        return undefined;
      },
    });
    const repo = await world.repository('acme/deploy');
    const { log, said } = listening();
    const git = world.git({ credentials: right, log });
    const parent = world.personCommits(repo, 'main', { a: '1', unread: '3' });
    const [entry] = (await git.files(repo, parent)).values();
    await git.blobs(repo, [entry?.oid ?? '']);
    const { commit } = await git.commit(repo, order({ b: '2' }, { parent }));
    // Nobody said that the server has the parent: Git's own command finds out, where this process cannot know.
    await git.push(repo, [{ branch: 'other', expected: undefined, commit }], soon());
    await git.push(repo, [{ branch: 'main', expected: parent, commit }], soon());
    sampling = false;
    const [mirror = ''] = readdirSync(world.mirrors).filter((name) => name.endsWith('.git'));
    writeFileSync(join(world.mirrors, mirror, 'config'), 'broken [');
    await git.history(repo, { upTo: parent, without: [] });

    expect(seen.some((line) => line.includes('git-remote-http'))).toBe(true);
    expect(seen.some((line) => line.includes('git push'))).toBe(true);
    expect(said.some((line) => line.includes('made anew'))).toBe(true);
    expect(seen.filter((line) => SECRET.test(line))).toEqual([]);
    expect(said.filter((line) => SECRET.test(line))).toEqual([]);
    expect(filesWith(world.mirrors, SECRET)).toEqual([]);
  });

  test('S10: that a server repeats in its words is cut out of them', async () => {
    world = new World();
    const server = createServer((request, response) => {
      response.writeHead(403, { 'Content-Type': 'text/plain' });
      response.end(`${request.headers.authorization ?? ''} is ${TOKEN}, https://${USER}:${TOKEN}@host/x\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const repo = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme.git`;
    const git = world.git({ credentials: right });
    const error: unknown = await git.heads(repo, ['main']).catch((reason: unknown) => reason);
    const { commit } = await git.commit(repo, order({ a: '1' }));
    const outcome = await git.push(repo, [{ branch: 'main', expected: undefined, commit }], soon());
    server.close();

    expect(messageOf(error)).toMatch(/may not do this/);
    expect(`${JSON.stringify(error)} ${(error as Error).stack} ${JSON.stringify(outcome)}`).not.toMatch(SECRET);
  });

  test('S9: does not follow a redirect to another host', async () => {
    world = new World();
    const stolen: string[] = [];
    const thief = createServer((request, response) => {
      stolen.push(request.headers.authorization ?? 'none');
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const elsewhere = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`;
    const server = createServer((request, response) =>
      response.writeHead(302, { Location: `${elsewhere}${request.url}` }).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const repo = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme.git`;
    const error: unknown = await world
      .git({ credentials: right })
      .heads(repo, ['main'])
      .catch((reason: unknown) => reason);
    server.close();
    thief.close();

    expect(messageOf(error)).toMatch(/redirect, which is not followed/);
    expect(stolen).toEqual([]);
  });
});

describe('an SSH key', () => {
  const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'c2VjcmV0LWtleS1jYW5hcnk'.repeat(3)}\n-----END OPENSSH PRIVATE KEY-----`;

  /** Stands where ssh would: notes how it was called, then runs what the far side would run. */
  function farSide(script: string): Record<string, string> {
    const bin = join(world.folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    return { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  }

  test('is in a file of ours for one command only, and the host has to be known', async () => {
    world = await World.start();
    const repo = await world.repository('deploy');
    const head = world.personCommits(repo, 'main', { a: '1' });
    const environment = farSide(
      `printf '%s\\n' "$@" > ${world.folder}/argv; while [ "$1" != -i ]; do shift; done; ` +
        `cp -p "$2" ${world.folder}/key; cp "$(dirname "$2")/known_hosts" ${world.folder}/known; ` +
        `exec git upload-pack ${world.bare(repo)}`,
    );
    const git = world.git({
      environment,
      credentials: async () => ({ sshPrivateKey: KEY, knownHosts: 'host ssh-ed25519 AAAA' }),
    });

    expect(await git.heads('git@host:deploy.git', ['main'])).toEqual(new Map([['main', head]]));
    expect(readFileSync(join(world.folder, 'key'), 'utf8')).toBe(`${KEY}\n`);
    expect(statSync(join(world.folder, 'key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(world.folder, 'known'), 'utf8')).toBe('host ssh-ed25519 AAAA\n');
    const argv = readFileSync(join(world.folder, 'argv'), 'utf8');
    expect(argv).toMatch(/StrictHostKeyChecking=yes/);
    expect(argv).toMatch(/BatchMode=yes/);
    expect(argv).not.toMatch(/PRIVATE KEY|c2VjcmV0/);
    expect(readdirSync(world.mirrors).filter((name) => name.startsWith('key-'))).toEqual([]);
  });

  test.each([
    ['Permission denied (publickey).', /did not accept the SSH key/],
    ['Host key verification failed.', /not among the known hosts/],
  ])('that meets "%s" is a TransientError that says what to mend', async (words, meaning) => {
    world = new World();
    const environment = farSide(`echo "${words}" >&2; exit 255`);
    const git = world.git({ environment, credentials: async () => ({ sshPrivateKey: KEY, knownHosts: '' }) });
    await expect(git.heads('ssh://git@host/deploy', ['main'])).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(meaning) as string,
    });
  });

  test('that is missing is said, and no key of the machine is tried', async () => {
    world = new World();
    const environment = farSide(`touch ${world.folder}/called`);
    await expect(world.git({ environment }).heads('ssh://git@host/deploy', ['main'])).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('There is no SSH key') as string,
    });
    expect(existsSync(join(world.folder, 'called'))).toBe(false);
  });
});
