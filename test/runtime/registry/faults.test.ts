import { createHash } from 'node:crypto';
import { TerminalError, TransientError } from '../../../runtime/errors';
import { createRegistry } from '../../../runtime/registry';
import { eventually } from '../../waiting';
import { facing, serve } from './facing';

const IMAGE = 'ghcr.io/acme/web';
const LIST = '/v2/acme/web/tags/list';

/** What a promise rejects with. */
const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );

test('pages are followed until there is no next one, relative and absolute', async () => {
  const { registry } = await facing((url) => ({ path, query }) => {
    if (path !== LIST) return undefined;
    const last = query.get('last');
    if (last === null) return { headers: { link: `<${LIST}?last=b>; rel="next"` }, body: { tags: ['a', 'b'] } };
    if (last === 'b') return { headers: { link: `<${url}${LIST}?last=c>; rel=next` }, body: { tags: ['c'] } };
    return { body: { tags: ['d'] } };
  });
  expect(await registry.tags(IMAGE)).toEqual(['a', 'b', 'c', 'd']);
});

test('a next page on another host is refused: credentials and looks stay where they belong', async () => {
  const other = await serve(() => () => ({ body: { tags: ['evil'] } }));
  const { registry } = await facing(() => () => ({
    headers: { link: `<${other.url}${LIST}?last=a>; rel="next"` },
    body: { tags: ['a'] },
  }));
  const error = await failure(registry.tags(IMAGE));
  expect(error).toBeInstanceOf(TerminalError);
  expect(error.message).toContain(new URL(other.url).host);
  expect(other.asked).toEqual([]);
});

test('pages that name each other for ever end with an error, not with a part of the tags', async () => {
  const { registry, server } = await facing(() => () => ({
    headers: { link: `<${LIST}?last=a>; rel="next"` },
    body: { tags: ['a'] },
  }));
  const error = await failure(registry.tags(IMAGE));
  expect(error).toBeInstanceOf(TransientError);
  expect(server.asked.length).toBeLessThan(1_100);
});

test('a bearer challenge is answered with a token from its realm, which is kept', async () => {
  const { registry, server } = await facing((url) => ({ path, query, authorization }) => {
    if (path === '/token') {
      expect([query.get('service'), query.get('scope')]).toEqual(['registry', 'repository:acme/web:pull']);
      return { body: { token: 'tok-1' } };
    }
    if (authorization !== 'Bearer tok-1') {
      const challenge = `Bearer realm="${url}/token",service="registry",scope="repository:acme/web:pull"`;
      return { status: 401, headers: { 'WWW-Authenticate': challenge } };
    }
    return { body: { tags: ['1.0.0'] } };
  });
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0']);
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0']);
  expect(server.asked.filter((line) => line.includes('/token'))).toHaveLength(1);
});

test('a token that has run out is replaced by itself', async () => {
  let given = 0;
  const { registry } = await facing((url) => ({ path, authorization }) => {
    if (path === '/token') return { body: { access_token: `tok-${++given}` } };
    if (authorization !== `Bearer tok-${Math.max(given, 1)}` || given === 0) {
      return { status: 401, headers: { 'WWW-Authenticate': `Bearer realm="${url}/token"` } };
    }
    return { body: { tags: [`after-${given}`] } };
  });
  expect(await registry.tags(IMAGE)).toEqual(['after-1']);
  given += 1;
  expect(await registry.tags(IMAGE)).toEqual(['after-3']);
});

test('a token service that gives none, or is far away over plain http, is said', async () => {
  const none = await facing(
    (url) =>
      ({ path }) =>
        path === '/token'
          ? { body: { hello: 1 } }
          : { status: 401, headers: { 'WWW-Authenticate': `Bearer realm="${url}/token"` } },
  );
  expect((await failure(none.registry.tags(IMAGE))).message).toMatch(/gave no token/);
  const plain = await facing(() => () => ({
    status: 401,
    headers: { 'WWW-Authenticate': 'Bearer realm="http://tokens.example.com/token"' },
  }));
  expect((await failure(plain.registry.tags(IMAGE))).message).toMatch(/tokens\.example\.com does not speak https/);
  const nonsense = await facing(() => () => ({
    status: 401,
    headers: { 'WWW-Authenticate': 'Bearer realm="not a url"' },
  }));
  expect(await failure(nonsense.registry.tags(IMAGE))).toBeInstanceOf(TransientError);
});

