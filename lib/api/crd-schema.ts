/** From TypeBox to the structural schemas that Kubernetes accepts in a CustomResourceDefinition. */

import { type TSchema } from '@sinclair/typebox';
import { rulesOf, type Rule } from './schema';

/** A value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The part of `apiextensions.k8s.io/v1` JSONSchemaProps that our schemas use. */
export interface StructuralSchema {
  description?: string;
  type?: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';
  format?: string;
  nullable?: true;
  default?: Json;
  example?: Json;
  enum?: Json[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  exclusiveMinimum?: true;
  maximum?: number;
  exclusiveMaximum?: true;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  required?: string[];
  properties?: Record<string, StructuralSchema>;
  additionalProperties?: StructuralSchema;
  items?: StructuralSchema;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  'x-kubernetes-preserve-unknown-fields'?: true;
  'x-kubernetes-validations'?: Pick<Rule, 'rule' | 'message'>[];
}

/** Keywords that mean the same in both, in the order in which they are written. */
const COPIED = [
  'description',
  'format',
  'default',
  'example',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-preserve-unknown-fields',
] as const;

/** Keywords that are translated below, or that say something that a CRD says by itself. */
const TRANSLATED = new Set([
  'type',
  'const',
  'enum',
  'anyOf',
  'required',
  'properties',
  'patternProperties',
  'additionalProperties',
  'items',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'x-kubernetes-validations',
]);

const known = (keyword: string): boolean => TRANSLATED.has(keyword) || (COPIED as readonly string[]).includes(keyword);

/**
 * The structural schema of a TypeBox schema.
 *
 * @param path where the schema stands, for errors
 * @throws Error naming the path when the schema says something that a CRD cannot: a union of different shapes, a tuple,
 *   an intersection, a keyword that Kubernetes would refuse or ignore
 */
export function structural(schema: TSchema, path: string): StructuralSchema {
  const alternatives = alternativesOf(schema);
  if (alternatives !== undefined) return union(schema, alternatives, path);
  const unknown = Object.keys(schema).filter((keyword) => !known(keyword));
  if (unknown.length > 0) {
    throw new Error(`${path}: a CRD has no word for ${unknown.map((word) => `'${word}'`).join(', ')}: say it in CEL`);
  }
  return { ...copy(schema), ...bounds(schema), ...typed(schema, path), ...validations(rulesOf(schema)) };
}

/** What a CRD says of CEL rules: nothing where there are none. */
export const validations = (list: readonly Rule[]): StructuralSchema =>
  list.length > 0 ? { 'x-kubernetes-validations': list.map(({ rule, message }) => ({ rule, message })) } : {};

function alternativesOf(schema: TSchema): readonly TSchema[] | undefined {
  const anyOf: unknown = schema.anyOf;
  return Array.isArray(anyOf) ? (anyOf as readonly TSchema[]) : undefined;
}

/** A union of literals is an enum, a union with null is nullable; all other unions have no structural schema. */
function union(schema: TSchema, alternatives: readonly TSchema[], path: string): StructuralSchema {
  const rest = alternatives.filter((alternative) => alternative.type !== 'null');
  const outer: TSchema = { ...schema, anyOf: undefined };
  if (rest.length > 0 && rest.every((alternative) => alternative.const !== undefined)) {
    const values = rest.map((alternative): unknown => alternative.const);
    const result = structural({ ...outer, enum: values }, path);
    return rest.length < alternatives.length ? { ...result, nullable: true } : result;
  }
  const [only] = rest;
  if (only !== undefined && rest.length === 1 && rest.length < alternatives.length) {
    return { ...structural({ ...only, ...outer }, path), nullable: true };
  }
  throw new Error(`${path}: a union of different shapes is not structural: use one object with exactlyOne`);
}

function copy(schema: TSchema): StructuralSchema {
  const result: Record<string, unknown> = {};
  for (const keyword of COPIED) {
    if (schema[keyword] !== undefined) result[keyword] = structuredClone(schema[keyword]);
  }
  return result;
}

/** JSON Schema writes an exclusive bound as a number, CRDs as a flag beside the bound. */
function bounds(schema: TSchema): StructuralSchema {
  const result: StructuralSchema = {};
  if (typeof schema.exclusiveMinimum === 'number') {
    result.minimum = schema.exclusiveMinimum;
    result.exclusiveMinimum = true;
  }
  if (typeof schema.exclusiveMaximum === 'number') {
    result.maximum = schema.exclusiveMaximum;
    result.exclusiveMaximum = true;
  }
  return result;
}

function typed(schema: TSchema, path: string): StructuralSchema {
  const constant: unknown = schema.const;
  if (constant !== undefined) return enumeration([constant], path);
  if (Array.isArray(schema.enum)) return enumeration(schema.enum, path);
  const type: unknown = schema.type;
  switch (type) {
    case 'object':
      return { type: 'object', ...members(schema, path) };
    case 'array':
      return { type: 'array', ...elements(schema, path) };
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return { type };
    default:
      throw new Error(`${path}: a CRD needs one of object, array, string, boolean, integer, number here`);
  }
}

function enumeration(values: readonly unknown[], path: string): StructuralSchema {
  const kinds = new Set(values.map((value) => typeof value));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'string' && kind !== 'number' && kind !== 'boolean')) {
    throw new Error(`${path}: the values of an enum are all strings, all numbers or all booleans`);
  }
  return { type: kind, enum: values as Json[] };
}

/** Objects with fields drop `additionalProperties`: a CRD prunes what it does not know. Records become maps. */
function members(schema: TSchema, path: string): StructuralSchema {
  const patterns = schema.patternProperties as Record<string, TSchema> | undefined;
  if (patterns !== undefined) {
    const [values, second] = Object.values(patterns);
    if (values === undefined || second !== undefined) throw new Error(`${path}: a map has one kind of value`);
    return { additionalProperties: structural(values, `${path}.*`) };
  }
  const properties = schema.properties as Record<string, TSchema> | undefined;
  if (properties === undefined || Object.keys(properties).length === 0) return {};
  const required = Array.isArray(schema.required) ? (schema.required as readonly string[]) : [];
  // A field with a default is never missing, and asking for it would only lengthen what people write.
  const asked = required.filter((name) => properties[name]?.default === undefined);
  return {
    ...(asked.length > 0 ? { required: asked } : {}),
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, structural(value, `${path}.${name}`)]),
    ),
  };
}

function elements(schema: TSchema, path: string): StructuralSchema {
  const items: unknown = schema.items;
  if (typeof items !== 'object' || items === null || Array.isArray(items)) {
    throw new Error(`${path}: a list has one kind of element`);
  }
  // Every TypeBox array carries a schema here; tuples, the other case, were refused above.
  return { items: structural(items as TSchema, `${path}[]`) };
}
