import { station } from './objects';
import { Issuer } from './issuer';
import { openScene, type Page, type Scene } from './scene';

let scene: Scene;
let issuer: Issuer;
let page: Page;
const accept = (token: string): void => void scene.door.accounts.set(token, { name: 'oidc:ada', rights: [] });

beforeAll(async () => {
  [scene, issuer] = [await openScene(), new Issuer()];
  await issuer.open();
  await scene.apply(station('shop', 'prod'));
  page = await scene.serve();
  await scene.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'dashboard', namespace: 'system', labels: { 'k8sta.io/credential': 'dashboard' } },
    stringData: { url: page.url, key: 'k'.repeat(40), 'oidc-issuer': issuer.url, 'oidc-client-id': 'k8sta' },
  } as never);
  await scene.known();
}, 60_000);

afterAll(async () => {
  await issuer.close();
  await scene.close();
}, 30_000);

/** Goes to the issuer and comes back with what it gave. */
async function away(): Promise<string> {
  const start = await page.get('/api/oidc/start');
  expect(start.code).toBe(302);
  const authorize = new URL(start.headers.get('location') ?? '');
  expect(authorize.origin).toBe(issuer.url);
  expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
    client_id: 'k8sta',
    code_challenge_method: 'S256',
    redirect_uri: `${page.url}/api/oidc/callback`,
    response_type: 'code',
    scope: 'openid profile email',
  });
  const back = await fetch(authorize, { redirect: 'manual' });
  return new URL(back.headers.get('location') ?? '').href.slice(page.url.length);
}

const words = (location: string | null): string => decodeURIComponent(location ?? '');

test('signs somebody in with the id token, which the API server is asked with and nobody else sees', async () => {
  expect((await page.get('/api/me')).body).toMatchObject({ signIn: ['oidc', 'token'] });
  const back = await away();
  // The API server trusts the same issuer.
  scene.door.unknown = accept;
  const done = await page.get(back);
  scene.door.unknown = undefined;
  expect([done.code, done.headers.get('location')]).toEqual([302, '/']);
  const [flow = '', session = ''] = done.headers.getSetCookie();
  expect(flow).toMatch(/^k8sta-oidc=;/);
  expect(session).toMatch(/HttpOnly; SameSite=Strict$/);
  const me = await page.get('/api/me');
  expect(me.body).toMatchObject({ name: 'oidc:ada', signIn: 'oidc' });
  const left = (Date.parse(me.body.until ?? '') - Date.now()) / 1000;
  expect(left).toBeGreaterThan(3_500);
  expect(left).toBeLessThanOrEqual(3_600);
  const told =
    scene.log.lines.join() + [done, me].map((reply) => reply.text + JSON.stringify([...reply.headers])).join();
  expect(told).not.toContain(issuer.token);
});

test('a code counts once, and with the browser alone that began', async () => {
  page.cookies.clear();
  const back = await away();
  const cookies = new Map(page.cookies);
  page.cookies.clear();
  const stolen = await page.get(back);
  expect(words(stolen.headers.get('location'))).toContain('not begun here');
  page.cookies = new Map(cookies);
  scene.door.unknown = accept;
  const first = await page.get(back);
  page.cookies = new Map(cookies);
  const second = await page.get(back);
  scene.door.unknown = undefined;
  expect(first.headers.get('location')).toBe('/');
  expect(words(second.headers.get('location'))).toContain('has not said yes');
});

test('a state or nonce of another sign-in is refused, and so is a token that the API server does not take', async () => {
  page.cookies.clear();
  const back = await away();
  const forged = await page.get(back.replace(/state=[^&]+/, 'state=forged'));
  expect(words(forged.headers.get('location'))).toContain('has not said yes');
  const again = await away();
  issuer.nonce = 'of another';
  expect(words((await page.get(again)).headers.get('location'))).toContain('has not said yes');
  issuer.nonce = undefined;
  const unknown = await page.get(await away());
  expect(words(unknown.headers.get('location'))).toContain('does not take this token');
  expect((await page.get('/api/me')).code).toBe(401);
});

test('with a url it answers under that name alone', async () => {
  const other = page.url.replace('127.0.0.1', 'localhost');
  const reply = await fetch(`${other}/api/me`);
  expect(reply.status).toBe(421);
});
