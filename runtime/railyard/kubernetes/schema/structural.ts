import { RE2JS } from 're2js';
import { isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json';

/** A CEL rule as a CRD states it. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  /** Where the error is reported, relative to the value under the rule, such as `.spec.name`. */
  readonly fieldPath?: string;
  readonly optionalOldSelf: boolean;
}

/**
 * A structural schema, made ready for walking along a value.
 *
 * Written by hand instead of compiling to a JSON Schema validator: the same walk has to prune, to default, to correlate
 * with the old object for transition rules and ratcheting, and to report in Kubernetes' words; a generic validator does
 * only the checking, with `nullable`, int-or-string and the list types foreign to it and every message to translate.
 */
export interface Schema {
  /** The JSON it was made from, for OpenAPI. */
  readonly source: JsonObject;
  readonly type: string;
  readonly nullable: boolean;
  readonly intOrString: boolean;
  readonly preserveUnknown: boolean;
  /** `x-kubernetes-embedded-resource`: apiVersion, kind and metadata are known in it. */
  readonly embedded: boolean;
  readonly properties: ReadonlyMap<string, Schema>;
  readonly additional: Schema | true | undefined;
  readonly items: Schema | undefined;
  readonly required: readonly string[];
  readonly default: Json | undefined;
  readonly enumeration: readonly Json[] | undefined;
  readonly pattern: string | undefined;
  readonly format: string | undefined;
  /** Bounds by their JSON Schema names: minLength, maxItems, multipleOf, ... */
  readonly bounds: Readonly<Record<string, number>>;
  readonly exclusiveMinimum: boolean;
  readonly exclusiveMaximum: boolean;
  readonly listType: string | undefined;
  readonly listKeys: readonly string[];
  readonly allOf: readonly Schema[];
  readonly anyOf: readonly Schema[];
  readonly oneOf: readonly Schema[];
  readonly not: Schema | undefined;
  readonly rules: readonly Rule[];
  /** Whether this schema or one below it has a default, or a rule: walks that look for them stop where there is none. */
  readonly holds: { defaults: boolean; rules: boolean };
}

const BOUNDS = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minimum',
  'maximum',
  'multipleOf',
] as const;

/** Named schemas that `$ref: '#/components/schemas/<name>'` may point to. */
export type Definitions = Readonly<Record<string, JsonObject>>;

/** Compiles schemas of one document; equal references give the same object, so that schemas may contain themselves. */
export class SchemaCompiler {
  private readonly named = new Map<string, Schema>();

  constructor(private readonly definitions: Definitions = {}) {}

  compile(source: JsonObject): Schema {
    const reference = textAt(source['$ref']);
    if (reference !== undefined) return this.resolve(reference.replace('#/components/schemas/', ''), source);
    return this.build(source);
  }

  private resolve(name: string, source: JsonObject): Schema {
    const known = this.named.get(name);
    if (known) return known;
    const definition = this.definitions[name];
    if (!definition) throw new Error(`schema refers to ${name}, which is not defined`);
    const built = this.build(definition, name);
    return source['default'] === undefined ? built : { ...built, default: source['default'] };
  }

  private build(source: JsonObject, name?: string): Schema {
    const properties = new Map<string, Schema>();
    const holds = { defaults: source['default'] !== undefined, rules: false };
    const schema: Omit<Schema, 'additional' | 'items'> & { additional: Schema | true | undefined; items?: Schema } = {
      source,
      type: textAt(source['type']) ?? '',
      nullable: source['nullable'] === true,
      intOrString: source['x-kubernetes-int-or-string'] === true,
      preserveUnknown: source['x-kubernetes-preserve-unknown-fields'] === true,
      embedded: source['x-kubernetes-embedded-resource'] === true,
      properties,
      additional: source['additionalProperties'] === true ? true : undefined,
      required: listAt(source['required']).flatMap((field) => textAt(field) ?? []),
      default: source['default'],
      enumeration: Array.isArray(source['enum']) ? source['enum'] : undefined,
      pattern: textAt(source['pattern']),
      format: textAt(source['format']),
      bounds: boundsOf(source),
      exclusiveMinimum: source['exclusiveMinimum'] === true,
      exclusiveMaximum: source['exclusiveMaximum'] === true,
      listType: textAt(source['x-kubernetes-list-type']),
      listKeys: listAt(source['x-kubernetes-list-map-keys']).flatMap((key) => textAt(key) ?? []),
      allOf: listAt(source['allOf'])
        .filter(isObject)
        .map((one) => this.compile(one)),
      anyOf: listAt(source['anyOf'])
        .filter(isObject)
        .map((one) => this.compile(one)),
      oneOf: listAt(source['oneOf'])
        .filter(isObject)
        .map((one) => this.compile(one)),
      not: isObject(source['not']) ? this.compile(source['not']) : undefined,
      rules: rulesOf(source),
      holds,
      items: undefined,
    };
    if (name !== undefined) this.named.set(name, schema as Schema);
    for (const [field, child] of Object.entries(objectAt(source['properties']))) {
      if (isObject(child)) properties.set(field, this.compile(child));
    }
    if (isObject(source['additionalProperties'])) schema.additional = this.compile(source['additionalProperties']);
    if (isObject(source['items'])) schema.items = this.compile(source['items']);
    const children = [...properties.values(), schema.items, schema.additional === true ? undefined : schema.additional];
    holds.defaults ||= children.some((child) => child?.holds.defaults);
    holds.rules = schema.rules.length > 0 || children.some((child) => child?.holds.rules);
    return schema as Schema;
  }
}

function boundsOf(source: JsonObject): Record<string, number> {
  const bounds: Record<string, number> = {};
  for (const name of BOUNDS) {
    const bound = source[name];
    if (typeof bound === 'number') bounds[name] = bound;
  }
  return bounds;
}

function rulesOf(source: JsonObject): Rule[] {
  return listAt(source['x-kubernetes-validations'])
    .filter(isObject)
    .map((rule) => ({
      rule: textAt(rule['rule']) ?? '',
      message: textAt(rule['message']),
      messageExpression: textAt(rule['messageExpression']),
      reason: textAt(rule['reason']),
      fieldPath: textAt(rule['fieldPath']),
      optionalOldSelf: rule['optionalOldSelf'] === true,
    }));
}

const patterns = new Map<string, RE2JS>();

/** The compiled form of an RE2 expression: what Go's servers use, and linear in time whatever the expression. */
export function re2(pattern: string): RE2JS {
  let compiled = patterns.get(pattern);
  if (!compiled) patterns.set(pattern, (compiled = RE2JS.compile(pattern)));
  return compiled;
}

/** `path` with one more field, as error messages write it: `spec.stations`, or `spec.labels[a.b/c]` for map keys. */
export function pathTo(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}
