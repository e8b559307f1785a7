import { TRAINS, Yard, type Answer } from './client';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'web', image: 'web:1', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] },
          { name: 'side', image: 'side:1' },
        ],
      },
    },
  },
};

describe('patches', () => {
  let yard: Yard;
  beforeEach(async () => {
    yard = await Yard.open();
    await yard.defineTrains();
  });
  afterEach(() => yard.close());

  const patch = (path: string, type: string, body: unknown): Promise<Answer> =>
    yard.call('PATCH', path, body, { 'content-type': type });

  it('of type merge replace lists, merge objects and remove nulls', async () => {
    await yard.createTrain('a', { line: 'red', stops: ['x'], signs: { front: '1', back: '2' } });
    const { body } = await patch(`${TRAINS}/a`, MERGE, {
      spec: { stops: ['y', 'z'], signs: { back: null, side: '3' } },
    });
    expect(body.spec).toMatchObject({ stops: ['y', 'z'], signs: { front: '1', side: '3' } });
  });

  it('that carry a resourceVersion are refused when it is stale', async () => {
    const made = await yard.createTrain('a');
    const { resourceVersion } = made.metadata;
    expect((await patch(`${TRAINS}/a`, MERGE, { metadata: { resourceVersion }, spec: { speed: 1 } })).code).toBe(200);
    expect((await patch(`${TRAINS}/a`, MERGE, { metadata: { resourceVersion }, spec: { speed: 2 } })).code).toBe(409);
  });

  it('of type JSON apply as a whole or not at all', async () => {
    await yard.createTrain('a', { line: 'red', stops: ['x'] });
    const good = await patch(`${TRAINS}/a`, JSON_PATCH, [
      { op: 'test', path: '/spec/line', value: 'red' },
      { op: 'add', path: '/spec/stops/-', value: 'y' },
      { op: 'replace', path: '/spec/speed', value: 7 },
    ]);
    expect(good.body.spec).toMatchObject({ stops: ['x', 'y'], speed: 7 });
    const bad = await patch(`${TRAINS}/a`, JSON_PATCH, [
      { op: 'replace', path: '/spec/speed', value: 9 },
      { op: 'test', path: '/spec/line', value: 'blue' },
    ]);
    expect([bad.code, bad.body.reason]).toEqual([422, 'Invalid']);
    expect((await yard.get(`${TRAINS}/a`)).body.spec['speed']).toBe(7);
    expect((await patch(`${TRAINS}/a`, JSON_PATCH, [{ op: 'jump', path: '/x' }])).code).toBe(400);
    expect((await patch(`${TRAINS}/a`, JSON_PATCH, { op: 'add' })).code).toBe(400);
    expect((await patch(`${TRAINS}/a`, JSON_PATCH, [{ op: 'remove', path: '/spec/ghost' }])).code).toBe(422);
  });

  it('cannot change what an object is', async () => {
    await yard.createTrain('a');
    expect((await patch(`${TRAINS}/a`, MERGE, { metadata: { name: 'b' } })).code).toBe(400);
    expect((await patch(`${TRAINS}/a`, MERGE, { kind: 'Bus' })).code).toBe(422);
    expect((await patch(`${TRAINS}/a`, MERGE, { metadata: { uid: 'x' } })).code).toBe(422);
  });

  it('are validated like any other write, unknown fields included', async () => {
    await yard.createTrain('a');
    expect((await patch(`${TRAINS}/a`, MERGE, { spec: { speed: 1000 } })).code).toBe(422);
    const strict = await patch(`${TRAINS}/a?fieldValidation=Strict`, MERGE, { spec: { colour: 'red' } });
    expect([strict.code, strict.body.reason]).toEqual([422, 'Invalid']);
    expect(strict.body.message).toContain('strict decoding error: unknown field "spec.colour"');
  });

  it('of objects that do not exist are a 404', async () => {
    expect((await patch(`${TRAINS}/ghost`, MERGE, {})).code).toBe(404);
  });

  it('of type strategic merge are a 415 for custom kinds', async () => {
    await yard.createTrain('a');
    const { code, body } = await patch(`${TRAINS}/a`, STRATEGIC, {});
    expect([code, body.reason]).toEqual([415, 'UnsupportedMediaType']);
    expect(body.message).toContain(
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
  });

  describe('of type strategic merge, for built-in kinds', () => {
    beforeEach(() => yard.create(DEPLOYMENTS, deployment));
    const containersAfter = async (containers: unknown, more: object = {}): Promise<unknown> => {
      const answer = await patch(`${DEPLOYMENTS}/web`, STRATEGIC, {
        spec: { template: { spec: { containers, ...more } } },
      });
      expect(answer.code).toBe(200);
      return (answer.body.spec['template'] as { spec: { containers: unknown } }).spec.containers;
    };

    it('merge lists by key', async () => {
      const containers = [
        { name: 'web', image: 'web:2', env: [{ name: 'B', value: '2' }] },
        { name: 'new', image: 'new:1' },
      ];
      expect(await containersAfter(containers)).toEqual([
        {
          name: 'web',
          image: 'web:2',
          ports: [{ containerPort: 80 }],
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
        { name: 'side', image: 'side:1' },
        { name: 'new', image: 'new:1' },
      ]);
    });

    it('delete, replace and order items by directive', async () => {
      expect(await containersAfter([{ name: 'web', $patch: 'delete' }])).toEqual([{ name: 'side', image: 'side:1' }]);
      const order = { '$setElementOrder/containers': [{ name: 'first' }, { name: 'side' }] };
      expect(await containersAfter([{ name: 'first', image: 'f' }], order)).toEqual([
        { name: 'first', image: 'f' },
        { name: 'side', image: 'side:1' },
      ]);
      expect(await containersAfter([{ $patch: 'replace' }, { name: 'only', image: 'o' }])).toEqual([
        { name: 'only', image: 'o' },
      ]);
    });

    it('retain keys and take finalizers for a set', async () => {
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } };
      await patch(`${DEPLOYMENTS}/web`, STRATEGIC, { spec: { strategy }, metadata: { finalizers: ['x.io/a'] } });
      const { body } = await patch(`${DEPLOYMENTS}/web`, STRATEGIC, {
        spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
        metadata: { finalizers: ['x.io/b'] },
      });
      expect(body.spec['strategy']).toEqual({ type: 'Recreate' });
      expect(body.metadata.finalizers).toEqual(['x.io/b', 'x.io/a']);
      const removed = await patch(`${DEPLOYMENTS}/web`, STRATEGIC, {
        metadata: { '$deleteFromPrimitiveList/finalizers': ['x.io/a', 'x.io/b'] },
      });
      expect(removed.body.metadata.finalizers).toBeUndefined();
    });
  });

  describe('of type apply', () => {
    const apply = (name: string, spec: object, query = '?fieldManager=test'): Promise<Answer> =>
      patch(`${TRAINS}/${name}${query}`, APPLY, {
        apiVersion: 'rail.example.com/v1',
        kind: 'Train',
        metadata: { name },
        spec,
      });

    it('make an object that does not exist', async () => {
      const { code, body } = await apply('a', { line: 'red' });
      expect([code, body.spec['speed']]).toEqual([201, 80]);
    });

    it('merge into one that does: lists by key, sets as union, others as a whole', async () => {
      await yard.createTrain('a', { line: 'red', speed: 5, cars: [{ name: 'one', seats: 1 }], stops: ['x'] });
      const { code, body } = await apply('a', {
        line: 'red',
        cars: [{ name: 'two' }, { name: 'one', seats: 2 }],
        stops: ['y'],
      });
      expect(code).toBe(200);
      expect(body.spec).toMatchObject({
        speed: 5,
        cars: [
          { name: 'one', seats: 2 },
          { name: 'two', seats: 40 },
        ],
        stops: ['x', 'y'],
      });
    });

    it('merge built-in kinds as their lists are keyed', async () => {
      await yard.create(DEPLOYMENTS, deployment);
      const { body } = await patch(`${DEPLOYMENTS}/web?fieldManager=t`, APPLY, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec: { template: { spec: { containers: [{ name: 'side', image: 'side:2' }] } } },
      });
      const { containers } = (body.spec['template'] as { spec: { containers: { name: string; image: string }[] } })
        .spec;
      expect(containers.map(({ name, image }) => [name, image])).toEqual([
        ['web', 'web:1'],
        ['side', 'side:2'],
      ]);
    });

    it('write nothing when nothing differs', async () => {
      const first = await apply('a', { line: 'red' });
      const second = await apply('a', { line: 'red' });
      expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
    });

    it('can be YAML, need a field manager and a kind, and are validated', async () => {
      const yaml = 'apiVersion: rail.example.com/v1\nkind: Train\nspec: {line: red}\n';
      expect((await patch(`${TRAINS}/y?fieldManager=t`, APPLY, yaml)).code).toBe(201);
      expect((await apply('a', { line: 'red' }, '')).code).toBe(422);
      expect((await patch(`${TRAINS}/a?fieldManager=t`, APPLY, { spec: {} })).code).toBe(400);
      expect((await apply('a', { line: 'RED' })).code).toBe(422);
    });

    it('work on status through its subresource', async () => {
      await yard.createTrain('a');
      const config = { apiVersion: 'rail.example.com/v1', kind: 'Train', status: { phase: 'Going' } };
      const { body } = await patch(`${TRAINS}/a/status?fieldManager=t`, APPLY, config);
      expect(body).toMatchObject({ spec: { line: 'red' }, status: { phase: 'Going' } });
    });
  });
});
