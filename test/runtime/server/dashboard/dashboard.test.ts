import { TICKETS } from '../../../../runtime/resources';
import { systemClock } from '../../../../runtime/kube';
import { eventually } from '../../../waiting';
import { station, ticket, track } from './objects';
import { DIGEST, openScene, Page, type Scene, type Told } from './scene';
import { testStations } from './stations';

const ALL = { namespaces: ['*'], resources: ['*'], verbs: ['*'] };
const containing = (text: string): unknown => expect.stringContaining(text);
const KINDS = ['tracks', 'stations', 'tickets'];
const READ = { resources: KINDS, verbs: ['get', 'list'] };

let scene: Scene;
let server: Page;

beforeAll(async () => {
  scene = await openScene();
  const { accounts } = scene.door;
  accounts.set('conductor-token', { name: 'carol', rights: [ALL] });
  accounts.set('viewer-token', { name: 'vera', rights: [{ ...READ, namespaces: ['shop'] }] });
  accounts.set('approver-token', {
    name: 'ada',
    rights: [
      { ...READ, namespaces: ['shop'] },
      { namespaces: ['shop'], resources: ['tickets'], verbs: ['patch'] },
      { namespaces: ['shop'], resources: ['stations'], verbs: ['approve'], names: ['prod'] },
    ],
  });
  accounts.set('stranger-token', { name: 'sam', rights: [] });
  await scene.apply(
    station('shop', 'prod', { entry: { approval: {} } }),
    station('blog', 'prod'),
    track('shop', 'main'),
    track('blog', 'main'),
    ticket('shop', 'main-1'),
    ticket('blog', 'main-1'),
  );
  server = await scene.serve();
}, 60_000);

afterAll(() => scene.close(), 30_000);

const signedIn = async (token: string, at = server): Promise<Page> => {
  const page = new Page(at.url, at.end);
  const reply = await page.post('/api/sign-in', { token });
  expect(reply.code).toBe(200);
  return page;
};

/** The ticket stands before prod and shows what it would change. */
async function standing(name: string, digest = DIGEST): Promise<void> {
  const tickets = scene.cluster.objects(TICKETS);
  const diffs = [{ application: 'argocd/web', tree: digest, changed: 1, summary: '~web.yaml' }];
  await tickets.merge(
    { namespace: 'shop', name },
    {
      status: {
        phase: 'Standing',
        station: 'prod',
        waiting: { reason: 'Approval', since: '2026-01-01T00:00:00Z', message: 'an approval' },
        entry: { station: 'prod', digest, diffs },
      },
    },
    { subresource: 'status' },
  );
}

