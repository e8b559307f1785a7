/** S9: nothing leads a look to where it must not go, and no credential leaves its registry. */

import type { lookup } from 'node:dns';
import { TerminalError } from '../../../runtime/errors';
import { createRegistry, type Registry, type RegistryOptions } from '../../../runtime/registry';
import { serve } from './facing';
import type { Answer, Misbehaving } from './misbehaving';

const IMAGE = 'ghcr.io/acme/web';
const LIST = '/v2/acme/web/tags/list';
const LOOPBACK = ['127.0.0.0/8'];

const mirrored = (server: Misbehaving, more: Partial<RegistryOptions> = {}): Registry =>
  createRegistry({ mirrors: new Map([['ghcr.io', server.url]]), ...more });

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );

/** Resolves every name to these addresses, as a name service would that somebody else owns. */
const names = (...addresses: string[]): typeof lookup =>
  ((_name: string, _options: unknown, done: (error: null, found: { address: string; family: number }[]) => void) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;

test.each([
  '169.254.169.254/latest/meta-data',
  '127.0.0.1/acme/web',
  '127.0.0.1:6443/acme/web',
  '[::1]/acme/web',
  '[fe80::1]/acme/web',
  '[fd00:ec2::254]/acme/web',
  '[::ffff:a9fe:a9fe]/acme/web',
  '[64:ff9b::a9fe:a9fe]/acme/web',
  '0.0.0.0/acme/web',
  '100.100.100.200/acme/web',
])('%s is refused and nothing is asked', async (repoURL) => {
  const error = await failure(createRegistry().tags(repoURL));
  expect(error).toBeInstanceOf(TerminalError);
  expect(error.message).toMatch(/is not asked: .*--registry-network/);
});

test.each(['169.254.169.254', '127.0.0.1', '::ffff:127.0.0.1', '2002:7f00:1::'])(
  'a name that leads to %s is refused, also when another of its addresses is harmless',
  async (address) => {
    const registry = createRegistry({ resolve: names('93.184.216.34', address) });
    const error = await failure(registry.tags('registry.example.com/acme/web'));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain(`registry.example.com at ${address} is not asked`);
  },
);

test('what the operator allows is asked', async () => {
  const registry = createRegistry({ networks: LOOPBACK, resolve: names('127.0.0.1') });
  expect((await failure(registry.tags('registry.example.com:1/acme/web'))).message).toMatch(
    /cannot be reached.*127\.0\.0\.1/,
  );
});

test('a mirror that the operator set is asked wherever it is, and no other address of its machine', async () => {
  const other = await serve(() => () => ({ body: { tags: ['secret'] } }));
  const server = await serve(() => () => ({ status: 307, headers: { Location: `${other.url}${LIST}` } }));
  const error = await failure(mirrored(server).tags(IMAGE));
  expect(error.message).toMatch(/redirects to 127\.0\.0\.1:\d+ without https; it is not followed/);
  expect(other.asked).toEqual([]);
});

test('a redirect to the metadata service is refused', async () => {
  const location = 'https://169.254.169.254/latest/meta-data/iam';
  const server = await serve(() => () => ({ status: 302, headers: { Location: location } }));
  const error = await failure(mirrored(server).tags(IMAGE));
  expect(error).toBeInstanceOf(TerminalError);
  expect(error.message).toContain('169.254.169.254 is not asked');
});

test('a token service at the metadata service is refused, and sees no credential', async () => {
  const server = await serve(() => () => ({
    status: 401,
    headers: { 'WWW-Authenticate': 'Bearer realm="https://169.254.169.254/token",service="x"' },
  }));
  const registry = mirrored(server, { credentials: async () => ({ username: 'ada', password: 'lovelace' }) });
  expect((await failure(registry.tags(IMAGE))).message).toContain('169.254.169.254 is not asked');
});

test('redirects on the same host are followed with the credential, and not for ever', async () => {
  const seen: (string | undefined)[] = [];
  const server = await serve((url) => ({ path, query, authorization }): Answer => {
    if (authorization === undefined) return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="x"' } };
    seen.push(authorization);
    if (path === LIST && query.get('moved') === null) return { status: 307, headers: { Location: `${LIST}?moved=1` } };
    if (path === LIST) return { body: { tags: ['1.0.0'] } };
    return { status: 302, headers: { Location: `${url}${path}` } };
  });
  const registry = mirrored(server, { credentials: async () => ({ username: 'ada', password: 'lovelace' }) });
  expect(await registry.tags(IMAGE)).toEqual(['1.0.0']);
  expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from('ada:lovelace').toString('base64')}`]));
  const round = await failure(registry.digest(IMAGE, '1.0.0'));
  expect(round.message).toMatch(/redirects more than 5 times/);
});

test('a network that is none is named when the client is made', () => {
  for (const wrong of ['10.0.0.0/33', 'example.com', '10.0.0.0/8/8', '10.0.0.0/x']) {
    expect(() => createRegistry({ networks: [wrong] })).toThrow(`'${wrong}' is no address and no network`);
  }
});
