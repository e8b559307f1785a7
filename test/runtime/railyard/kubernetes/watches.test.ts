import { eventually } from '../../../waiting';
import { TRAINS, Yard, type Watched } from './client';
import { train } from './definitions';

describe('watches', () => {
  let yard: Yard;
  const watches: Watched[] = [];
  const open = async (options: Parameters<typeof Yard.open>[0] = {}): Promise<void> => {
    yard = await Yard.open(options);
    await yard.defineTrains();
  };
  const watch = async (query = '', headers?: Record<string, string>): Promise<Watched> => {
    const watched = await yard.watch(`${TRAINS}${query}`, headers);
    watches.push(watched);
    return watched;
  };
  const hears = (watched: Watched, story: string[]): Promise<unknown> =>
    eventually(
      `the watch hears ${story.join(', ')} (so far: ${watched.story.join(', ')})`,
      () => watched.story.length >= story.length,
    ).then(() => expect(watched.story).toEqual(story));
  const current = async (): Promise<string> => (await yard.get(TRAINS)).body.metadata.resourceVersion;

  afterEach(async () => {
    for (const watched of watches.splice(0)) await watched.stop();
    await yard.close();
  });

  it('tell what is there and then every change, with the revision of each', async () => {
    await open();
    await yard.createTrain('a');
    const watched = await watch();
    await yard.createTrain('b');
    await yard.merge(`${TRAINS}/a`, { spec: { speed: 1 } });
    await yard.delete(`${TRAINS}/b`);
    await hears(watched, ['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b']);
    const revisions = watched.events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual([...revisions].sort((left, right) => left - right));
    expect(watched.events[2]?.object.spec['speed']).toBe(1);
  });

  it('from a revision tell only what came after, also what came before the watch began', async () => {
    await open();
    await yard.createTrain('a');
    const from = await current();
    await yard.createTrain('b');
    const watched = await watch(`?resourceVersion=${from}`);
    await yard.createTrain('c');
    await hears(watched, ['ADDED b', 'ADDED c']);
  });

  it('answer with their headers at once, however long nothing happens', async () => {
    await open();
    const watched = await watch(`?resourceVersion=${await current()}`);
    expect([watched.code, watched.events]).toEqual([200, []]);
  });

  it('from a revision that is forgotten get an ERROR event with 410', async () => {
    await open({ watchHistory: 5 });
    const from = await current();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await yard.createTrain(name);
    const watched = await watch(`?resourceVersion=${from}`);
    await eventually('the watch ends', () => watched.ended);
    expect(watched.events).toEqual([
      { type: 'ERROR', object: expect.objectContaining({ kind: 'Status', code: 410, reason: 'Expired' }) as unknown },
    ]);
    expect(watched.events[0]?.object.message).toMatch(/^too old resource version: \d+ \(\d+\)$/);
  });

  it('from before a restart get a 410 too, from the last revision they go on', async () => {
    await open();
    const before = await current();
    await yard.createTrain('a');
    const last = await current();
    await yard.restart();
    const old = await watch(`?resourceVersion=${before}`);
    await eventually('the watch ends', () => old.ended);
    expect(old.events[0]?.type).toBe('ERROR');
    const resumed = await watch(`?resourceVersion=${last}`);
    await yard.createTrain('b');
    await hears(resumed, ['ADDED b']);
  });

  it('by label tell an object that stops matching as deleted and one that starts as added', async () => {
    await open();
    const watched = await watch('?labelSelector=on%3Dyes');
    await yard.createTrain('a');
    await yard.merge(`${TRAINS}/a`, { metadata: { labels: { on: 'yes' } } });
    await yard.merge(`${TRAINS}/a`, { spec: { speed: 1 } });
    const left = await yard.merge(`${TRAINS}/a`, { metadata: { labels: { on: 'no' } } });
    await yard.delete(`${TRAINS}/a`);
    await yard.create(TRAINS, { ...train('b'), metadata: { name: 'b', labels: { on: 'yes' } } });
    await hears(watched, ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b']);
    const gone = watched.events[2]?.object.metadata;
    expect(gone?.labels).toEqual({ on: 'yes' });
    expect(gone?.resourceVersion).toBe(left.body.metadata.resourceVersion);
  });

  it('by name and by namespace stay with theirs', async () => {
    await open();
    await yard.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const one = await watch('?fieldSelector=metadata.name%3Db');
    const space = await watch();
    await yard.createTrain('a');
    await yard.createTrain('b');
    await yard.create('/apis/rail.example.com/v1/namespaces/other/trains', { ...train('c'), metadata: { name: 'c' } });
    await yard.createTrain('d');
    await hears(space, ['ADDED a', 'ADDED b', 'ADDED d']);
    expect(one.story).toEqual(['ADDED b']);
  });

  it('get bookmarks when they asked for them, and only then', async () => {
    await open({ bookmarkIntervalMs: 20 });
    const from = await current();
    const asked = await watch(`?resourceVersion=${from}&allowWatchBookmarks=true`);
    const silent = await watch(`?resourceVersion=${from}`);
    await yard.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const moved = Number(from) + 1;
    await eventually('a bookmark of the new revision', () =>
      asked.events.some(({ type, object }) => type === 'BOOKMARK' && Number(object.metadata.resourceVersion) >= moved),
    );
    expect(asked.events[0]?.object).toMatchObject({ kind: 'Train', apiVersion: 'rail.example.com/v1' });
    expect(silent.events).toEqual([]);
  });

  it('can ask for what is there, closed by a bookmark that says so', async () => {
    await open();
    await yard.createTrain('a');
    const watched = await watch('?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true');
    await eventually('two events', () => watched.events.length === 2);
    expect(watched.events[1]).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
  });

  it('end after timeoutSeconds', async () => {
    await open();
    const watched = await watch('?timeoutSeconds=1');
    await eventually('the watch ends', () => watched.ended, 3000);
  });

  it('are forgotten when the client goes away', async () => {
    await open();
    const watched = await watch();
    expect(yard.server.openWatches).toBe(1);
    await watched.stop();
    await eventually('no watch is open', () => yard.server.openWatches === 0);
  });

  it('end when the definition changes, so that clients look again', async () => {
    await open();
    const watched = await watch();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/trains.rail.example.com';
    await yard.merge(path, { metadata: { labels: { x: 'y' } } });
    expect(watched.ended).toBe(false);
    await yard.merge(path, { spec: { names: { shortNames: ['tr'] } } });
    await eventually('the watch ends', () => watched.ended);
  });

  it('come as tables, with columns only in the first event', async () => {
    await open();
    const watched = await watch('', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    await yard.createTrain('a');
    await yard.createTrain('b');
    await eventually('two events', () => watched.events.length === 2);
    expect(
      watched.events.map(({ object }) => [object.kind, object.columnDefinitions?.length, object.rows[0]?.cells[0]]),
    ).toEqual([
      ['Table', 6, 'a'],
      ['Table', undefined, 'b'],
    ]);
  });

  it('of the future are refused', async () => {
    await open();
    const watched = await watch('?resourceVersion=999999');
    expect(watched.code).toBe(504);
  });
});
