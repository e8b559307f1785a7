import { eventually } from '../../../waiting';
import { DEFINITIONS, TRAINS, Yard, type Body } from './client';
import { definition, train, trains } from './definitions';

const versionOf = (spec: Record<string, unknown>): Record<string, unknown> =>
  (spec['versions'] as Record<string, unknown>[])[0] ?? {};

/** A definition whose spec has one field, `value`, with this schema. */
function withValue(value: unknown): Record<string, unknown> {
  return trains((spec) => {
    versionOf(spec)['schema'] = {
      openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { value } } } },
    };
    delete versionOf(spec)['selectableFields'];
  });
}

describe('schemas', () => {
  let yard: Yard;
  beforeEach(async () => {
    yard = await Yard.open();
  });
  afterEach(() => yard.close());

  const refused = async (spec: Record<string, unknown>): Promise<Body> => {
    const { code, body } = await yard.post(TRAINS, train('a', spec));
    expect([code, body.reason]).toEqual([422, 'Invalid']);
    return body;
  };

  describe('of trains', () => {
    beforeEach(() => yard.defineTrains());

    it('fill in defaults, also in lists and below defaulted parents', async () => {
      const made = await yard.createTrain('a', { line: 'red', cars: [{ name: 'one' }] });
      expect(made.spec).toEqual({
        line: 'red',
        speed: 80,
        longest: 3,
        kind: 'Local',
        brakes: { kind: 'air' },
        cars: [{ name: 'one', seats: 40 }],
      });
    });

    it('prune what they do not know, keep what is declared free, and warn', async () => {
      const sent = train('a', {
        line: 'red',
        colour: 'green',
        freight: { any: { thing: [1] } },
        cars: [{ name: 'x', y: 1 }],
      });
      const { code, body, headers } = await yard.post(TRAINS, sent);
      expect(code).toBe(201);
      expect(body.spec).not.toHaveProperty('colour');
      expect(body.spec).toMatchObject({ freight: { any: { thing: [1] } }, cars: [{ name: 'x', seats: 40 }] });
      expect(headers.get('warning')).toContain('299 - "unknown field \\"spec.colour\\""');
      expect(headers.get('warning')).toContain('spec.cars[0].y');
    });

    it('refuse unknown fields when asked to be strict, and stay silent when asked to ignore', async () => {
      const sent = train('a', { line: 'red', colour: 'green' });
      const strict = await yard.post(`${TRAINS}?fieldValidation=Strict`, sent);
      expect([strict.code, strict.body.reason, strict.body.message]).toEqual([
        400,
        'BadRequest',
        'Train in version "v1" cannot be handled as a Train: strict decoding error: unknown field "spec.colour"',
      ]);
      const ignored = await yard.post(`${TRAINS}?fieldValidation=Ignore`, sent);
      expect([ignored.code, ignored.headers.get('warning')]).toEqual([201, null]);
    });

    it('report every violation at once, each with its field', async () => {
      const body = await refused({
        line: 'RED!',
        speed: 'fast',
        kind: 'Bus',
        longest: 1.5,
        stops: ['a', 'a'],
        cars: [{ name: 'x' }, { name: 'x' }, {}],
        fare: true,
        departs: 'tomorrow',
      });
      const causes = Object.fromEntries(body.details.causes.map(({ field, message }) => [field, message]));
      expect(causes).toMatchObject({
        'spec.line': `Invalid value: "RED!": spec.line in body should match '^[a-z]+$'`,
        'spec.speed': 'Invalid value: "string": spec.speed in body must be of type integer: "string"',
        'spec.kind': 'Unsupported value: "Bus": supported values: "Local", "Express"',
        'spec.longest': 'Invalid value: "number": spec.longest in body must be of type integer: "number"',
        'spec.stops[1]': 'Duplicate value: "a"',
        'spec.cars[1]': 'Duplicate value: {"name":"x"}',
        'spec.cars[2].name': 'Required value',
        'spec.fare': 'Invalid value: "boolean": spec.fare in body must be of type integer,string: "boolean"',
        'spec.departs': 'Invalid value: "tomorrow": spec.departs in body must be of type date-time: "tomorrow"',
      });
    });

    it('report missing and too large values', async () => {
      expect((await refused({})).message).toContain('spec.line: Required value');
      const body = await refused({
        line: 'abcdefghijklmnop',
        speed: 301,
        cars: Array.from({ length: 11 }, (_, at) => ({ name: `c${at}` })),
      });
      const messages = body.details.causes.map(({ message }) => message);
      expect(messages).toEqual(
        expect.arrayContaining([
          'Too long: may not be more than 12 bytes',
          'Invalid value: 301: spec.speed in body should be less than or equal to 300',
          'Too many: 11: must have at most 10 items',
        ]),
      );
    });

    it('take an integer or a string where both are allowed, and null where it is', async () => {
      expect((await yard.createTrain('a', { line: 'red', fare: 3, note: null })).spec).toMatchObject({
        fare: 3,
        note: null,
      });
      expect((await yard.createTrain('b', { line: 'red', fare: '30%' })).spec).toMatchObject({ fare: '30%' });
    });

    it('take null for absent where it is not allowed', async () => {
      const { spec } = await yard.createTrain('a', { line: 'red', speed: null, departs: null });
      expect(spec['speed']).toBe(80);
      expect(spec).not.toHaveProperty('departs');
    });

    it('check rules, with messages that are computed', async () => {
      const body = await refused({ line: 'red', longest: 1, cars: [{ name: 'x' }, { name: 'y' }] });
      expect(body.message).toBe('Train.rail.example.com "a" is invalid: spec: Invalid value: at most 1 cars');
    });

    it('check rules about changes on updates only, at the field and with the reason that they name', async () => {
      await yard.createTrain('a');
      const { code, body } = await yard.merge(`${TRAINS}/a`, { spec: { line: 'blue' } });
      expect(code).toBe(422);
      expect(body.details.causes).toEqual([
        { reason: 'FieldValueForbidden', message: 'Forbidden: a train stays on its line', field: 'spec.line' },
      ]);
    });

    it('judge only what changed when a definition became stricter', async () => {
      await yard.createTrain('a', { line: 'red', speed: 250 });
      const { body } = await yard.get(`${DEFINITIONS}/trains.rail.example.com`);
      const stricter = JSON.parse(JSON.stringify(body).replace('"maximum":300', '"maximum":200')) as Body;
      expect((await yard.put(`${DEFINITIONS}/trains.rail.example.com`, stricter)).code).toBe(200);
      expect((await yard.merge(`${TRAINS}/a`, { spec: { longest: 5 } })).code).toBe(200);
      expect((await yard.merge(`${TRAINS}/a`, { spec: { speed: 240 } })).code).toBe(422);
    });

    it('give new defaults to old objects when they are read', async () => {
      await yard.createTrain('a');
      const { body } = await yard.get(`${DEFINITIONS}/trains.rail.example.com`);
      const text = JSON.stringify(body).replace('"departs":{', '"gauge":{"type":"integer","default":1435},"departs":{');
      await yard.put(`${DEFINITIONS}/trains.rail.example.com`, text);
      expect((await yard.get(`${TRAINS}/a`)).body.spec['gauge']).toBe(1435);
      expect((await yard.get(TRAINS)).body.items[0]?.spec['gauge']).toBe(1435);
    });
  });

  it.each([
    [
      'an immutable value',
      { type: 'string', maxLength: 9, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
      'a',
      'b',
    ],
    [
      'all over a list',
      {
        type: 'array',
        items: { type: 'string' },
        'x-kubernetes-validations': [{ rule: "self.all(x, !x.startsWith('-'))" }],
      },
      ['a'],
      ['a', '-b'],
    ],
    [
      'matches over the keys of a map',
      {
        type: 'object',
        additionalProperties: { type: 'string' },
        'x-kubernetes-validations': [{ rule: "self.all(k, k.matches('^[a-z]+$'))" }],
      },
      { ab: 'x' },
      { 'A-B': 'x' },
    ],
    [
      'exists_one of two',
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        'x-kubernetes-validations': [{ rule: '[has(self.a), has(self.b)].exists_one(x, x)' }],
      },
      { a: 'x' },
      { a: 'x', b: 'x' },
    ],
    [
      'integers and sizes',
      {
        type: 'object',
        properties: { list: { type: 'array', items: { type: 'integer' } }, most: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: 'size(self.list) <= self.most && self.list.all(i, i * 2 < 10)' }],
      },
      { list: [1, 4], most: 2 },
      { list: [5], most: 2 },
    ],
    [
      'fields with names that CEL cannot write',
      {
        type: 'object',
        properties: { 'in-out': { type: 'string' }, namespace: { type: 'string' } },
        'x-kubernetes-validations': [{ rule: 'self.in__dash__out == self.__namespace__' }],
      },
      { 'in-out': 'x', namespace: 'x' },
      { 'in-out': 'x', namespace: 'y' },
    ],
    [
      'optionalOldSelf',
      {
        type: 'integer',
        'x-kubernetes-validations': [{ rule: '!oldSelf.hasValue() || self > oldSelf.value()', optionalOldSelf: true }],
      },
      5,
      4,
    ],
    [
      'times',
      {
        type: 'string',
        format: 'date-time',
        'x-kubernetes-validations': [{ rule: "self > timestamp('2026-01-01T00:00:00Z')" }],
      },
      '2026-06-01T00:00:00Z',
      '2025-06-01T00:00:00Z',
    ],
    [
      'oneOf',
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        oneOf: [{ required: ['a'] }, { required: ['b'] }],
      },
      { a: 'x' },
      { a: 'x', b: 'y' },
    ],
    ['anyOf', { type: 'string', anyOf: [{ enum: ['x'] }, { pattern: '^y' }] }, 'yes', 'no'],
    ['not', { type: 'string', not: { enum: ['x'] } }, 'y', 'x'],
    ['format byte', { type: 'string', format: 'byte' }, 'YWI=', 'a!'],
  ])('understand %s', async (_what, value, good, bad) => {
    await yard.create(DEFINITIONS, withValue(value));
    await yard.createTrain('a', { value: good });
    const { code, body } = await yard.merge(`${TRAINS}/a`, { spec: { value: bad } });
    expect([code, body.reason]).toEqual([422, 'Invalid']);
    expect((await yard.get(`${TRAINS}/a`)).body.spec['value']).toEqual(good);
  });

  it('survive a pattern that would stop a backtracking matcher', async () => {
    const rule = "self.matches('^(a+)+$')";
    await yard.create(
      DEFINITIONS,
      withValue({ type: 'string', maxLength: 99, 'x-kubernetes-validations': [{ rule }], pattern: '^(a+)+.?$' }),
    );
    const start = Date.now();
    expect((await yard.post(TRAINS, train('a', { value: `${'a'.repeat(60)}!` }))).code).toBe(422);
    expect(Date.now() - start).toBeLessThan(2000);
  });

  it('report a rule that fails to evaluate as a violation', async () => {
    const rule = 'self.a == 1';
    await yard.create(
      DEFINITIONS,
      withValue({ type: 'object', properties: { a: { type: 'integer' } }, 'x-kubernetes-validations': [{ rule }] }),
    );
    const body = await refused({ value: {} });
    expect(body.message).toContain('No such key: a evaluating rule: self.a == 1');
  });

  it.each([
    ['a place without a type', { description: 'x' }, 'type'],
    [
      'properties beside additionalProperties',
      { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
      'additionalProperties',
    ],
    ['uniqueItems', { type: 'array', items: { type: 'string' }, uniqueItems: true }, 'uniqueItems'],
    ['a type inside anyOf', { type: 'string', anyOf: [{ type: 'string' }] }, 'anyOf[0].type'],
    [
      'a rule that does not parse',
      { type: 'string', 'x-kubernetes-validations': [{ rule: 'self ==' }] },
      'x-kubernetes-validations[0].rule',
    ],
    [
      'a rule with an unknown function',
      { type: 'string', 'x-kubernetes-validations': [{ rule: 'isQuantity(self)' }] },
      'x-kubernetes-validations[0].rule',
    ],
    ['a pattern that is no RE2', { type: 'string', pattern: '(?=x)' }, 'pattern'],
    [
      'list keys that items lack',
      {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['id'],
        items: { type: 'object', properties: {} },
      },
      'x-kubernetes-list-map-keys[0]',
    ],
  ])('with %s are refused', async (_what, value, field) => {
    const { code, body } = await yard.post(DEFINITIONS, withValue(value));
    expect(code).toBe(422);
    const root = 'spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[value]';
    expect(body.details.causes.map((cause) => cause.field)).toContain(`${root}.${field}`);
  });

  it('with fields that no schema has are refused when strict', async () => {
    const { code, body } = await yard.post(
      `${DEFINITIONS}?fieldValidation=Strict`,
      withValue({ type: 'string', const: 'x' }),
    );
    expect(code).toBe(400);
    expect(body.message).toContain(
      'unknown field "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.value.const"',
    );
  });
});

