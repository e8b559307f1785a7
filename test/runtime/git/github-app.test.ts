import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GitCredential } from '../../../runtime/git';
import { messageOf } from '../../../runtime/errors';
import type { Interference } from '../../../runtime/railyard/git';
import { order, soon, World } from './world';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const HOUR_MS = 3_600_000;
const TOKEN = 'ghs_canary-4e1b';

describe('a GitHub App', () => {
  let world: World;
  let api: Server;
  let now: number;
  let minted: string[];
  let answer: () => { status: number; body: object };

  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    minted = [];
    answer = () => ({ status: 201, body: { token: TOKEN, expires_at: new Date(now + HOUR_MS).toISOString() } });
    api = createServer((request, response) => {
      const [head = '', claim = '', signature = ''] = (request.headers.authorization ?? '').slice(7).split('.');
      const signed = Buffer.from(`${head}.${claim}`);
      const isGenuine = verify('sha256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'));
      const { iss, iat, exp } = JSON.parse(Buffer.from(claim, 'base64url').toString()) as Record<string, number>;
      const isFresh = Number(iat) * 1000 <= now && now < Number(exp) * 1000 && Number(exp) - Number(iat) <= 600;
      const right = isGenuine && isFresh && String(iss) === '7';
      const { status, body } = right
        ? answer()
        : { status: 401, body: { message: 'A JSON web token could not be decoded' } };
      minted.push(`${request.method} ${request.url} ${status}`);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await world.stop();
    api.closeAllConnections();
    await new Promise((resolve) => api.close(resolve));
  });

  const app = (key = privateKey): GitCredential => ({
    githubApp: {
      appId: '7',
      installationId: '42',
      privateKey: key,
      api: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    },
  });
  const credentials = { username: 'x-access-token', password: TOKEN };
  const options = (key?: string) => ({ now: () => new Date(now), credentials: async () => app(key) });

  test('reads and pushes with a token of its installation, over two days, and mints each before it expires', async () => {
    world = await World.start({ credentials });
    const repo = await world.repository('acme/deploy');
    const git = world.git(options());
    const end = now + 48 * HOUR_MS;
    await Promise.all([git.heads(repo, ['main']), git.heads(repo, ['main'])]);
    expect(minted).toEqual(['POST /app/installations/42/access_tokens 201']);
    for (; now < end; now += HOUR_MS / 2) await git.heads(repo, ['main']);
    const { commit } = await git.commit(repo, order({ a: '1' }));
    const outcome = await git.push(repo, [{ branch: 'main', expected: undefined, commit }], {
      deadline: new Date(now + soon().deadline.getTime() - Date.now()),
    });

    expect(outcome).toEqual({ outcome: 'Accepted' });
    expect(minted.length).toBeGreaterThanOrEqual(47);
    expect(minted.length).toBeLessThanOrEqual(49);
  });

  test('mints once more where a token is refused before its time, and once only', async () => {
    let refuse = 1;
    const intercept = (): Interference | undefined =>
      (refuse -= 1) >= 0 ? { status: 401, message: 'Bad credentials' } : undefined;
    world = await World.start({ intercept });
    const repo = await world.repository('acme/deploy');
    let serial = 0;
    answer = () => ({
      status: 201,
      body: { token: `${TOKEN}-${(serial += 1)}`, expires_at: new Date(now + HOUR_MS).toISOString() },
    });
    const git = world.git(options());
    expect(await git.heads(repo, ['main'])).toEqual(new Map());
    expect(minted).toHaveLength(2);

    refuse = Infinity;
    const error: unknown = await git.heads(repo, ['main']).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'TransientError' });
    expect(messageOf(error)).not.toContain(TOKEN);
    expect(minted).toHaveLength(3);
  });

  test.each<[string, string, () => { status: number; body: object }, RegExp]>([
    [
      'whose key is not its own',
      otherKey(),
      () => ({ status: 201, body: {} }),
      /gave no token.*401.*githubAppPrivateKey/,
    ],
    ['whose key is none', 'no key', () => ({ status: 201, body: {} }), /no private key in PEM form/],
    ['that is not installed', privateKey, () => ({ status: 404, body: { token: 3 } }), /installation 42.*404/],
  ])('%s is said to be, in words that hold no key', async (_case, key, gives, words) => {
    world = await World.start({ credentials });
    const repo = await world.repository('acme/deploy');
    answer = gives;
    const error: unknown = await world
      .git(options(key))
      .heads(repo, ['main'])
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'TransientError' });
    expect(messageOf(error)).toMatch(words);
    expect(messageOf(error)).not.toMatch(/PRIVATE KEY/);
  });
});

function otherKey(): string {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

test('a password that was rotated between two requests is used in the same call', async () => {
  const world = await World.start({ credentials: { username: 'ada', password: 'new-password' } });
  const repo = await world.repository('acme/deploy');
  const passwords = ['old-password', 'new-password'];
  const git = world.git({
    credentials: async () => ({ username: 'ada', password: passwords.shift() ?? 'new-password' }),
  });
  expect(await git.heads(repo, ['main'])).toEqual(new Map());
  await world.stop();
});