describe('the page', () => {
  test('is served with a strict policy, hashed files for ever and the index never', async () => {
    const index = await server.get('/');
    expect(index.code).toBe(200);
    expect(index.text).toContain('<title>K8sTA</title>');
    expect(Object.fromEntries(index.headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    const script = await server.get('/assets/main-1a2b3c.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('content-encoding')).toBe('gzip');
  });

  test('is all that is served: no path leads elsewhere', async () => {
    for (const path of ['/assets/../../kubeconfig', '/..%2fkubeconfig', '/kubeconfig', '/assets/', '/index.js']) {
      const reply = await server.get(path);
      expect(reply.code).toBe(404);
      expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });
});

describe('sign-in', () => {
  test('is asked for by everything that tells anything', async () => {
    const paths = [
      '/api/me',
      '/api/stream',
      '/api/tickets/shop/main-1',
      '/api/tickets/shop/main-1/diff',
      '/api/rights/shop',
    ];
    for (const path of paths) {
      expect(await server.get(path)).toMatchObject({ code: 401, body: { error: 'sign in first', signIn: ['token'] } });
    }
    const verb = await server.post('/api/verbs', { verb: 'abort', namespace: 'shop', ticket: 'main-1' });
    expect(verb.code).toBe(401);
  });

  test('takes a token that the API server takes, and keeps it where no script and no log can read it', async () => {
    const reply = await server.post('/api/sign-in', { token: 'viewer-token' });
    const [cookie = ''] = reply.headers.getSetCookie();
    server.cookies.clear();
    expect(reply.body).toMatchObject({ name: 'vera', signIn: 'token', namespaces: ['shop'] });
    expect(cookie).toMatch(/; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain('viewer-token');
    expect(JSON.stringify(reply.body)).not.toContain('viewer-token');
    expect(scene.log.lines.join()).not.toContain('viewer-token');
  });

  test('says of a token that the API server does not take that it does not', async () => {
    const reply = await server.post('/api/sign-in', { token: 'wrong' });
    expect(reply).toMatchObject({ code: 401, body: { error: containing('does not take this token') } });
    expect(reply.headers.getSetCookie()).toEqual([]);
    expect(await server.post('/api/sign-in', { token: 'a b\nc' })).toMatchObject({ code: 400 });
    expect(await server.post('/api/sign-in', { token: 'x'.repeat(9_000) })).toMatchObject({ code: 400 });
  });

  test('ends when somebody signs out, and with a cookie that was changed or is of another key', async () => {
    const page = await signedIn('viewer-token');
    const [[name, value] = ['', '']] = page.cookies;
    page.cookies.set(name, `${value.slice(0, -4)}AAAA`);
    expect(await page.get('/api/me')).toMatchObject({ code: 401, body: { signIn: ['token'] } });
    page.cookies.set(name, value);
    expect((await page.get('/api/me')).code).toBe(200);
    const replica = await scene.serve();
    replica.cookies.set(name, value);
    expect((await replica.get('/api/me')).code).toBe(401);
    expect((await page.post('/api/sign-out')).code).toBe(204);
    expect(page.cookies.size).toBe(0);
    expect((await page.get('/api/me')).code).toBe(401);
  });

  test('ends with the token, and after twelve hours in any case', async () => {
    let later = 0;
    const clock = { ...systemClock, now: () => Date.now() + later, uptime: () => performance.now() + later };
    scene.door.accounts.set('short-token', { name: 'short', rights: [] });
    const at = await scene.serve({ clock });
    const [short, viewer] = [await signedIn('short-token', at), await signedIn('viewer-token', at)];
    scene.door.accounts.delete('short-token');
    later = 60_000;
    expect(await short.get('/api/me')).toMatchObject({ code: 401, body: { error: containing('ended') } });
    expect((await viewer.get('/api/me')).code).toBe(200);
    later = 13 * 3_600_000;
    expect(await viewer.get('/api/me')).toMatchObject({ code: 401, body: { error: containing('again') } });
  });
});

describe('requests of other sites', () => {
  const verb = { verb: 'abort', namespace: 'shop', ticket: 'main-1' };

  test('change nothing, whatever cookies come along', async () => {
    const page = await signedIn('conductor-token');
    const from = (headers: Record<string, string>) => page.ask('POST', '/api/verbs', { body: verb, headers });
    expect((await from({ origin: 'https://evil.example.com' })).code).toBe(403);
    expect((await from({ 'sec-fetch-site': 'cross-site' })).code).toBe(403);
    expect((await from({ 'content-type': 'text/plain' })).code).toBe(415);
    expect((await page.get('/api/me', { 'sec-fetch-site': 'cross-site' })).code).toBe(403);
    expect(scene.sight.tickets.get('shop/main-1')?.spec.abort).toBe(false);
  });

  test('reach an open dashboard by no name but that of this machine', async () => {
    const open = await scene.serve({ open: true });
    expect(await open.get('/api/me')).toMatchObject({ code: 200, body: { name: 'railyard', signIn: 'open' } });
    const port = new URL(open.url).port;
    const { request } = await import('node:http');
    const code = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/api/me', headers: { host: `evil.example.com:${port}` } }, (reply) =>
        resolve(reply.statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(code).toBe(421);
  });
});

describe('the stream', () => {
  const names = (list: readonly { metadata: { namespace: string; name: string } }[] = []) =>
    list.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort();

  test('begins with all that somebody may read, lightened, and nothing else', async () => {
    const page = await signedIn('viewer-token');
    const stream = await page.follow();
    const { data } = await stream.event('all', ({ name }) => name === 'all');
    expect([names(data.tracks), names(data.stations), names(data.tickets)]).toEqual([
      ['shop/main'],
      ['shop/prod'],
      ['shop/main-1'],
    ]);
    expect(Object.keys(data.tickets?.[0]?.metadata ?? {}).sort()).toEqual([
      'creationTimestamp',
      'name',
      'namespace',
      'resourceVersion',
      'uid',
    ]);
    expect(data.tickets?.[0]?.spec.change?.images?.[0]?.tag).toBe('1.0.0');
    stream.close();
    const conductor = await (await signedIn('conductor-token')).follow();
    const all = await conductor.event('all', ({ name }) => name === 'all');
    expect(names(all.data.tickets)).toEqual(['blog/main-1', 'shop/main-1']);
    conductor.close();
  });

  test('tells a change, a new object and a deletion within a second, to whom it concerns', async () => {
    const viewer = await (await signedIn('viewer-token')).follow();
    const conductor = await (await signedIn('conductor-token')).follow({ 'accept-encoding': 'gzip' });
    expect(conductor.reply.headers.get('content-encoding')).toBe('gzip');
    await viewer.event('all', ({ name }) => name === 'all');
    await conductor.event('all', ({ name }) => name === 'all');
    await scene.apply(ticket('blog', 'secret'), ticket('shop', 'open'));
    const started = performance.now();
    const told =
      (name: string) =>
      ({ data }: Told): boolean =>
        data.set?.tickets?.some(({ metadata }) => metadata.name === name) === true;
    await conductor.event('the other namespace', told('secret'));
    await viewer.event('the own namespace', told('open'));
    expect(performance.now() - started).toBeLessThan(1_000);
    await scene.cluster.objects(TICKETS).delete({ namespace: 'shop', name: 'open' });
    await scene.cluster.objects(TICKETS).delete({ namespace: 'blog', name: 'secret' });
    const gone = { kind: 'Ticket', namespace: 'shop', name: 'open' };
    await viewer.event('it is gone', ({ data }) => JSON.stringify(data.gone ?? []).includes(JSON.stringify(gone)));
    expect(JSON.stringify(viewer.events)).not.toContain('secret');
    viewer.close();
    conductor.close();
  });

  test('shows an Application with the stations that name it', async () => {
    const viewer = await (await signedIn('viewer-token')).follow();
    await viewer.event('all', ({ name }) => name === 'all');
    const source = { repoURL: 'https://github.com/acme/shop.git', path: '.', targetRevision: 'env/prod' };
    const draft = { spec: { source, project: 'default', destination: {} } };
    const of = (name: string) => ({
      ...draft,
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { namespace: 'argocd', name },
    });
    await scene.apply(of('nobodys'), of('web'));
    const { data } = await viewer.event('the Application', (event) => event.data.set?.applications !== undefined);
    expect(data.set?.applications).toMatchObject([{ namespace: 'argocd', name: 'web', sync: 'Unknown' }]);
    expect(JSON.stringify(viewer.events)).not.toContain('nobodys');
    viewer.close();
  });

  test('tells all anew where somebody may see a namespace that was not there', async () => {
    scene.door.accounts.set('new-token', { name: 'nora', rights: [{ ...READ, namespaces: ['shop', 'new'] }] });
    const stream = await (await signedIn('new-token')).follow();
    await stream.event('all', ({ name }) => name === 'all');
    await scene.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } }, ticket('new', 'main-1'));
    const { data } = await stream.event('all anew', ({ name }) => name === 'all', 1);
    expect(names(data.tickets)).toContain('new/main-1');
    stream.close();
  });

  test('shows what rights are left when some are withdrawn, and ends when the token counts no longer', async () => {
    const { accounts } = scene.door;
    const rights = (...namespaces: string[]) => ({ name: 'rita', rights: [{ ...READ, namespaces }] });
    accounts.set('rights-token', rights('shop', 'blog'));
    // Ten minutes in a second.
    const clock = {
      now: () => Date.now(),
      uptime: () => performance.now() * 600,
      after: (ms: number, run: () => void) => systemClock.after(ms / 600, run),
    };
    const page = await signedIn('rights-token', await scene.serve({ clock }));
    const stream = await page.follow();
    const { data } = await stream.event('all', ({ name }) => name === 'all');
    expect(names(data.tracks)).toEqual(['blog/main', 'shop/main']);
    accounts.set('rights-token', rights('shop'));
    const less = await stream.event('all anew', ({ name }) => name === 'all', 1);
    expect(names(less.data.tracks)).toEqual(['shop/main']);
    accounts.delete('rights-token');
    await eventually('it is over', () => stream.isOver);
    await page.end();
  });

  test('ends with the server', async () => {
    const other = await scene.serve({ open: true });
    const stream = await other.follow();
    await stream.event('all', ({ name }) => name === 'all');
    await other.end();
    await eventually('it is over', () => stream.isOver);
  });
});

describe('resources', () => {
  test('are given whole, with pages of their commits', async () => {
    const page = await signedIn('viewer-token');
    const commit = 'a'.repeat(40);
    await scene.apply(
      ticket('shop', 'sourced', { change: { sources: [{ repoURL: 'git@github.com:acme/shop.git', commit }] } }),
    );
    const { code, body } = await page.get('/api/tickets/shop/sourced');
    expect(code).toBe(200);
    expect(body.resource?.metadata.generation).toBe(1);
    expect(body.links).toEqual({ commits: { [commit]: `https://github.com/acme/shop/commit/${commit}` } });
  });

  test('are refused in the words of the API server, and said to be gone where they are', async () => {
    const page = await signedIn('viewer-token');
    expect(await page.get('/api/tickets/blog/main-1')).toMatchObject({
      code: 403,
      body: { error: 'User "vera" cannot get resource "tickets" in namespace "blog"' },
    });
    expect(await page.get('/api/tickets/shop/never')).toMatchObject({
      code: 404,
      body: { error: 'there is no ticket shop/never any more, or there never was' },
    });
    expect((await page.get('/api/tickets/shop/..%2f..%2fsecrets')).code).toBe(400);
  });

  testStations({ scene: () => scene, signedIn });

  test('show of a diff what fits, and of Secrets and binary files only that they change', async () => {
    const page = await signedIn('viewer-token');
    const secret = (value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\ndata:\n  same: c2FtZQ==\n  key: ${value}\n`;
    const files = [
      { path: 'long.yaml', before: 'a\n'.repeat(12_000), after: 'b\n'.repeat(3) },
      { path: 'logo.png', before: '', after: '', binary: true as const },
      { path: 'secret.yaml', before: secret('b2xkLWtleQ=='), after: secret('bmV3LWtleQ==') },
    ];
    const place = { application: 'argocd/web', repoURL: 'https://github.com/acme/shop.git', branch: 'env/prod' };
    let times = 0;
    scene.difference = async () => {
      times += 1;
      return { ticket: undefined as never, station: 'prod', digest: DIGEST, applications: [{ ...place, files }] };
    };
    const [{ body }] = await Promise.all([
      page.get('/api/tickets/shop/main-1/diff'),
      page.get('/api/tickets/shop/main-1/diff'),
    ]);
    expect(times).toBe(1);
    const [long, logo, hidden] = body.applications?.[0]?.files ?? [];
    expect(body).toMatchObject({ station: 'prod', digest: DIGEST, applications: [{ truncated: true }] });
    expect(long?.before.split('\n')).toHaveLength(10_001);
    expect(long?.truncated).toBe(true);
    expect(logo).toEqual(files[1]);
    expect(hidden?.before).not.toMatch(/b2xkLWtleQ|c2FtZQ/);
    const marks = (text = '') => [...text.matchAll(/hidden \((\w+)\)/g)].map(([, mark]) => mark);
    expect(marks(hidden?.before)[0]).toBe(marks(hidden?.after)[0]);
    expect(marks(hidden?.before)[1]).not.toBe(marks(hidden?.after)[1]);
    expect((await (await signedIn('stranger-token')).get('/api/tickets/shop/main-1/diff')).code).toBe(403);
  });
});

describe('rights', () => {
  test('are those that the API server knows, with what is lacking', async () => {
    const allowed = async (token: string, query: string): Promise<string[]> => {
      const { body } = await (await signedIn(token)).get(`/api/rights/shop?${query}`);
      const verbs = body.verbs as Record<string, { allowed: boolean }>;
      return Object.keys(verbs).filter((verb) => verbs[verb]?.allowed);
    };
    expect(await allowed('viewer-token', 'station=prod')).toEqual([]);
    expect(await allowed('approver-token', 'station=prod')).toEqual(['approve']);
    expect(await allowed('approver-token', 'station=test')).toEqual([]);
    expect(await allowed('conductor-token', 'station=prod')).toHaveLength(7);
    const { body } = await (await signedIn('viewer-token')).get('/api/rights/shop?station=prod');
    expect(body.verbs?.approve.reason).toContain(
      "vera needs the verb 'approve' on stations.k8sta.io 'prod' in namespace shop",
    );
    expect((await (await signedIn('viewer-token')).get('/api/rights/shop?station=../x')).code).toBe(400);
  });
});

describe('verbs', () => {
  const stored = (name: string) => scene.cluster.objects(TICKETS).get({ namespace: 'shop', name });

  test('write as the person, in their name, and answer with what was written', async () => {
    await scene.apply(ticket('shop', 'main-2'));
    await standing('main-2');
    const page = await signedIn('approver-token');
    const approve = { verb: 'approve', namespace: 'shop', ticket: 'main-2', station: 'prod', digest: DIGEST };
    expect(await page.post('/api/verbs', { ...approve, digest: `sha256:${'e'.repeat(64)}` })).toMatchObject({
      code: 409,
      body: { error: containing('Look again') },
    });
    const { code, body } = await page.post('/api/verbs', approve);
    expect([code, body.says]).toEqual([200, 'main-2 is approved for prod by ada']);
    expect(body.resources?.[0]?.metadata.name).toBe('main-2');
    expect((await stored('main-2'))?.spec.approvals).toEqual([{ station: 'prod', digest: DIGEST, by: 'ada' }]);
    expect(scene.door.asked).toContain('approver-token PATCH /apis/k8sta.io/v1alpha1/namespaces/shop/tickets/main-2');
    const again = await page.post('/api/verbs', approve);
    expect(again).toMatchObject({ code: 200, body: { says: containing('already'), resources: [] } });
  });

  test('are refused in the words of the API server', async () => {
    const page = await signedIn('viewer-token');
    expect(await page.post('/api/verbs', { verb: 'abort', namespace: 'shop', ticket: 'main-1' })).toMatchObject({
      code: 403,
      body: { error: 'User "vera" cannot patch resource "tickets" in namespace "shop"' },
    });
  });

  test('of two people at once both count, and who is too late hears why', async () => {
    await scene.apply(ticket('shop', 'main-3'));
    await standing('main-3');
    const [ada, carol] = [await signedIn('approver-token'), await signedIn('conductor-token')];
    const approve = { verb: 'approve', namespace: 'shop', ticket: 'main-3', station: 'prod', digest: DIGEST };
    // Both have read the ticket before either writes.
    let waiting = 0;
    let open = (): void => undefined;
    const both = new Promise<void>((resolve) => (open = resolve));
    scene.door.before = async ({ method }) => {
      if (method !== 'PATCH' || waiting >= 2) return;
      waiting += 1;
      if (waiting === 2) open();
      await both;
    };
    const replies = await Promise.all([ada.post('/api/verbs', approve), carol.post('/api/verbs', approve)]);
    scene.door.before = async () => undefined;
    expect(replies.map(({ code }) => code)).toEqual([200, 200]);
    expect((await stored('main-3'))?.spec.approvals?.map(({ by }) => by).sort()).toEqual(['ada', 'carol']);
    await scene.cluster
      .objects(TICKETS)
      .merge({ namespace: 'shop', name: 'main-3' }, { status: { phase: 'Completed' } }, { subresource: 'status' });
    expect(await ada.post('/api/verbs', approve)).toMatchObject({
      code: 409,
      body: { error: containing('main-3 has ended: Completed') },
    });
  });

  test('make tickets, and what makes no sense is refused before it is looked at', async () => {
    const page = await signedIn('conductor-token');
    const change = { images: [{ repoURL: 'ghcr.io/acme/web', tag: '2.0.0' }] };
    const { body } = await page.post('/api/verbs', { verb: 'board', namespace: 'shop', track: 'main', change });
    expect(body.resources?.[0]).toMatchObject({
      kind: 'Ticket',
      spec: { track: 'main', change, origin: { person: 'carol' } },
    });
    for (const wrong of [
      {},
      '{"verb":',
      { verb: 'explode' },
      { verb: 'abort', namespace: 'shop' },
      { verb: 'abort', namespace: 'shop', ticket: '../x' },
      { verb: 'board', namespace: 'shop', track: 'main', change: { images: 'all' } },
      { verb: 'hold', target: { kind: 'Secret', namespace: 'shop', name: 'x' } },
    ]) {
      expect(await page.post('/api/verbs', wrong)).toMatchObject({ code: 400, body: { error: containing('') } });
    }
    expect(
      (await page.post('/api/verbs', { verb: 'abort', namespace: 'shop', ticket: 'x'.repeat(300_000) })).code,
    ).toBe(413);
    expect(await page.post('/api/verbs', { verb: 'abort', namespace: 'shop', ticket: 'gone' })).toMatchObject({
      code: 404,
    });
  });

  test('hold and resume a station', async () => {
    const page = await signedIn('conductor-token');
    const target = { kind: 'Station', namespace: 'shop', name: 'prod' };
    expect((await page.post('/api/verbs', { verb: 'hold', target })).code).toBe(200);
    await eventually('it is held', () => scene.sight.stations.get('shop/prod')?.spec.hold);
    expect((await page.post('/api/verbs', { verb: 'resume', target })).code).toBe(200);
    await eventually('it is not held', () => scene.sight.stations.get('shop/prod')?.spec.hold === false);
  });
});