describe('definitions', () => {
  let yard: Yard;
  beforeEach(async () => {
    yard = await Yard.open();
  });
  afterEach(() => yard.close());

  it('are established at once, with the names that were left out', async () => {
    const made = await yard.create(DEFINITIONS, trains());
    expect(made.status).toMatchObject({
      acceptedNames: { plural: 'trains', singular: 'train', kind: 'Train', listKind: 'TrainList' },
      conditions: [
        { type: 'NamesAccepted', status: 'True' },
        { type: 'Established', status: 'True' },
      ],
      storedVersions: ['v1'],
    });
    expect((await yard.get(TRAINS)).body.kind).toBe('TrainList');
  });

  it('are refused with a name that is not plural.group, without a storage version, or with a conversion webhook', async () => {
    const wrong = trains((spec) => {
      versionOf(spec)['storage'] = false;
      spec['conversion'] = { strategy: 'Webhook', webhook: {} };
    });
    const { body } = await yard.post(DEFINITIONS, { ...wrong, metadata: { name: 'cars.rail.example.com' } });
    expect(body.details.causes.map(({ field }) => field)).toEqual([
      'metadata.name',
      'spec.versions',
      'spec.conversion.strategy',
    ]);
  });

  it('never change group, scope, plural or kind', async () => {
    const made = await yard.create(DEFINITIONS, trains());
    const changed = { ...made, spec: { ...made.spec, scope: 'Cluster' } };
    const { body } = await yard.put(`${DEFINITIONS}/trains.rail.example.com`, changed);
    expect(body.details.causes).toContainEqual(expect.objectContaining({ field: 'spec.scope' }));
  });

  it('with two versions serve each object in both', async () => {
    const two = trains((spec) => {
      const first = versionOf(spec);
      spec['versions'] = [first, { ...first, name: 'v1beta1', storage: false }];
    });
    await yard.create(DEFINITIONS, two);
    await yard.createTrain('a');
    const beta = '/apis/rail.example.com/v1beta1/namespaces/default/trains';
    expect((await yard.get(`${beta}/a`)).body).toMatchObject({
      apiVersion: 'rail.example.com/v1beta1',
      spec: { line: 'red' },
    });
    await yard.create(beta, { ...train('b'), apiVersion: 'rail.example.com/v1beta1' });
    expect((await yard.get(`${TRAINS}/b`)).body.apiVersion).toBe('rail.example.com/v1');
    expect((await yard.get(beta)).body.items.map(({ apiVersion }) => apiVersion)).toEqual([
      'rail.example.com/v1beta1',
      'rail.example.com/v1beta1',
    ]);
  });

  it('take their objects with them when they are deleted', async () => {
    await yard.create(DEFINITIONS, trains());
    await yard.createTrain('a');
    const watch = await yard.watch(TRAINS);
    await yard.delete(`${DEFINITIONS}/trains.rail.example.com`);
    await eventually(
      'the definition is gone',
      async () => (await yard.get(`${DEFINITIONS}/trains.rail.example.com`)).code === 404,
    );
    expect((await yard.get(TRAINS)).code).toBe(404);
    await eventually('the watch has ended', () => watch.ended);
    expect(watch.story).toEqual(['ADDED a', 'DELETED a']);
    await yard.create(DEFINITIONS, trains());
    expect((await yard.get(TRAINS)).body.items).toEqual([]);
  });

  it('of cluster scope serve objects without a namespace', async () => {
    await yard.create(
      DEFINITIONS,
      definition('signals.rail.example.com', {
        group: 'rail.example.com',
        scope: 'Cluster',
        names: { plural: 'signals', kind: 'Signal' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      }),
    );
    await yard.create('/apis/rail.example.com/v1/signals', {
      apiVersion: 'rail.example.com/v1',
      kind: 'Signal',
      metadata: { name: 's' },
    });
    expect((await yard.get('/apis/rail.example.com/v1/namespaces/default/signals')).code).toBe(404);
    expect((await yard.get('/apis/rail.example.com/v1/signals/s')).code).toBe(200);
  });
});
