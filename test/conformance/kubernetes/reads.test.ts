import { eventually } from '../../waiting';
import { exceptFor } from '../except-for';
import { inOwnWords, MERGE, METADATA_ONLY, Server, TABLE, train, type Space, type Watch } from './server';

let server: Server;
let space: Space;
const watches: Watch[] = [];
beforeAll(async () => {
  server = await Server.open();
}, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  space = await server.space();
});
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
});

const watch = async (...args: Parameters<Space['watch']>): Promise<Watch> => {
  const opened = await space.watch(...args);
  watches.push(opened);
  return opened;
};
const current = async (): Promise<string> => (await space.raw('GET', 'trains')).body.metadata.resourceVersion;
const configMap = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('lists', () => {
  it('come in pages of one moment', async () => {
    for (const name of ['c', 'a', 'b']) await space.train(name);
    const first = await space.raw('GET', 'trains?limit=2');
    await space.raw('PATCH', 'trains/c', { spec: { speed: 1 } }, MERGE);
    await space.train('d');
    const token = encodeURIComponent(first.body.metadata.continue ?? '');
    expect({
      first: await space.ask('GET', 'trains?limit=2'),
      second: await space.ask('GET', `trains?limit=2&continue=${token}`),
      nonsense: inOwnWords(await space.ask('GET', 'trains?continue=nonsense')),
      'a limit that is no number': await space.ask('GET', 'trains?limit=x'),
    }).toMatchSnapshot();
  });

  it('that take too long are told to begin anew', async () => {
    for (const name of ['a', 'b', 'c']) await space.train(name);
    const first = await space.raw('GET', 'trains?limit=1');
    await space.train('d');
    await server.forgetHistory(space);
    const token = encodeURIComponent(first.body.metadata.continue ?? '');
    const late = await space.ask('GET', `trains?limit=1&continue=${token}`);
    expect(late).toMatchObject({ code: 410, body: { kind: 'Status', reason: 'Expired', code: 410 } });
  });

  it('are narrowed by labels and fields', async () => {
    await space.train('a', { line: 'red' }, { labels: { colour: 'red', old: '' } });
    await space.train('b', { line: 'blue' }, { labels: { colour: 'blue' } });
    await space.train('c', { line: 'red' });
    const names = async (query: string): Promise<unknown> => {
      const { code, body } = await space.ask('GET', `trains?${query}`);
      const { items, message } = body as { items?: { metadata: { name: string } }[]; message?: string };
      // Of a selector that cannot be read only the first words are alike (exception: words-of-parsers).
      const words = message?.replace(/^(unable to parse requirement: ).*$/, '$1...');
      return [code, items?.map(({ metadata }) => metadata.name) ?? words];
    };
    const answers: Record<string, unknown> = {};
    for (const selector of [
      'colour=red',
      'colour!=red',
      'colour in (red,blue)',
      'colour notin (red)',
      'old',
      '!old',
      'colour=',
      'a b',
      'colour in red',
    ]) {
      answers[`labels: ${selector}`] = await names(`labelSelector=${encodeURIComponent(selector)}`);
    }
    for (const selector of [
      'metadata.name=b',
      'metadata.name!=b',
      'spec.line=red',
      'spec.line=red,metadata.name=c',
      'spec.speed=80',
      'nonsense',
    ]) {
      answers[`fields: ${selector}`] = await names(`fieldSelector=${encodeURIComponent(selector)}`);
    }
    expect(answers).toMatchSnapshot();
  });

  it('come as tables and as bare metadata', async () => {
    await space.train('a', { line: 'red', speed: 5 }, { annotations: { 'rail.example.com/owner': 'Ada' } });
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await space.raw('PATCH', 'trains/a/status', { status }, MERGE);
    const ages = (answer: unknown): unknown =>
      JSON.parse(JSON.stringify(answer).replace(/"\d+m?s"/g, '"<age>"')) as unknown;
    expect(
      ages({
        table: await space.ask('GET', 'trains', undefined, TABLE),
        one: await space.ask('GET', 'trains/a', undefined, TABLE),
        'with objects': await space.ask('GET', 'trains?includeObject=Object', undefined, TABLE),
        'without objects': await space.ask('GET', 'trains?includeObject=None', undefined, TABLE),
        metadata: await space.ask('GET', 'trains', undefined, METADATA_ONLY),
        nothing: await space.ask('GET', 'trains?labelSelector=none', undefined, TABLE),
      }),
    ).toMatchSnapshot();
  });

  it('can be of a past moment, and not of a future one', async () => {
    const made = await space.train('a');
    await space.train('b');
    const { resourceVersion } = made.metadata;
    const names = async (query: string): Promise<unknown> => {
      const { code, body } = await space.ask('GET', `trains?${query}`);
      return [code, (body as { items?: { metadata: { name: string } }[] }).items?.map(({ metadata }) => metadata.name)];
    };
    expect({
      exact: await names(`resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`),
      newer: await names(`resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`),
      'no version to match': await space.ask('GET', 'trains?resourceVersionMatch=Exact'),
      'no number': await space.ask('GET', 'trains?resourceVersion=x'),
    }).toMatchSnapshot();
  });

  it('carry no apiVersion and kind in items of built-in kinds (exception: typed-lists)', async () => {
    await space.raw('POST', 'configmaps', configMap('a'));
    const { body } = await space.raw('GET', 'configmaps');
    const { items } = body as unknown as { items: { kind?: string }[] };
    exceptFor('typed-lists', () => expect(items[0]?.kind).toBeUndefined());
  });
});