test('429 waits as long as the registry asks for', async () => {
  const { registry } = await facing(() => () => ({ status: 429, headers: { 'Retry-After': '7' } }));
  expect(await failure(registry.tags(IMAGE))).toMatchObject({ name: 'TransientError', retryAfterMs: 7_000 });
});

test('a date in Retry-After is understood, too', async () => {
  const at = new Date(Date.now() + 60_000).toUTCString();
  const { registry } = await facing(() => () => ({ status: 503, headers: { 'Retry-After': at } }));
  const error = await failure(registry.tags(IMAGE));
  expect(error).toBeInstanceOf(TransientError);
  const { retryAfterMs = 0 } = error as TransientError;
  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
});

test.each([
  ['a list that is no list', { body: { tags: 'all' } }, /malformed/],
  ['a page of HTML', { body: '<html>' }, /not JSON/],
  ['an answer cut off half-way', { cut: true as const }, /the answer of ghcr\.io broke off/],
  ['403', { status: 403 }, /refuses us/],
  ['500', { status: 500, body: 'oops' }, /answered 500 for \/v2\/acme\/web\/tags\/list/],
])('%s is tried again and says what it was', async (_what, answer, words) => {
  const { registry } = await facing(() => () => answer);
  const error = await failure(registry.tags(IMAGE));
  expect(error).toBeInstanceOf(TransientError);
  expect(error.message).toMatch(words);
});

test('a list with no tags, as some registries send it for an empty repository, is empty', async () => {
  const { registry } = await facing(() => () => ({ body: { name: 'acme/web', tags: null } }));
  expect(await registry.tags(IMAGE)).toEqual([]);
});

test('tags that are no texts, or cannot be tags, are left out', async () => {
  const { registry } = await facing(() => () => ({ body: { tags: ['1.0.0', 7, null, '', 'a/../b', 'ok_2'] } }));
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0', 'ok_2']);
});

test('a manifest whose header has no digest is read, and its digest is that of its bytes', async () => {
  const { registry } = await facing(
    () =>
      ({ method }) =>
        method === 'HEAD' ? {} : { body: 'manifest' },
  );
  const digest = createHash('sha256').update('manifest').digest('hex');
  expect(await registry.digest(IMAGE, '1.0.0')).toBe(`sha256:${digest}`);
});

test.each([
  ['says that it has 5 GB', { announced: 5e9 } as const],
  ['never ends', { endless: true } as const],
])('S8: a body that %s is cut off', async (_what, answer) => {
  const { registry, server } = await facing(() => () => answer);
  expect((await failure(registry.tags(IMAGE))).message).toMatch(/ghcr\.io has more than 33554432 bytes/);
  const digest = `sha256:${'0'.repeat(64)}`;
  expect((await failure(registry.offers(IMAGE, digest))).message).toMatch(/ghcr\.io has more than 8388608 bytes/);
  await eventually('nobody reads on', async () => (await server.connections()) === 0);
});

test('an abort ends a look at once', async () => {
  const stop = new AbortController();
  const { registry } = await facing(() => () => {
    stop.abort();
    return { body: { tags: [] } };
  });
  expect((await failure(registry.tags(IMAGE, { signal: stop.signal }))).message).not.toBe('it did not fail');
});

test('an image reference that does not parse is final, and named', async () => {
  const registry = createRegistry();
  const error = await failure(registry.tags('ghcr.io/Acme/Web'));
  expect(error).toBeInstanceOf(TerminalError);
  expect(error.message).toContain('ghcr.io/Acme/Web');
});
