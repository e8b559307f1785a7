import type { LogFields, Log } from '../../../runtime/log';
import { connect, metadataOf, type Reflection, type ReflectorOptions, Store } from '../../../runtime/kube';
import { eventually } from '../../waiting';
import { FakeApi, hang, refuse, reset, silence, statusOf, type Widget, WIDGETS } from './fake-api';

/** Patience of seconds and minutes, scaled down to milliseconds. */
const TIMES = {
  watchSeconds: 1,
  silenceMs: 250,
  relistMs: 60_000,
  paceMs: 10,
  backoff: { baseMs: 10, capMs: 80 },
  stableMs: 500,
};

describe('A reflector', () => {
  let api: FakeApi;
  let store: Store<Widget>;
  let reflector: Reflection<Widget>;
  let logged: { level: string; message: string; fields: LogFields }[];

  const log = (): Log => {
    const at = (level: string) => (fields: LogFields, message: string) => void logged.push({ level, message, fields });
    const all: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => all };
    return all;
  };
  const reflect = (more: Partial<ReflectorOptions<Widget, Widget>> = {}): Reflection<Widget> => {
    const times = { ...TIMES, ...more.times };
    const project = (widget: Widget): Widget => widget;
    const options = { resource: WIDGETS, store, project, log: log(), ...more, times };
    return (reflector = connect({ kubeconfig: api.kubeconfig() }).reflector(options));
  };
  const started = async (more: Partial<ReflectorOptions<Widget, Widget>> = {}): Promise<void> => {
    reflect(more).start();
    await reflector.synced(5_000);
    await eventually('a watch is open', () => api.watching > 0);
  };
  const holds = (expected: Record<string, string>): Promise<unknown> =>
    eventually(`the cache holds ${JSON.stringify(expected)}, not ${JSON.stringify(held())}`, () => {
      return JSON.stringify(held()) === JSON.stringify(expected);
    });
  const held = (): Record<string, string> =>
    Object.fromEntries(
      store
        .list()
        .map(({ metadata, spec }): [string, string] => [metadata.name, spec.value])
        .sort(),
    );

  beforeEach(async () => {
    logged = [];
    api = await new FakeApi().start();
    store = new Store<Widget>({ log: log(), identity: metadataOf });
  });
  afterEach(async () => {
    await reflector?.stop();
    await api.stop();
  });

  test('shows what a list of several pages and then watches tell', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) api.put(name, '1');
    await started({ pageSize: 2 });
    expect(held()).toEqual({ a: '1', b: '1', c: '1', d: '1', e: '1' });
    expect(api.count('list')).toBe(3);
    api.put('a', '2');
    api.put('f', '1');
    api.delete('b');
    await holds({ a: '2', c: '1', d: '1', e: '1', f: '1' });
  });

  test('fills in the kind that lists leave out', async () => {
    api.put('a', '1');
    await started();
    expect(store.get('shop/a')).toMatchObject({ apiVersion: 'example.com/v1', kind: 'Widget' });
  });

  test('asks for bookmarks and a time-out, and for the selected objects only', async () => {
    await started({ labelSelector: 'team=shop', fieldSelector: 'metadata.name=a' });
    const [list, watch] = api.seen;
    expect(Object.fromEntries(list?.query ?? [])).toMatchObject({
      labelSelector: 'team=shop',
      fieldSelector: 'metadata.name=a',
    });
    expect(Object.fromEntries(watch?.query ?? [])).toMatchObject({
      labelSelector: 'team=shop',
      fieldSelector: 'metadata.name=a',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '1',
      resourceVersion: '100',
    });
  });

  test('begins only when started, and has not synced before it has listed everything', async () => {
    api.misbehave.list.push(hang);
    reflect();
    expect(api.seen).toHaveLength(0);
    reflector.start();
    expect(reflector.hasSynced).toBe(false);
    await expect(reflector.synced(30)).rejects.toThrow('widgets.example.com/v1 could not be listed within 30 ms');
  });

  test('gets over lists that fail, and says so once for each reason', async () => {
    api.put('a', '1');
    api.misbehave.list.push(
      refuse(500, 'InternalError'),
      refuse(500, 'InternalError'),
      reset,
      refuse(401, 'Unauthorized'),
    );
    await started();
    expect(held()).toEqual({ a: '1' });
    const warnings = logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields['error']);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toBe('GET Widget list: 500 InternalError: because InternalError');
    expect(logged).toContainEqual(expect.objectContaining({ level: 'info', message: 'The API server answers again' }));
  });

  test('waits as long as the server asks', async () => {
    api.misbehave.list.push((_request, response) => {
      response.setHeader('retry-after', '1');
      response.statusCode = 429;
      response.end(JSON.stringify(statusOf(429, 'TooManyRequests')));
    });
    const begin = performance.now();
    await started();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(1_000);
  });

  test.each([
    ['breaks', () => api.breakWatches()],
    ['is closed by the server', () => api.closeWatches()],
  ])('goes on where it stood when the watch %s', async (_what, end) => {
    api.put('a', '1');
    await started();
    end();
    api.put('a', '2');
    await holds({ a: '2' });
    expect(api.count('list')).toBe(1);
  });

  test.each([500, 401, 403, 429])('goes on where it stood when a watch is refused with %i', async (code) => {
    api.put('a', '1');
    api.misbehave.watch.push(refuse(code, 'Refused'), refuse(code, 'Refused'));
    await started();
    api.put('a', '2');
    await holds({ a: '2' });
    expect(api.count('list')).toBe(1);
    expect(api.count('watch')).toBeGreaterThanOrEqual(3);
  });

  test('lists again when the watch is refused with 410', async () => {
    api.misbehave.watch.push(refuse(410, 'Expired'));
    await started();
    expect(api.count('list')).toBe(2);
  });

  test.each([
    ['410', 'Expired', 410],
    ['500', 'InternalError', 500],
  ])(
    'lists again when the watch tells an error %s, and sees what was deleted meanwhile',
    async (_what, reason, code) => {
      api.put('a', '1');
      api.put('b', '1');
      await started();
      api.delete('a', { quietly: true });
      api.say(JSON.stringify({ type: 'ERROR', object: statusOf(code, reason) }));
      await holds({ b: '1' });
      expect(api.count('list')).toBe(2);
    },
  );

  test('does not hammer a server whose every watch is an error and a close', async () => {
    api.misbehave.everyWatch = (_request, response) =>
      void response.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') })}\n`);
    reflect().start();
    await eventually('the waits have grown to their cap', () =>
      logged.some(({ fields }) => Number(fields['waitMs']) >= 40),
    );
    const before = api.count('watch');
    const begin = performance.now();
    await eventually('ten more attempts', () => api.count('watch') >= before + 10);
    // At the cap of 80 ms each wait is at least half of it.
    expect(performance.now() - begin).toBeGreaterThan(9 * 40);
  });

  test('does not hammer a server that closes every watch at once', async () => {
    api.misbehave.everyWatch = (_request, response) => void response.end();
    reflect({ times: { ...TIMES, paceMs: 50 } }).start();
    await eventually('a watch', () => api.count('watch') > 0);
    const begin = performance.now();
    await eventually('ten more watches', () => api.count('watch') > 10);
    expect(performance.now() - begin).toBeGreaterThan(9 * 50);
    expect(api.count('list')).toBe(1);
  });

  test('notices a watch on which nothing comes any more, and goes on where it stood', async () => {
    api.put('a', '1');
    api.misbehave.watch.push(silence);
    reflect().start();
    await reflector.synced();
    api.put('a', '2');
    await holds({ a: '2' });
    expect(api.count('list')).toBe(1);
    expect(logged.map(({ message }) => message)).toContain('A watch had gone silent and is opened anew');
  });

  test('goes on from the version of a bookmark', async () => {
    await started();
    api.say(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '777' } } }));
    await eventually('the next watch starts there', () => {
      api.closeWatches();
      return api.seen.some(({ query }) => query.get('watch') && query.get('resourceVersion') === '777');
    });
    expect(api.count('list')).toBe(1);
  });

  test.each([
    ['is no JSON', '{"type":"MODIFIED","object":{"meta'],
    ['has no object', '{"type":"MODIFIED"}'],
    ['is of an unknown type', '{"type":"RENAMED","object":{"metadata":{}}}'],
  ])('lists again after a line that %s: what it told is unknown', async (_what, line) => {
    api.put('a', '1');
    await started();
    api.put('a', '2', { quietly: true });
    api.say(line);
    await holds({ a: '2' });
    expect(api.count('list')).toBe(2);
  });

  test('sees what was deleted and made again while it was away', async () => {
    api.put('a', '1');
    api.put('b', '1');
    await started();
    const changes: string[] = [];
    store.onChange((key, before, after) => changes.push(`${key} ${before?.metadata.uid} -> ${after?.metadata.uid}`));
    api.misbehave.watch.push(refuse(410, 'Expired'));
    api.breakWatches();
    api.delete('a', { quietly: true });
    api.put('b', '2', { uid: 'another', quietly: true });
    await holds({ b: '2' });
    expect(changes).toEqual(
      expect.arrayContaining(['shop/a uid-a -> undefined', 'shop/b uid-b -> undefined', 'shop/b undefined -> another']),
    );
    expect(changes).toHaveLength(3);
  });

  test('lists again from time to time, though every watch is well', async () => {
    api.put('a', '1');
    await started({ times: { ...TIMES, relistMs: 100 } });
    api.put('a', '2', { quietly: true });
    api.closeWatches();
    await eventually('the silent change is seen', () => {
      api.closeWatches();
      return held()['a'] === '2';
    });
  });

  test('lists everything at once when the server forgets a list half-way', async () => {
    const gone = api.put('gone', '1', { quietly: true });
    for (const name of ['a', 'b', 'c']) api.put(name, '1');
    api.misbehave.list.push(
      (_request, response) => {
        api.delete('gone', { quietly: true });
        response.end(JSON.stringify({ metadata: { resourceVersion: '101', continue: 'x' }, items: [gone] }));
      },
      refuse(410, 'Expired'),
    );
    await started({ pageSize: 1 });
    expect(held()).toEqual({ a: '1', b: '1', c: '1' });
    expect(api.seen.filter(({ kind }) => kind === 'list').map(({ query }) => query.get('limit'))).toEqual([
      '1',
      '1',
      null,
    ]);
  });

  test('survives listeners that throw', async () => {
    store.onChange(() => {
      throw new Error('a bad listener');
    });
    await started();
    api.put('a', '1');
    api.put('a', '2');
    await holds({ a: '2' });
    expect(logged).toContainEqual(expect.objectContaining({ message: 'A listener of the cache failed' }));
  });

  test('keeps the last readable version of an object that cannot be read, and the others in step', async () => {
    const project = (widget: Widget): Widget => {
      if (widget.spec.value === 'bad') throw new Error('unreadable');
      return widget;
    };
    api.put('a', '1');
    api.put('b', 'bad');
    await started({ project });
    expect(held()).toEqual({ a: '1' });
    api.put('a', 'bad');
    api.put('c', '1');
    await holds({ a: '1', c: '1' });
    api.say(JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') }));
    await eventually('a second list', () => api.count('list') === 2);
    api.put('c', '2');
    await holds({ a: '1', c: '2' });
    expect(logged.filter(({ level }) => level === 'error').map(({ fields }) => fields['key'])).toContain('shop/a');
  });

  test('stopped during a list, changes nothing and watches nothing', async () => {
    api.put('a', '1');
    let answer: () => void = () => undefined;
    api.misbehave.list.push((_request, response) => {
      answer = () =>
        void response.end(JSON.stringify({ metadata: { resourceVersion: '101' }, items: [api.put('a', '1')] }));
    });
    reflect().start();
    await eventually('the list is asked for', () => api.count('list') === 1);
    const stopped = reflector.stop();
    answer();
    await stopped;
    expect(store.size).toBe(0);
    expect(api.count('watch')).toBe(0);
    await expect(reflector.synced()).rejects.toThrow('before the reflector was stopped');
  });

  test('stopped while a watch is being opened, closes it', async () => {
    api.misbehave.watch.push(hang);
    reflect().start();
    await eventually('the watch is asked for', () => api.count('watch') === 1);
    await reflector.stop();
    expect(api.watching).toBe(0);
    expect(api.count('watch')).toBe(1);
  });

  test('stopped while it reads a list, keeps nothing of it', async () => {
    api.put('a', '1');
    let stopped: Promise<void> | undefined;
    const project = (widget: Widget): Widget => {
      stopped ??= reflector.stop();
      return widget;
    };
    reflect({ project }).start();
    await eventually('it is stopped', () => stopped !== undefined);
    await stopped;
    expect(store.size).toBe(0);
    expect(api.count('watch')).toBe(0);
  });

  test('stopped by whom it told of a change, tells no other', async () => {
    await started();
    store.onChange(() => void reflector.stop());
    const event = (name: string, version: number): string => {
      const metadata = { name, namespace: 'shop', uid: name, resourceVersion: String(version) };
      return JSON.stringify({ type: 'ADDED', object: { metadata, spec: { value: '1' } } });
    };
    // Both in one piece of the stream.
    api.say(`${event('a', 500)}\n${event('b', 501)}`);
    await holds({ a: '1' });
    await reflector.stop();
    expect(held()).toEqual({ a: '1' });
  });

  test('stopped during a wait, ends at once', async () => {
    api.misbehave.list.push(refuse(500, 'InternalError'));
    reflect({ times: { ...TIMES, backoff: { baseMs: 60_000, capMs: 60_000 } } }).start();
    await eventually('the failure is known', () => reflector.health().lastError);
    await reflector.stop();
    expect(api.count('list')).toBe(1);
  });

  test('started twice, lists and watches once; stopped and started, does so anew', async () => {
    api.put('a', '1');
    reflect();
    reflector.start();
    reflector.start();
    await reflector.synced();
    await eventually('a watch is open', () => api.watching === 1);
    expect(api.count('list')).toBe(1);
    const stopped = reflector.stop();
    reflector.start();
    expect(reflector.hasSynced).toBe(false);
    await stopped;
    await reflector.synced();
    await eventually('one watch is open again', () => api.watching === 1);
    api.put('a', '2');
    await holds({ a: '2' });
    await reflector.stop();
    await eventually('no watch is open', () => api.watching === 0);
  });

  test('keeps several namespaces in step, each on its own', async () => {
    api.put('a', '1', { namespace: 'one' });
    api.put('b', '1', { namespace: 'two' });
    api.put('c', '1', { namespace: 'three' });
    reflect({ namespaces: ['one', 'two'] }).start();
    await reflector.synced();
    await eventually('two watches', () => api.watching === 2);
    expect(held()).toEqual({ a: '1', b: '1' });
    api.say(JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') }));
    api.put('a', '2', { namespace: 'one' });
    api.delete('b', { namespace: 'two' });
    api.put('c', '2', { namespace: 'three' });
    await holds({ a: '2' });
  });

  test('shows a writer its own write at once, and never an older version after it', async () => {
    api.put('a', '1');
    await started();
    const written = api.put('a', '2', { quietly: true });
    reflector.observe(written);
    expect(held()).toEqual({ a: '2' });
    const old = { ...written, spec: { value: 'old' }, metadata: { ...written.metadata, resourceVersion: '101' } };
    api.say(JSON.stringify({ type: 'MODIFIED', object: old }));
    api.put('b', '1');
    await holds({ a: '2', b: '1' });
  });

  test('passes over arrays that nobody needs', async () => {
    const seen: unknown[] = [];
    api.misbehave.list.push((_request, response) => {
      const metadata = { name: 'a', namespace: 'shop', uid: 'u', resourceVersion: '5', managedFields: [{ f: 1 }] };
      response.end(JSON.stringify({ metadata: { resourceVersion: '9' }, items: [{ metadata, spec: { value: '1' } }] }));
    });
    const project = (widget: Widget): Widget => {
      seen.push(widget.metadata);
      return widget;
    };
    await started({ project, omit: [{ key: 'managedFields' }] });
    expect(seen).toEqual([expect.objectContaining({ managedFields: [] })]);
  });

  test('knows how long ago the server gave sign of life, and what is wrong', async () => {
    expect(reflect().health()).toEqual({ synced: false });
    reflector.start();
    await reflector.synced();
    const health = reflector.health();
    expect(health).toMatchObject({ synced: true });
    expect(health.contactAgeMs).toBeLessThan(1_000);
    await eventually('a watch is open', () => api.watching > 0);
    api.misbehave.everyWatch = refuse(503, 'ServiceUnavailable');
    api.breakWatches();
    await eventually('the failure shows', () => reflector.health().lastError?.includes('503 ServiceUnavailable'));
  });
});
