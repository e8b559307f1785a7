import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry, type Registry as Server, type RegistryOptions } from '../../../runtime/railyard/registry';
import { createRegistry, type Registry } from '../../../runtime/registry';

const IMAGE = 'ghcr.io/acme/guestbook';

let folder: string;
let server: Server;

async function serve(options: Partial<RegistryOptions> = {}): Promise<Registry> {
  server = await startRegistry({ folder, ...options });
  return createRegistry({
    mirrors: new Map([
      ['ghcr.io', server.url],
      ['docker.io', server.url],
    ]),
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'k8sta-registry-'));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('tags, digest and build time of an image are read', async () => {
  const registry = await serve();
  const created = new Date('2026-01-02T03:04:05Z');
  await server.publish(`${IMAGE}:1.0.0`);
  const digest = await server.publish(`${IMAGE}:1.1.0`, { created });
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0', '1.1.0']);
  expect(await registry.digest(IMAGE, '1.1.0')).toBe(digest);
  expect(await registry.builds(IMAGE, ['1.1.0'])).toEqual(new Map([['1.1.0', created]]));
});

test('a tag that is not there has no digest and no build time', async () => {
  const registry = await serve();
  await server.publish(`${IMAGE}:1.0.0`);
  expect(await registry.digest(IMAGE, '9.9.9')).toBeUndefined();
  expect(await registry.builds(IMAGE, ['9.9.9'])).toEqual(new Map());
});

test('an image for several platforms has the digest of its index, and the build time of the platform', async () => {
  const registry = await serve();
  const created = new Date('2026-05-06T07:08:09Z');
  const digest = await server.publish(`${IMAGE}:1.0.0`, { created, platforms: ['linux/amd64', 'linux/arm64'] });
  expect(await registry.digest(IMAGE, '1.0.0')).toBe(digest);
  const built = (platform: string) => registry.builds(IMAGE, ['1.0.0'], { platform });
  expect(await built('linux/arm64')).toEqual(new Map([['1.0.0', created]]));
  expect(await built('linux/arm64/v8')).toEqual(new Map([['1.0.0', created]]));
  expect(await built('linux/s390x')).toEqual(new Map());
  expect(await registry.offers(IMAGE, digest, { platform: 'linux/arm64' })).toBe(true);
  expect(await registry.offers(IMAGE, digest, { platform: 'linux/s390x' })).toBe(false);
});

test('a short name is the one of Docker Hub', async () => {
  const registry = await serve();
  await server.publish('nginx:1.29.0');
  expect(await registry.tags('nginx')).toEqual(['1.29.0']);
});

test('a repository that does not exist is named', async () => {
  const registry = await serve();
  await expect(registry.tags(IMAGE)).rejects.toThrow(`registry ghcr.io has no repository ${IMAGE}`);
});

test('the credential of the operator is used, that of the subscription wins, and a wrong one says what to do', async () => {
  const credentials = { username: 'ada', password: 'lovelace' };
  await serve({ credentials });
  await server.publish(`${IMAGE}:1.0.0`);
  const mirrors = new Map([['ghcr.io', server.url]]);
  const wrong = { username: 'ada', password: 'byron' };

  const operators = createRegistry({
    mirrors,
    credentials: async (repoURL) => (repoURL === IMAGE ? credentials : undefined),
  });
  expect(await operators.tags(IMAGE)).toEqual(['1.0.0']);
  const mistaken = createRegistry({ mirrors, credentials: async () => wrong });
  expect(await mistaken.tags(IMAGE, { credentials: async () => credentials })).toEqual(['1.0.0']);

  const refused = await mistaken.tags(IMAGE).catch((error: Error) => error);
  expect(refused).toMatchObject({ name: 'TransientError' });
  expect(String(refused)).toMatch(/ghcr\.io refuses us.*k8sta\.io\/credential=registry/);
  expect(String(refused)).not.toContain('byron');
  await expect(createRegistry({ mirrors }).tags(IMAGE)).rejects.toThrow(/asks for a credential and none is known/);
});

test('a rotated credential is used at the next look', async () => {
  await serve({ credentials: { username: 'ada', password: 'new' } });
  await server.publish(`${IMAGE}:1.0.0`);
  let password = 'old';
  const registry = createRegistry({
    mirrors: new Map([['ghcr.io', server.url]]),
    credentials: async () => ({ username: 'ada', password }),
  });
  await expect(registry.tags(IMAGE)).rejects.toThrow(/refuses us/);
  password = 'new';
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0']);
});

test('a registry that is not there is named with the reason', async () => {
  const registry = await serve();
  await server.stop();
  await expect(registry.tags(IMAGE)).rejects.toThrow(/registry ghcr\.io cannot be reached: .*ECONNREFUSED/);
});
