/** Registries as their makers document them: how they ask for a credential, what a token looks like, how they page. */

import { createRegistry, type RegistryCredential } from '../../../runtime/registry';
import { serve } from './facing';
import type { Answer } from './misbehaving';

interface Maker {
  readonly name: string;
  readonly image: string;
  readonly credential: RegistryCredential;
  /** `WWW-Authenticate` without the address of the server, which stands as `$`. */
  readonly challenge: string;
  /** Where tokens are given, and their shape. @default - none: name and password with every request */
  readonly tokens?: { readonly path: string; readonly method?: 'POST'; readonly answer: object };
  /** What `Authorization` of a request must be in the end. */
  readonly authorization: string;
  /** `Link` of the first page, `$` for the address of the server. */
  readonly link: string;
  /** What the query of the second page must have. */
  readonly next: Readonly<Record<string, string>>;
  /** What a list has beside name and tags. */
  readonly more?: object;
}

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
const manifest = (tag: string) => ({ imageSizeBytes: '1', layerId: '', tag: [tag], timeCreatedMs: '1700000000000' });

const MAKERS: readonly Maker[] = [
  {
    name: 'Amazon ECR: basic, with an opaque place in the next page',
    image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/web',
    credential: { username: 'AWS', password: 'a-password-of-twelve-hours' },
    challenge: 'Basic realm="$/",service="ecr.amazonaws.com"',
    authorization: basic('AWS', 'a-password-of-twelve-hours'),
    link: '<$/v2/acme/web/tags/list?n=1000&last=bGFzdA%3D%3D%2Fx%2B1>; rel="next"',
    next: { last: 'bGFzdA==/x+1', n: '1000' },
  },
  {
    name: 'Google Artifact Registry: a JSON key as password, and a list that tells of manifests',
    image: 'europe-docker.pkg.dev/acme/shop/web',
    credential: { username: '_json_key', password: '{"type": "service_account"}' },
    challenge: 'Bearer realm="$/v2/token",service="europe-docker.pkg.dev",scope="repository:acme/shop/web:pull"',
    tokens: { path: '/v2/token', answer: { token: 'gar', expires_in: 3600 } },
    authorization: 'Bearer gar',
    link: '<$/v2/acme/shop/web/tags/list?n=1000&last=1.0.0>; rel=next',
    next: { last: '1.0.0' },
    more: { child: [], manifest: { [`sha256:${'a'.repeat(64)}`]: manifest('1.0.0') } },
  },
  {
    name: 'Azure: a refresh token by POST, and an access token under the other name without an end',
    image: 'acme.azurecr.io/web',
    credential: { identityToken: 'refresh' },
    challenge: 'Bearer realm="$/oauth2/token",service="acme.azurecr.io",scope="repository:web:metadata_read"',
    tokens: { path: '/oauth2/token', method: 'POST', answer: { access_token: 'acr' } },
    authorization: 'Bearer acr',
    link: '</v2/web/tags/list?last=1.0.0&n=1000&orderby=>; rel="next"',
    next: { last: '1.0.0', orderby: '' },
  },
  {
    name: 'GitHub: a token without an end, and a page beside this one',
    image: 'ghcr.io/acme/web',
    credential: { username: 'ada', password: 'ghp_token' },
    challenge: 'Bearer realm="$/token",service="ghcr.io",scope="repository:acme/web:pull"',
    tokens: { path: '/token', answer: { token: 'ghcr' } },
    authorization: 'Bearer ghcr',
    link: '</v2/acme/web/tags/list?last=1.0.0&n=0>; rel="next"',
    next: { last: '1.0.0', n: '0' },
  },
  {
    name: 'Quay: a robot, and a page by a name of its own',
    image: 'quay.io/acme/web',
    credential: { username: 'acme+reader', password: 'robot' },
    challenge: 'Bearer realm="$/v2/auth",service="quay.io",scope="repository:acme/web:pull"',
    tokens: { path: '/v2/auth', answer: { token: 'quay' } },
    authorization: 'Bearer quay',
    link: '</v2/acme/web/tags/list?n=1000&next_page=gAAAAABm%3D>; rel="next"',
    next: { next_page: 'gAAAAABm=' },
  },
  {
    name: 'Harbor: a robot with a dollar in its name, and an empty access token beside the token',
    image: 'harbor.example.com/acme/web',
    credential: { username: 'robot$acme+reader', password: 'robot' },
    challenge: 'Bearer realm="$/service/token",service="harbor-registry",scope="repository:acme/web:pull"',
    tokens: {
      path: '/service/token',
      answer: { token: 'harbor', access_token: '', expires_in: 1800, issued_at: '2030-01-01T00:00:00Z' },
    },
    authorization: 'Bearer harbor',
    link: '</v2/acme/web/tags/list?last=1.0.0&n=1000>; rel="next"',
    next: { last: '1.0.0' },
  },
  {
    name: 'Docker Hub: a token under both names, good for five minutes',
    image: 'acme/web',
    credential: { username: 'ada', password: 'dckr_pat' },
    challenge: 'Bearer realm="$/token",service="registry.docker.io",scope="repository:acme/web:pull"',
    tokens: {
      path: '/token',
      answer: { token: 'hub', access_token: 'hub', expires_in: 300, issued_at: '2030-01-01T00:00:00.1Z' },
    },
    authorization: 'Bearer hub',
    link: '</v2/acme/web/tags/list?last=1.0.0&n=1000>; rel="next"',
    next: { last: '1.0.0' },
  },
];

test.each(MAKERS.map((maker) => [maker.name, maker] as const))('%s', async (_, maker) => {
  const { image, credential, tokens } = maker;
  const own = 'password' in credential ? basic(credential.username ?? '', credential.password ?? '') : undefined;
  const wrong: string[] = [];
  const server = await serve((url) => ({ path, query, method, authorization }): Answer => {
    if (path === tokens?.path) {
      if (method !== (tokens.method ?? 'GET') || authorization !== own) wrong.push(`${method} ${authorization}`);
      const scope = /scope="([^"]+)"/.exec(maker.challenge)?.[1];
      if (method === 'GET' && query.get('scope') !== scope) wrong.push(`scope ${query.get('scope')}`);
      return { body: tokens.answer };
    }
    if (authorization !== maker.authorization) {
      return { status: 401, headers: { 'WWW-Authenticate': maker.challenge.replaceAll('$', url) } };
    }
    const isNext = Object.entries(maker.next).every(([key, value]) => query.get(key) === value);
    const name = image.slice(image.indexOf('/') + 1);
    if (isNext) return { body: { name, tags: ['1.1.0'], ...maker.more } };
    return { headers: { Link: maker.link.replaceAll('$', url) }, body: { name, tags: ['1.0.0'], ...maker.more } };
  });
  const host = image === 'acme/web' ? 'docker.io' : image.slice(0, image.indexOf('/'));
  const registry = createRegistry({
    mirrors: new Map([[host, server.url]]),
    credentials: async () => credential,
  });
  expect(await registry.tags(image)).toEqual(['1.0.0', '1.1.0']);
  expect(wrong).toEqual([]);
  const asked = server.asked.length;
  expect(await registry.tags(image)).toEqual(['1.0.0', '1.1.0']);
  // What was granted is used again: two pages, and nothing else.
  expect(server.asked.length - asked).toBe(2);
});
