/** What is known already is not asked for again, and what a digest stands for is checked. */

import { createHash } from 'node:crypto';
import { TransientError } from '../../../runtime/errors';
import type { Registry } from '../../../runtime/registry';
import { facing } from './facing';
import type { Answer, Answering, Misbehaving } from './misbehaving';

const IMAGE = 'ghcr.io/acme/web';
const LIST = '/v2/acme/web/tags/list';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A repository whose tags point to manifests with an annotated time. */
function repository(): { point(tag: string, created: string): string; answering: () => Answering } {
  const tags = new Map<string, string>();
  const manifests = new Map<string, string>();
  return {
    point(tag, created) {
      const text = JSON.stringify({ annotations: { 'org.opencontainers.image.created': created }, config: {}, tag });
      manifests.set(digestOf(text), text);
      tags.set(tag, digestOf(text));
      return digestOf(text);
    },
    answering:
      () =>
      ({ path, method }) => {
        if (path === LIST) return { body: { tags: [...tags.keys()] } };
        const reference = path.split('/manifests/')[1] ?? '';
        const digest = tags.get(reference) ?? reference;
        const body = manifests.get(digest);
        if (body === undefined) return undefined;
        const headers = { 'Docker-Content-Digest': digest };
        return method === 'HEAD' ? { headers } : { headers, body };
      },
  };
}

const gets = (server: Misbehaving): number => server.asked.filter((line) => line.startsWith('GET')).length;

test('build times are asked for once for each digest; a tag that moves is noticed', async () => {
  const images = repository();
  for (let tag = 0; tag < 10; tag += 1) images.point(`1.0.${tag}`, `2026-01-01T00:00:0${tag}Z`);
  const { registry, server } = await facing(images.answering);
  const tags = await registry.tags(IMAGE);
  expect((await registry.builds(IMAGE, tags)).get('1.0.9')).toEqual(new Date('2026-01-01T00:00:09Z'));
  expect(gets(server)).toBe(1 + 10);
  images.point('1.0.3', '2026-02-02T00:00:00Z');
  expect((await registry.builds(IMAGE, tags)).get('1.0.3')).toEqual(new Date('2026-02-02T00:00:00Z'));
  expect(gets(server)).toBe(1 + 10 + 1);
});

test('of many tags a few are read again at each look, and those that have moved before always', async () => {
  const images = repository();
  const tags = Array.from({ length: 60 }, (_, index) => `build-${index}`);
  for (const tag of tags) images.point(tag, '2026-01-01T00:00:00Z');
  const { registry, server } = await facing(images.answering);
  await registry.builds(IMAGE, tags);
  const first = server.asked.length;
  await registry.builds(IMAGE, tags);
  expect(server.asked.length - first).toBe(20);
  images.point('build-50', '2026-03-03T00:00:00Z');
  const moved = new Date('2026-03-03T00:00:00Z');
  const seen: boolean[] = [];
  for (let look = 0; look < 3; look += 1) {
    seen.push((await registry.builds(IMAGE, tags)).get('build-50')?.getTime() === moved.getTime());
  }
  expect(seen).toContain(true);
  images.point('build-50', '2026-04-04T00:00:00Z');
  expect((await registry.builds(IMAGE, tags)).get('build-50')).toEqual(new Date('2026-04-04T00:00:00Z'));
});

test('what was learned before a failure is kept', async () => {
  const images = repository();
  const tags = Array.from({ length: 40 }, (_, index) => `build-${index}`);
  for (const tag of tags) images.point(tag, '2026-01-01T00:00:00Z');
  let left = 50;
  const answering = images.answering();
  const { registry, server } = await facing(() => (request) => {
    left -= 1;
    return left < 0 ? { status: 503 } : answering(request);
  });
  await expect(registry.builds(IMAGE, tags)).rejects.toThrow(/answered 503/);
  left = Infinity;
  const before = server.asked.length;
  expect((await registry.builds(IMAGE, tags)).size).toBe(40);
  expect(server.asked.length - before).toBeLessThanOrEqual(20 + 40);
});

test('an unchanged list costs a request with its ETag, and is the same list', async () => {
  let tags = ['1.0.0'];
  let full = 0;
  const { registry, server } = await facing(() => ({ ifNoneMatch }) => {
    const etag = `"${tags.join()}"`;
    if (ifNoneMatch === etag) return { status: 304, headers: { ETag: etag } };
    full += 1;
    return { headers: { ETag: etag }, body: { tags } };
  });
  const first = await registry.tags(IMAGE);
  expect(await registry.tags(IMAGE)).toBe(first);
  expect([full, server.asked.length]).toEqual([1, 2]);
  tags = ['1.0.0', '1.1.0'];
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0', '1.1.0']);
  expect(full).toBe(2);
});

test('many that look at about the same time ask once; who was told of news asks anew', async () => {
  const { registry, server } = await facing(() => () => ({ body: { tags: ['1.0.0'] } }));
  const looks = Array.from({ length: 10 }, () => registry.tags(IMAGE, { maxAgeMs: 10_000 }));
  expect(new Set(await Promise.all(looks)).size).toBe(1);
  expect(server.asked).toHaveLength(1);
  await registry.tags(IMAGE, { maxAgeMs: 10_000 });
  expect(server.asked).toHaveLength(1);
  await registry.tags(IMAGE);
  expect(server.asked).toHaveLength(2);
});

