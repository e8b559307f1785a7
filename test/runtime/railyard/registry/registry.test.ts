import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  publishImage,
  startRegistry,
  type Registry,
  type RegistryOptions,
} from '../../../../runtime/railyard/registry';

let folder: string;
let registry: Registry;

const IMAGE = 'ghcr.io/acme/guestbook';

async function start(options: Partial<RegistryOptions> = {}): Promise<void> {
  registry = await startRegistry({ folder, ...options });
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`${registry.url}/v2/${path}`, init);
}

async function json(path: string): Promise<Record<string, unknown>> {
  const response = await ask(path);
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'railyard-registry-'));
  await start();
});

afterEach(async () => {
  await registry.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a published image is found by tag and by digest, with its config', async () => {
  const created = new Date('2026-01-02T03:04:05Z');
  const digest = await registry.publish(`${IMAGE}:1.3.0`, { created });

  const head = await ask('acme/guestbook/manifests/1.3.0?ns=ghcr.io', { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(head.headers.get('docker-content-digest')).toBe(digest);
  expect(head.headers.get('content-type')).toBe('application/vnd.oci.image.manifest.v1+json');

  const manifest = await json(`acme/guestbook/manifests/${digest}?ns=ghcr.io`);
  const { digest: config } = manifest['config'] as { digest: string };
  expect(await json(`acme/guestbook/blobs/${config}?ns=ghcr.io`)).toMatchObject({
    created: created.toISOString(),
    os: 'linux',
    architecture: 'amd64',
    config: { Labels: { 'org.opencontainers.image.version': '1.3.0' } },
  });
});

test('equal images have equal digests, and tag, seed and date tell them apart', async () => {
  const first = await registry.publish(`${IMAGE}:1.0.0`);
  expect(await registry.publish(`${IMAGE}:1.0.0`)).toBe(first);
  const others = [
    await registry.publish(`${IMAGE}:1.0.1`),
    await registry.publish(`${IMAGE}:1.0.0`, { seed: 'b' }),
    await registry.publish(`${IMAGE}:1.0.0`, { created: new Date(1) }),
    await registry.publish('docker.io/acme/guestbook:1.0.0'),
  ];
  expect(new Set([first, ...others]).size).toBe(5);
});

test('a tag moves to the image that was published last, and the earlier one stays by digest', async () => {
  const first = await registry.publish(`${IMAGE}:stable`, { seed: 'd1' });
  const second = await registry.publish(`${IMAGE}:stable`, { seed: 'd2' });
  const stable = await ask('acme/guestbook/manifests/stable?ns=ghcr.io');
  expect(stable.headers.get('docker-content-digest')).toBe(second);
  expect((await ask(`acme/guestbook/manifests/${first}?ns=ghcr.io`)).status).toBe(200);
});

test('hosts are told apart by ns, and the host may also stand in the name', async () => {
  await registry.publish('ghcr.io/acme/web:1.0.0');
  await registry.publish('quay.io/acme/web:2.0.0');
  await registry.publish('nginx:3.0.0');
  expect(await json('acme/web/tags/list?ns=ghcr.io')).toEqual({ name: 'acme/web', tags: ['1.0.0'] });
  expect(await json('acme/web/tags/list?ns=quay.io')).toEqual({ name: 'acme/web', tags: ['2.0.0'] });
  expect(await json('library/nginx/tags/list?ns=docker.io')).toEqual({ name: 'library/nginx', tags: ['3.0.0'] });
  expect(await json('quay.io/acme/web/tags/list')).toEqual({ name: 'quay.io/acme/web', tags: ['2.0.0'] });
});

test('tags come in pages, each naming the next', async () => {
  const tags = ['1.0.0', '1.1.0', '1.10.0', '1.2.0', '2.0.0'];
  for (const tag of tags) await registry.publish(`${IMAGE}:${tag}`);
  const seen: string[] = [];
  let path: string | undefined = '/v2/acme/guestbook/tags/list?ns=ghcr.io&n=2';
  let pages = 0;
  while (path !== undefined) {
    const response: Response = await fetch(new URL(path, registry.url));
    seen.push(...((await response.json()) as { tags: string[] }).tags);
    path = /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    pages += 1;
  }
  expect(seen).toEqual(tags);
  expect(pages).toBe(3);
});

test('an image for several platforms is an index', async () => {
  const digest = await registry.publish(`${IMAGE}:1.0.0`, { platforms: ['linux/amd64', 'linux/arm64/v8'] });
  const index = await json(`acme/guestbook/manifests/1.0.0?ns=ghcr.io`);
  expect(index).toMatchObject({
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{ platform: { architecture: 'amd64' } }, { platform: { architecture: 'arm64', variant: 'v8' } }],
  });
  expect((await ask(`acme/guestbook/manifests/${digest}?ns=ghcr.io`)).status).toBe(200);
});

test('a tag can be taken away', async () => {
  await registry.publish(`${IMAGE}:1.3.0`);
  expect((await ask('acme/guestbook/manifests/1.3.0?ns=ghcr.io', { method: 'DELETE' })).status).toBe(202);
  expect(await json('acme/guestbook/tags/list?ns=ghcr.io')).toMatchObject({ tags: [] });
});

test.each([
  ['acme/guestbook/tags/list?ns=ghcr.io', 'NAME_UNKNOWN'],
  ['acme/guestbook/manifests/9.9.9?ns=ghcr.io', 'MANIFEST_UNKNOWN'],
  [`acme/guestbook/blobs/sha256:${'0'.repeat(64)}?ns=ghcr.io`, 'BLOB_UNKNOWN'],
  ['acme/..%2f..%2fetc/manifests/passwd', 'NAME_INVALID'],
  ['acme/guestbook/tags/list?ns=../../etc', 'NAME_INVALID'],
  ['acme/guestbook/manifests/..?ns=ghcr.io', 'NAME_INVALID'],
])('%s is not there: %s', async (path, code) => {
  const response = await ask(path);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain(code);
});

test('what does not add up is refused', async () => {
  const opened = await ask('acme/guestbook/blobs/uploads/?ns=ghcr.io', { method: 'POST' });
  const location = new URL(opened.headers.get('location') ?? '', registry.url);
  location.searchParams.set('digest', `sha256:${'0'.repeat(64)}`);
  expect((await fetch(location, { method: 'PUT', body: 'other bytes' })).status).toBe(400);

  const body = JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${'1'.repeat(64)}` }, layers: [] });
  const manifest = await ask('acme/guestbook/manifests/1.0.0?ns=ghcr.io', { method: 'PUT', body });
  expect(manifest.status).toBe(400);
  expect(await manifest.text()).toContain('MANIFEST_BLOB_UNKNOWN');
  expect((await ask('acme/guestbook/tags/list?ns=ghcr.io')).status).toBe(404);
});

test('an image reference that is none, or has no tag, is named', async () => {
  await expect(registry.publish('ghcr.io/Acme/Web:1')).rejects.toThrow(/"ghcr.io\/Acme\/Web:1" does not parse/);
  await expect(registry.publish('ghcr.io/acme/web')).rejects.toThrow(/must name a tag/);
});

test('a client says when nobody answers', async () => {
  await registry.stop();
  await expect(publishImage(registry.url, `${IMAGE}:1.0.0`)).rejects.toThrow(
    /No registry answers at .* is the railyard running/,
  );
});

test('images outlive the registry', async () => {
  const digest = await registry.publish(`${IMAGE}:1.3.0`);
  await registry.stop();
  await start();
  const response = await ask('acme/guestbook/manifests/1.3.0?ns=ghcr.io');
  expect(response.headers.get('docker-content-digest')).toBe(digest);
});

test('with credentials, only those who have them come in', async () => {
  await registry.stop();
  await start({ credentials: { username: 'ada', password: 'lovelace' } });
  await registry.publish(`${IMAGE}:1.3.0`);
  expect((await ask('acme/guestbook/tags/list?ns=ghcr.io')).status).toBe(401);
  await expect(publishImage(registry.url, `${IMAGE}:1.4.0`)).rejects.toThrow(/401/);
});

test('a test can answer in its place', async () => {
  await registry.stop();
  await start({
    intercept: ({ repository }) =>
      repository === IMAGE ? { status: 429, headers: { 'Retry-After': '7' } } : undefined,
  });
  const response = await ask('acme/guestbook/tags/list?ns=ghcr.io');
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
});