describe('watches', () => {
  it('tell what is there and then every change', async () => {
    await space.train('a');
    const watched = await watch('trains');
    await watched.hears(1);
    await space.train('b');
    await space.raw('PATCH', 'trains/a', { spec: { speed: 1 } }, MERGE);
    await space.raw('DELETE', 'trains/b');
    expect(await watched.hears(4)).toMatchSnapshot();
  });

  it('go on from a version, and leave nothing out', async () => {
    await space.train('a');
    const from = await current();
    await space.train('b');
    const watched = await watch('trains', { resourceVersion: from });
    await space.raw('DELETE', 'trains/a');
    expect(await watched.hears(2)).toMatchSnapshot();
  });

  it('by label tell as deleted what stops matching', async () => {
    const watched = await watch('trains', { labelSelector: 'on=yes', resourceVersion: await current() });
    await space.train('a');
    await space.raw('PATCH', 'trains/a', { metadata: { labels: { on: 'yes' } } }, MERGE);
    await space.raw('PATCH', 'trains/a', { spec: { speed: 1 } }, MERGE);
    await space.raw('PATCH', 'trains/a', { metadata: { labels: { on: 'no' } } }, MERGE);
    await space.train('b', { line: 'red' }, { labels: { on: 'yes' } });
    const events = await watched.hears(4);
    expect(events).toMatchSnapshot();
  });

  it('come as tables, with columns only in the first event', async () => {
    const watched = await watch('trains', { resourceVersion: await current() }, TABLE);
    await space.train('a');
    await space.train('b');
    const events = await watched.hears(2);
    expect(JSON.parse(JSON.stringify(events).replace(/"\d+m?s"/g, '"<age>"'))).toMatchSnapshot();
  });

  it('are told how far the world has come when they ask for it', async () => {
    await space.train('a');
    const from = await current();
    const watched = await watch('trains', { resourceVersion: from, allowWatchBookmarks: 'true', timeoutSeconds: '4' });
    // Where nothing has happened since there is nothing to tell.
    await space.train('b');
    const bookmark = await eventually(
      'a bookmark',
      () => watched.events.find(({ type }) => type === 'BOOKMARK'),
      8_000,
    );
    expect(Object.keys((bookmark.object as { metadata: object }).metadata)).toContain('resourceVersion');
    expect(bookmark.object).toMatchObject({ kind: 'Train', apiVersion: 'rail.example.com/v1' });
    await eventually('the watch ends by its deadline', () => watched.ended, 8_000);
  });

  it('can ask for what is there, closed by a bookmark that says so', async () => {
    await space.train('a');
    const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
    const watched = await watch('trains', query);
    await eventually('the end of the beginning', () => watched.events.some(({ type }) => type === 'BOOKMARK'));
    expect(watched.events.slice(0, 2)).toMatchSnapshot();
  });

  it('of a version that is forgotten end with 410', async () => {
    await space.train('a');
    const watched = await watch('trains', { resourceVersion: '1' });
    if (watched.events.length === 0) await server.forgetHistory(space);
    const again = await watch('trains', { resourceVersion: '1' });
    await eventually('the watch ends', () => again.ended);
    expect(again.code).toBe(200);
    expect(again.events).toMatchObject([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]);
  });
});

describe('deleting', () => {
  it('answers with what was deleted, and heeds preconditions', async () => {
    const { metadata } = await space.train('a');
    const precondition = (preconditions: object): object => ({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions,
    });
    expect({
      'another uid': await space.ask(
        'DELETE',
        'trains/a',
        precondition({ uid: '00000000-0000-4000-8000-000000000000' }),
      ),
      'another version': await space.ask('DELETE', 'trains/a', precondition({ resourceVersion: '1' })),
      'on a dry run': await space.ask('DELETE', 'trains/a?dryRun=All'),
      right: await space.ask('DELETE', 'trains/a', precondition({ uid: metadata.uid })),
      again: await space.ask('DELETE', 'trains/a'),
    }).toMatchSnapshot();
  });

  it('waits for finalizers, and takes no new ones meanwhile', async () => {
    await space.train('a', { line: 'red' }, { finalizers: ['rail.example.com/one', 'rail.example.com/two'] });
    const finalizers = (...names: string[]): Promise<object> =>
      space.ask('PATCH', 'trains/a', { metadata: { finalizers: names } }, MERGE);
    expect({
      deleted: await space.ask('DELETE', 'trains/a'),
      again: await space.ask('DELETE', 'trains/a'),
      'one more': await finalizers('rail.example.com/one', 'rail.example.com/two', 'rail.example.com/three'),
      'a change': await space.ask('PATCH', 'trains/a', { spec: { speed: 1 } }, MERGE),
      'one less': await finalizers('rail.example.com/two'),
      'none left': await finalizers(),
      gone: await space.ask('GET', 'trains/a'),
    }).toMatchSnapshot();
  });

  it('keeps owner references as they were given, one controller at most', async () => {
    const { metadata } = await space.train('owner');
    const owner = { apiVersion: 'rail.example.com/v1', kind: 'Train', name: 'owner', uid: metadata.uid };
    expect({
      owned: await space.ask('POST', 'trains', train('owned', { line: 'red' }, { ownerReferences: [owner] })),
      'two controllers': await space.ask(
        'POST',
        'trains',
        train(
          'both',
          { line: 'red' },
          {
            ownerReferences: [
              { ...owner, controller: true },
              { ...owner, uid: 'x', controller: true },
            ],
          },
        ),
      ),
    }).toMatchSnapshot();
  });

  it('takes a whole collection, as far as it is selected', async () => {
    for (const name of ['a', 'b']) await space.train(name, { line: 'red' }, { labels: { go: name } });
    const deleted = await space.ask('DELETE', 'trains?labelSelector=go%3Da');
    expect(deleted.code).toBe(200);
    expect(await space.ask('GET', 'trains')).toMatchSnapshot();
  });
});