test('one that calls off leaves the others their answer', async () => {
  const stop = new AbortController();
  const { registry } = await facing(() => () => {
    stop.abort();
    return { body: { tags: ['1.0.0'] } };
  });
  const gone = registry.tags(IMAGE, { maxAgeMs: 10_000, signal: stop.signal });
  const stays = registry.tags(IMAGE, { maxAgeMs: 10_000 });
  await expect(gone).rejects.toThrow('called off');
  expect(await stays).toEqual(['1.0.0']);
});

test('what was learned with one credential is not shown to another', async () => {
  const { registry, server } = await facing(() => () => ({ body: { tags: ['1.0.0'] } }));
  for (const password of ['one', 'other']) {
    await registry.tags(IMAGE, { maxAgeMs: 10_000, credentials: async () => ({ username: 'ada', password }) });
  }
  expect(server.asked).toHaveLength(2);
});

test('R11: a body that does not match its digest is refused, and the tag is not read as gone', async () => {
  const digest = digestOf('the real one');
  const { registry } = await facing(
    () =>
      ({ method }) =>
        method === 'HEAD' ? { headers: { 'Docker-Content-Digest': digest } } : { body: { schemaVersion: 2 } },
  );
  expect(await registry.digest(IMAGE, '1.0.0')).toBe(digest);
  const error = await registry.offers(IMAGE, digest).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TransientError);
  expect(String(error)).toMatch(/answered for ghcr\.io\/acme\/web@sha256:\w+ with something else/);
});

const index = (...children: { platform?: object; created?: string; digest: string }[]): string =>
  JSON.stringify({
    manifests: children.map(({ platform, created, digest }) => ({
      digest,
      ...(platform && { platform }),
      ...(created && { annotations: { 'org.opencontainers.image.created': created } }),
    })),
  });

async function behind(
  text: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ registry: Registry; digest: string }> {
  const all = new Map([text, ...Object.values(more)].map((body) => [digestOf(body), body]));
  const { registry } = await facing(() => ({ path, method }): Answer | undefined => {
    const reference = decodeURIComponent(path.split('/').slice(-1)[0] ?? '');
    const digest = reference === '1.0.0' ? digestOf(text) : reference;
    const body = all.get(digest);
    const headers = { 'Docker-Content-Digest': digest };
    return body === undefined ? undefined : method === 'HEAD' ? { headers } : { headers, body };
  });
  return { registry, digest: digestOf(text) };
}

describe('platforms and build times', () => {
  const config = JSON.stringify({
    os: 'linux',
    architecture: 'arm',
    variant: 'v6',
    created: '2026-01-01T00:00:00Z',
    config: { Labels: { 'org.label-schema.build-date': '2026-01-03T00:00:00Z' } },
  });
  const manifest = JSON.stringify({ config: { digest: digestOf(config) } });

  test.each([
    ['linux/arm64', true],
    ['linux/arm64/v8', true],
    ['linux/arm/v7', true],
    ['linux/arm/v6', false],
    ['linux/s390x', false],
    ['unknown/unknown', false],
  ])('an index with arm64, arm and an attestation is for %s: %s', async (platform, expected) => {
    const { registry, digest } = await behind(
      index(
        { platform: { os: 'linux', architecture: 'arm64' }, digest: digestOf('a') },
        { platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, digest: digestOf('b') },
        { platform: { os: 'unknown', architecture: 'unknown' }, digest: digestOf('c') },
      ),
    );
    expect(await registry.offers(IMAGE, digest, { platform })).toBe(expected);
  });

  test('a single image, and one that its index does not describe, are for what their config says', async () => {
    for (const text of [manifest, index({ digest: digestOf(manifest) })]) {
      const { registry, digest } = await behind(text, { manifest, config });
      expect(await registry.offers(IMAGE, digest, { platform: 'linux/arm/v6' })).toBe(true);
      expect(await registry.offers(IMAGE, digest, { platform: 'linux/amd64' })).toBe(false);
    }
  });

  test('the build time is that of an annotation, else the later of config and label', async () => {
    const labelled = await behind(manifest, { config });
    expect(await labelled.registry.builds(IMAGE, ['1.0.0'])).toEqual(
      new Map([['1.0.0', new Date('2026-01-03T00:00:00Z')]]),
    );
    const platform = { os: 'linux', architecture: 'amd64' };
    const several = await behind(
      index(
        { platform, created: '2026-05-01T00:00:00Z', digest: digestOf('a') },
        { platform: { ...platform, architecture: 'arm64' }, created: '2026-06-01T00:00:00Z', digest: digestOf('b') },
      ),
    );
    const built = async (wanted?: string) =>
      (await several.registry.builds(IMAGE, ['1.0.0'], wanted === undefined ? {} : { platform: wanted })).get('1.0.0');
    expect(await built('linux/amd64')).toEqual(new Date('2026-05-01T00:00:00Z'));
    expect(await built()).toEqual(new Date('2026-06-01T00:00:00Z'));
  });
});
