import { ConflictError, TerminalError, TransientError } from '../../../runtime/errors';
import { AlreadyExistsError, connect, NotFoundError, type Objects } from '../../../runtime/kube';
import { closedAddress, FakeApi, hang, reset, type Seen, status, statusOf, type Widget, WIDGETS } from './fake-api';

const ref = { namespace: 'shop', name: 'a' };
const widget: Widget = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { ...ref, uid: 'u', resourceVersion: '7' },
  spec: { value: '1' },
};

describe('The client of one kind', () => {
  let api: FakeApi;
  let objects: Objects<Widget>;

  const echo = (): void => {
    api.answer = (_seen, response) => void response.end(JSON.stringify(widget));
  };
  const failing = async (work: () => Promise<unknown>): Promise<Error> => {
    try {
      await work();
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  };
  const last = (): Seen => {
    const seen = api.seen.at(-1);
    if (!seen) throw new Error('nothing was asked');
    return seen;
  };

  beforeEach(async () => {
    api = await new FakeApi().start();
    objects = connect({ kubeconfig: api.kubeconfig({ token: 'canary-token' }) }).objects(WIDGETS);
  });
  afterEach(() => api.stop());

  test('gets an object, past any cache', async () => {
    echo();
    await expect(objects.get(ref)).resolves.toEqual(widget);
    expect(last()).toMatchObject({ method: 'GET', path: '/apis/example.com/v1/namespaces/shop/widgets/a' });
    expect(last().query.size).toBe(0);
  });

  test('gets nothing where the API says that there is nothing', async () => {
    await expect(objects.get(ref)).resolves.toBeUndefined();
  });

  test('does not take a kind that is not served for an object that is not there', async () => {
    api.answer = (_seen, response) => {
      response.statusCode = 404;
      response.end('404 page not found');
    };
    await expect(objects.get(ref)).rejects.toThrow(TransientError);
  });

  test('lists everything, page by page', async () => {
    for (const name of ['a', 'b', 'c']) api.put(name, '1');
    const { items, resourceVersion } = await objects.list({ namespace: 'shop' });
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Widget a', 'Widget b', 'Widget c']);
    expect(resourceVersion).toBe('103');
  });

  test.each<[string, (to: Objects<Widget>) => Promise<unknown>, Partial<Seen>, Record<string, string>, string]>([
    [
      'creates',
      (to) => to.create({ metadata: ref, spec: { value: '1' } }),
      { method: 'POST', path: '' },
      {},
      'application/json',
    ],
    ['replaces', (to) => to.replace(widget), { method: 'PUT', path: '/a' }, {}, 'application/json'],
    [
      'replaces the status',
      (to) => to.replaceStatus(widget),
      { method: 'PUT', path: '/a/status' },
      {},
      'application/json',
    ],
    ['merges', (to) => to.merge(ref, {}), { method: 'PATCH', path: '/a' }, {}, 'application/merge-patch+json'],
    [
      'merges into the status',
      (to) => to.merge(ref, {}, { subresource: 'status' }),
      { method: 'PATCH', path: '/a/status' },
      {},
      'application/merge-patch+json',
    ],
    ['patches', (to) => to.patch(ref, []), { method: 'PATCH', path: '/a' }, {}, 'application/json-patch+json'],
    [
      'applies',
      (to) => to.apply({ metadata: ref, spec: { value: '1' } }),
      { method: 'PATCH', path: '/a' },
      { force: 'true' },
      'application/apply-patch+yaml',
    ],
  ])(
    '%s under its own name, and lets the server refuse unknown fields',
    async (_what, work, { method, path }, more, type) => {
      echo();
      await expect(work(objects)).resolves.toEqual(widget);
      expect(last()).toMatchObject({ method, path: `/apis/example.com/v1/namespaces/shop/widgets${path}` });
      expect(Object.fromEntries(last().query)).toEqual({ fieldManager: 'k8sta', fieldValidation: 'Strict', ...more });
      expect(last().headers['content-type']).toBe(type);
      expect(last().headers.authorization).toBe('Bearer canary-token');
    },
  );

  test('adds kind and version to what it writes', async () => {
    echo();
    await objects.create({ metadata: ref, spec: { value: '1' } });
    expect(JSON.parse(last().body)).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: ref,
      spec: { value: '1' },
    });
  });

  test('deletes exactly the object that was meant, and says when there was none', async () => {
    api.answer = (_seen, response) => void response.end('{}');
    await expect(objects.delete(ref, { uid: 'u', resourceVersion: '7' })).resolves.toBe(true);
    expect(JSON.parse(last().body)).toMatchObject({ preconditions: { uid: 'u', resourceVersion: '7' } });
    api.answer = (_seen, response) => status(response, 404, 'NotFound');
    await expect(objects.delete(ref)).resolves.toBe(false);
  });

  test.each([
    [400, 'BadRequest', TerminalError],
    [404, 'NotFound', NotFoundError],
    [409, 'Conflict', ConflictError],
    [409, 'AlreadyExists', AlreadyExistsError],
    [413, 'RequestEntityTooLarge', TerminalError],
    [422, 'Invalid', TerminalError],
    [401, 'Unauthorized', TransientError],
    [403, 'Forbidden', TransientError],
    [429, 'TooManyRequests', TransientError],
    [500, 'InternalError', TransientError],
    [503, 'ServiceUnavailable', TransientError],
    [504, 'Timeout', TransientError],
  ])("answers %i %s with its own kind of error, in the server's words", async (code, reason, kind) => {
    api.answer = (_seen, response) => status(response, code, reason);
    const error = await failing(() => objects.replaceStatus(widget));
    expect(error.constructor).toBe(kind);
    expect(error.message).toBe(`PUT Widget shop/a/status: ${code} ${reason}: because ${reason}`);
  });

  test('gives the reason of a refusal as the server names it', async () => {
    api.answer = (_seen, response) => status(response, 422, 'Invalid');
    await expect(objects.replace(widget)).rejects.toMatchObject({ reason: 'Invalid' });
  });

  test.each([
    ['header', { header: '3', more: {} }],
    ['status', { header: undefined, more: { details: { retryAfterSeconds: 3 } } }],
  ])('hands on how long the server wants to be left alone, from its %s', async (_where, { header, more }) => {
    api.answer = (_seen, response) => {
      if (header) response.setHeader('retry-after', header);
      status(response, 429, 'TooManyRequests', more);
    };
    await expect(objects.replace(widget)).rejects.toMatchObject({ retryAfterMs: 3_000 });
  });

  test.each<[string, FakeApi['answer']]>([
    ['does not answer', () => undefined],
    ['stops half-way', (_seen, response) => void response.write('{"kind":')],
  ])('waits no longer than its deadline for a server that %s', async (_what, answer) => {
    api.answer = answer;
    const error = await failing(() => objects.replace(widget, { deadlineMs: 50 }));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toBe(`PUT Widget shop/a: no usable answer from ${api.url}: nothing within 50 ms`);
  });

  test('gives up at once when told to', async () => {
    const stop = new AbortController();
    const work = failing(() => objects.replace(widget, { signal: stop.signal }));
    stop.abort();
    expect((await work).message).toContain('given up, as asked');
  });

  test('calls a broken connection, a refused one and an answer that is no JSON transient', async () => {
    api.misbehave.list.push(reset, (_request, response) => void response.end('<html>'));
    await expect(objects.list()).rejects.toThrow(TransientError);
    await expect(objects.list()).rejects.toThrow(TransientError);
    const nowhere = connect({ kubeconfig: api.kubeconfig({}, { server: await closedAddress() }) }).objects(WIDGETS);
    const error = await failing(() => nowhere.get(ref));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toMatch(/127\.0\.0\.1:\d+: ECONNREFUSED$/);
  });

  test('lists everything at once when the server forgets a list half-way', async () => {
    api.put('a', '1');
    api.put('b', '1');
    api.misbehave.list.push(
      (_request, response) => void response.end(JSON.stringify({ metadata: { continue: 'x' }, items: [widget] })),
      (_request, response) => void response.writeHead(410).end(JSON.stringify(statusOf(410, 'Expired'))),
    );
    expect((await objects.list()).items).toHaveLength(2);
  });

  test.each<[string, (to: Objects<Widget>) => Promise<unknown>, string]>([
    ['a name', (to) => to.get({ namespace: 'shop', name: '' }), 'a Widget needs a name'],
    [
      'a namespace',
      (to) => to.create({ metadata: { name: 'a' }, spec: { value: '1' } }),
      'Widget a: it needs a namespace',
    ],
    [
      'a version to compare with',
      (to) => to.replaceStatus({ ...widget, metadata: { ...widget.metadata, resourceVersion: '' } }),
      'metadata.resourceVersion is missing',
    ],
  ])('sends nothing without %s', async (_what, work, message) => {
    const error = await failing(() => work(objects));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error.message).toContain(message);
    expect(api.seen).toEqual([]);
  });

  test('never repeats a token, a header or the page of a proxy in an error', async () => {
    const errors: Error[] = [];
    api.answer = (seen, response) => {
      response.statusCode = 502;
      response.setHeader('x-canary', 'canary-header');
      response.end(`<html>${seen.headers.authorization}</html>`);
    };
    errors.push(await failing(() => objects.replace(widget)));
    api.answer = ({ headers }, response) => void response.end(`<html>${headers.authorization}</html>`);
    errors.push(await failing(() => objects.get(ref)));
    api.answer = () => undefined;
    api.misbehave.list.push(reset, hang);
    errors.push(await failing(() => objects.list()));
    errors.push(await failing(() => objects.list({ deadlineMs: 20 })));
    for (const error of errors) expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('canary');
    expect(errors[0]?.message).toContain('is that address a Kubernetes API');
  });

  test('uses its connections again', async () => {
    echo();
    for (let times = 0; times < 10; times++) await objects.get(ref);
    // The second request may come before the first connection is free again.
    expect(api.connections).toBeLessThanOrEqual(2);
  });
});
