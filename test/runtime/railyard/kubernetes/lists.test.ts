import { DEFINITIONS, TRAINS, Yard } from './client';
import { applications, train } from './definitions';

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const ALL = '/apis/rail.example.com/v1/trains';

describe('lists', () => {
  let yard: Yard;
  beforeEach(async () => {
    yard = await Yard.open({ watchHistory: 20 });
    await yard.defineTrains();
  });
  afterEach(() => yard.close());

  const namesAt = async (path: string): Promise<(string | undefined)[]> =>
    (await yard.get(path)).body.items.map(({ metadata }) => metadata.name);

  it('come in the order of namespace and name, with the revision to watch from', async () => {
    await yard.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } });
    for (const name of ['c', 'a', 'b']) await yard.createTrain(name);
    const last = await yard.create('/apis/rail.example.com/v1/namespaces/a/trains', {
      ...train('z'),
      metadata: { name: 'z' },
    });
    const { body } = await yard.get(ALL);
    expect(body.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'a/z',
      'default/a',
      'default/b',
      'default/c',
    ]);
    expect(body.metadata.resourceVersion).toBe(last.metadata.resourceVersion);
  });

  it('come in pages that show the world as it was at the first one', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await yard.createTrain(name);
    const first = (await yard.get(`${TRAINS}?limit=2`)).body;
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(first.metadata.remainingItemCount).toBe(3);
    await yard.delete(`${TRAINS}/c`);
    await yard.createTrain('aa');
    await yard.createTrain('cc');
    await yard.merge(`${TRAINS}/d`, { spec: { speed: 1 } });
    const token = encodeURIComponent(first.metadata.continue ?? '');
    const second = (await yard.get(`${TRAINS}?limit=2&continue=${token}`)).body;
    expect(second.items.map(({ metadata, spec }) => [metadata.name, spec['speed']])).toEqual([
      ['c', 80],
      ['d', 80],
    ]);
    const third = (await yard.get(`${TRAINS}?limit=2&continue=${encodeURIComponent(second.metadata.continue ?? '')}`))
      .body;
    expect(third.items.map(({ metadata }) => metadata.name)).toEqual(['e']);
    expect(third.metadata.continue).toBeUndefined();
    expect(third.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('cannot be continued once the first page is forgotten: 410 Expired', async () => {
    for (const name of ['a', 'b', 'c']) await yard.createTrain(name);
    const { body } = await yard.get(`${TRAINS}?limit=1`);
    for (let speed = 1; speed <= 25; speed += 1) await yard.merge(`${TRAINS}/a`, { spec: { speed } });
    const late = await yard.get(`${TRAINS}?limit=1&continue=${encodeURIComponent(body.metadata.continue ?? '')}`);
    expect([late.code, late.body.reason]).toEqual([410, 'Expired']);
    expect((await yard.get(`${TRAINS}?continue=nonsense`)).code).toBe(400);
  });

  it('of an exact past revision, and none of a future one', async () => {
    const first = await yard.createTrain('a');
    await yard.createTrain('b');
    const { resourceVersion } = first.metadata;
    expect(await namesAt(`${TRAINS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`)).toEqual(['a']);
    expect(await namesAt(`${TRAINS}?resourceVersion=${resourceVersion}`)).toEqual(['a', 'b']);
    const future = await yard.get(`${TRAINS}?resourceVersion=999999`);
    expect([future.code, future.body.reason]).toEqual([504, 'Timeout']);
    expect((await yard.get(`${TRAINS}?resourceVersion=x`)).code).toBe(400);
  });

  it.each([
    ['colour=red', ['a']],
    ['colour==red', ['a']],
    ['colour!=red', ['b', 'c']],
    ['colour in (red, blue)', ['a', 'b']],
    ['colour notin (red),size', ['b']],
    ['size', ['a', 'b']],
    ['!size', ['c']],
    ['colour=red,size=l', []],
  ])('select by labels %s', async (selector, names) => {
    await yard.create(TRAINS, { ...train('a'), metadata: { name: 'a', labels: { colour: 'red', size: 's' } } });
    await yard.create(TRAINS, { ...train('b'), metadata: { name: 'b', labels: { colour: 'blue', size: 'l' } } });
    await yard.createTrain('c');
    expect(await namesAt(`${TRAINS}?labelSelector=${encodeURIComponent(selector)}`)).toEqual(names);
  });

  it.each([
    ['metadata.name=a', ['a']],
    ['metadata.name!=a', ['b']],
    ['metadata.namespace=default,metadata.name=b', ['b']],
    ['spec.line=blue', ['b']],
  ])('select by fields %s', async (selector, names) => {
    await yard.createTrain('a');
    await yard.createTrain('b', { line: 'blue' });
    expect(await namesAt(`${ALL}?fieldSelector=${encodeURIComponent(selector)}`)).toEqual(names);
  });

  it('refuse selectors that they cannot read or do not offer', async () => {
    expect((await yard.get(`${TRAINS}?labelSelector=a(b`)).code).toBe(400);
    expect((await yard.get(`${TRAINS}?labelSelector=a%20b`)).body.message).toContain('unable to parse requirement');
    expect((await yard.get(`${TRAINS}?fieldSelector=spec.speed=3`)).body.message).toBe(
      'field label not supported: spec.speed',
    );
  });

  it('come as a table with the columns of the definition', async () => {
    await yard.create(TRAINS, {
      ...train('a'),
      metadata: { name: 'a', annotations: { 'rail.example.com/owner': 'me' } },
    });
    await yard.merge(`${TRAINS}/a/status`, {
      status: {
        conditions: [
          { type: 'Other', status: 'No' },
          { type: 'Ready', status: 'True' },
        ],
      },
    });
    const { body } = await yard.get(TRAINS, TABLE);
    expect(body).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    expect(body.columnDefinitions?.map(({ name, type, priority }) => [name, type, priority])).toEqual([
      ['Name', 'string', 0],
      ['Line', 'string', 0],
      ['Speed', 'integer', 0],
      ['Ready', 'string', 0],
      ['Owner', 'string', 1],
      ['Age', 'date', 0],
    ]);
    expect(body.rows[0]?.cells.slice(0, 5)).toEqual(['a', 'red', 80, 'True', 'me']);
    expect(body.rows[0]?.cells[5]).toMatch(/^\ds$/);
    expect(body.rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'a' } });
    const whole = await yard.get(`${TRAINS}/a?includeObject=Object`, TABLE);
    expect(whole.body.rows[0]?.object).toMatchObject({ kind: 'Train', spec: { line: 'red' } });
  });

  it('leave cells empty for what is not there', async () => {
    await yard.create(DEFINITIONS, applications());
    await yard.create('/apis/argoproj.io/v1alpha1/namespaces/default/applications', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'web' },
      spec: {},
    });
    const { body } = await yard.get('/apis/argoproj.io/v1alpha1/applications', TABLE);
    expect(body.rows[0]?.cells).toEqual(['web', null, null]);
  });

  it('come as metadata only when asked for that', async () => {
    await yard.createTrain('a');
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const { body } = await yard.get(TRAINS, { accept });
    expect(body.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(body.items[0] ?? {})).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  it('are refused to those who take no JSON', async () => {
    expect((await yard.get(TRAINS, { accept: 'text/html' })).code).toBe(406);
  });
});
