import { Environment } from '@marcbachmann/cel-js';
import { Type, type TSchema } from '@sinclair/typebox';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { crds, crdsYaml, type CustomResourceDefinition } from '../../../lib/api/crd';
import { structural, type StructuralSchema } from '../../../lib/api/crd-schema';
import { DEFINITIONS } from '../../../lib/api/kinds';
import * as s from '../../../lib/api/schema';

function schemaOf(crd: CustomResourceDefinition): StructuralSchema {
  const [version] = crd.spec.versions;
  if (version === undefined) throw new Error(`${crd.metadata.name} has no version`);
  return version.schema.openAPIV3Schema;
}

/** Every schema inside a schema with its path. */
function* parts(schema: StructuralSchema, path = ''): Generator<[string, StructuralSchema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {})) yield* parts(property, `${path}.${name}`);
  if (schema.items !== undefined) yield* parts(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) yield* parts(schema.additionalProperties, `${path}.*`);
}

const everyPart = (): [string, StructuralSchema][] =>
  crds().flatMap((crd) => [...parts(schemaOf(crd), crd.spec.names.kind)]);

describe('The definitions', () => {
  test('are those of Track, Station and Ticket, namespaced, with short names, category and status', () => {
    expect(
      crds().map(({ metadata, spec }) => [metadata.name, spec.scope, spec.names.shortNames, spec.names.categories]),
    ).toEqual([
      ['tracks.k8sta.io', 'Namespaced', ['tk'], ['k8sta']],
      ['stations.k8sta.io', 'Namespaced', ['st'], ['k8sta']],
      ['tickets.k8sta.io', 'Namespaced', ['tt'], ['k8sta']],
    ]);
    for (const { spec } of crds()) {
      expect(spec.versions).toEqual([
        expect.objectContaining({ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } }),
      ]);
    }
  });

  test('show columns that tell the story', () => {
    const columns = crds().map((crd) => crd.spec.versions[0]?.additionalPrinterColumns.map(({ name }) => name));
    expect(columns).toEqual([
      ['Subscriptions', 'Stations', 'Tickets', 'Ready', 'Age'],
      ['Shows', 'Occupant', 'Health', 'Gates', 'Held', 'Age'],
      ['Track', 'Parent', 'Change', 'Station', 'Phase', 'Waiting', 'Age'],
    ]);
  });

  test('show columns of fields that exist', () => {
    for (const crd of crds()) {
      const paths = new Set([...parts(schemaOf(crd))].map(([path]) => path));
      for (const { jsonPath } of crd.spec.versions[0]?.additionalPrinterColumns ?? []) {
        if (jsonPath.startsWith('.metadata.')) continue;
        expect(paths).toContain(jsonPath.replace(/\[\?\([^)]*\)\]/, '[]'));
      }
    }
  });

  test('describe every field', () => {
    const silent = everyPart().filter(
      ([path, { description }]) => description === undefined && !path.endsWith('.metadata'),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('bound every text and list, so that CEL and etcd know what to expect', () => {
    const unbounded = everyPart().filter(
      ([path, part]) =>
        !/^\w+\.(apiVersion|kind)$/.test(path) &&
        ((part.type === 'string' &&
          part.enum === undefined &&
          part.format === undefined &&
          part.maxLength === undefined) ||
          (part.type === 'array' && part.maxItems === undefined)),
    );
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  test('say of every list how it merges', () => {
    const silent = everyPart().filter(
      ([, part]) => part.type === 'array' && part['x-kubernetes-list-type'] === undefined,
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('call no field what YAML 1.1 reads as true or false', () => {
    const names = everyPart().map(([path]) => path.split('.').at(-1));
    for (const word of ['y', 'n', 'yes', 'no', 'on', 'off']) expect(names).not.toContain(word);
  });

  test('ask for no field that has a default', () => {
    for (const [path, { required = [], properties = {} }] of everyPart()) {
      for (const name of required) expect([path, name, properties[name]?.default]).toEqual([path, name, undefined]);
    }
  });

  test('offer examples that their own patterns admit', () => {
    const offered = everyPart().filter(([, part]) => part.example !== undefined && part.pattern !== undefined);
    expect(offered.length).toBeGreaterThan(10);
    for (const [path, { example, pattern = '' }] of offered) {
      expect([path, typeof example === 'string' && new RegExp(pattern).test(example)]).toEqual([path, true]);
    }
  });

  test('are the same bytes each time, and YAML that reads back as the definitions', () => {
    expect(crdsYaml()).toBe(crdsYaml());
    const documents = parseAllDocuments(crdsYaml()).map((document) => document.toJS() as unknown);
    expect(documents).toEqual(JSON.parse(JSON.stringify(crds())));
  });
});

describe('From TypeBox to a structural schema', () => {
  test.each<[string, TSchema, StructuralSchema]>([
    ['a literal is an enum', Type.Literal('a'), { type: 'string', enum: ['a'] }],
    [
      'a union of literals is an enum',
      Type.Union([Type.Literal(1), Type.Literal(2)], { description: 'd', default: 1 }),
      { description: 'd', default: 1, type: 'number', enum: [1, 2] },
    ],
    ['words are an enum', s.words('d', ['a', 'b']), { description: 'd', type: 'string', enum: ['a', 'b'] }],
    ['a union with null is nullable', Type.Union([Type.String(), Type.Null()]), { type: 'string', nullable: true }],
    [
      'exclusive bounds are flags',
      Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 9 }),
      { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true, type: 'number' },
    ],
    [
      'a record is a map',
      Type.Record(Type.String(), Type.Integer(), { maxProperties: 3 }),
      { maxProperties: 3, type: 'object', additionalProperties: { type: 'integer' } },
    ],
    [
      'additionalProperties beside properties is dropped',
      Type.Object({ a: Type.String() }, { additionalProperties: false }),
      { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
    ],
    [
      'a field with a default is not required',
      Type.Object({ a: Type.String({ default: '' }), b: Type.Optional(Type.String()) }),
      { type: 'object', properties: { a: { default: '', type: 'string' }, b: { type: 'string' } } },
    ],
    ['an object without fields is empty', Type.Object({}), { type: 'object' }],
    ['a format is kept', Type.String({ format: 'date-time' }), { format: 'date-time', type: 'string' }],
    [
      'a rule keeps its words only',
      Type.Object({}, s.rules(s.exactlyOne('a'))),
      {
        type: 'object',
        'x-kubernetes-validations': [
          { rule: '[has(self.a)].exists_one(x, x)', message: 'exactly one of a must be set' },
        ],
      },
    ],
  ])('%s', (_, schema, expected) => {
    expect(structural(schema, 'spec')).toEqual(expected);
  });

  test.each<[string, TSchema, string]>([
    ['a union of objects', Type.Union([Type.Object({}), Type.String()]), 'a union of different shapes'],
    ['an intersection', Type.Intersect([Type.Object({}), Type.Object({})]), "'allOf'"],
    ['a tuple', Type.Tuple([Type.String()]), "'additionalItems'"],
    ['anything', Type.Unknown(), 'needs one of object, array'],
    ['unique items', Type.Array(Type.String(), { uniqueItems: true }), "'uniqueItems'"],
    ['words of two types', Type.Union([Type.Literal(1), Type.Literal('a')]), 'all strings, all numbers'],
  ])('%s is refused, and the path is named', (_, schema, why) => {
    const whole = Type.Object({ a: Type.Array(Type.Object({ b: schema })) });
    expect(() => structural(whole, 'spec')).toThrow(`spec.a[].b: `);
    expect(() => structural(whole, 'spec')).toThrow(why);
  });

  test('what it gives is nobody else’s to change', () => {
    const [first] = crds();
    const schema = first && schemaOf(first).properties?.spec;
    schema?.required?.push('weather');
    expect(crdsYaml()).not.toContain('- weather');
  });
});

describe('Rules', () => {
  /** Every rule that is written twice: as CEL, and for readers without a CEL engine. */
  function* twins(schema: TSchema): Generator<{ rule: s.Rule; schema: TSchema }> {
    for (const rule of s.rulesOf(schema)) if (rule.holds !== undefined) yield { rule, schema };
    for (const part of Object.values((schema.properties ?? {}) as Record<string, TSchema>)) yield* twins(part);
    if (schema.items !== undefined) yield* twins(schema.items as TSchema);
  }
  const all = Object.values(DEFINITIONS).flatMap(({ spec, status }) => [...twins(spec), ...twins(status)]);
  const ofObjects = all.filter(({ schema }) => schema.type === 'object');
  const ofTexts = all.filter(({ schema }) => schema.type === 'string');
  const cel = new Environment().registerVariable('self', 'dyn');

  test.each(ofObjects.map(({ rule, schema }) => [rule.rule, rule, schema] as const))(
    'say the same in CEL and natively: %s',
    (_, rule, schema) => {
      const names = Object.keys(schema.properties as object);
      fc.assert(
        fc.property(fc.subarray(names), (chosen) => {
          const self = Object.fromEntries(chosen.map((name) => [name, name]));
          expect(cel.evaluate(rule.rule, { self })).toBe(rule.holds?.(self));
        }),
      );
    },
  );

  test.each(ofTexts.map(({ rule }) => [rule.rule, rule] as const))(
    'say the same in CEL and natively: %s',
    (_, rule) => {
      const words = fc.array(fc.constantFrom('a', '.', '.lock', 'lock', '/', '-'), { maxLength: 6 });
      fc.assert(
        fc.property(words, (parts) => {
          const self = parts.join('');
          expect(cel.evaluate(rule.rule, { self })).toBe(rule.holds?.(self));
        }),
      );
    },
  );

  test.each([...DEFINITIONS.Track.rules, ...DEFINITIONS.Station.rules].map((rule) => [rule.rule, rule] as const))(
    'of names say the same in CEL and natively: %s',
    (_, rule) => {
      const names = fc.oneof(fc.constant('lock'), fc.stringMatching(/^[a-z0-9.-]{1,45}$/));
      fc.assert(
        fc.property(names, (name) => {
          const self = { metadata: { name } };
          expect(cel.evaluate(rule.rule, { self })).toBe(rule.holds?.(self));
        }),
      );
    },
  );
});
