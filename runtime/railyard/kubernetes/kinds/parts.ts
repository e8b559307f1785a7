import type { Json, JsonObject } from '../json';

/** The words in which the schemas of built-in kinds are written. */

export const text = (description?: string): JsonObject => ({ type: 'string', ...described(description) });
export const integer = (description?: string): JsonObject => ({
  type: 'integer',
  format: 'int64',
  ...described(description),
});
export const flag = (description?: string): JsonObject => ({ type: 'boolean', ...described(description) });
export const time = (description?: string): JsonObject => ({
  type: 'string',
  format: 'date-time',
  nullable: true,
  ...described(description),
});
export const bytes = (): JsonObject => ({ type: 'string', format: 'byte' });
export const oneOf = (...values: string[]): JsonObject => ({ type: 'string', enum: values });
export const intOrString = (description?: string): JsonObject => ({
  'x-kubernetes-int-or-string': true,
  ...described(description),
});
export const mapOf = (values: JsonObject, description?: string): JsonObject => ({
  type: 'object',
  additionalProperties: values,
  ...described(description),
});
export const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** A list that is replaced as a whole. */
export const listOf = (items: JsonObject, description?: string): JsonObject => ({
  type: 'array',
  items,
  ...described(description),
});

/** A list whose items are told apart by fields. */
export const keyedList = (items: JsonObject, ...keys: string[]): JsonObject => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

export const setOf = (items: JsonObject): JsonObject => ({ type: 'array', items, 'x-kubernetes-list-type': 'set' });

export const object = (
  properties: Record<string, JsonObject>,
  required: string[] = [],
  description?: string,
): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required: [...required] } : {}),
  ...described(description),
});

/** A part whose fields this server neither knows nor checks. */
export const anything = (description?: string): JsonObject => ({
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  ...described(description),
});

export const anyValue: JsonObject = { 'x-kubernetes-preserve-unknown-fields': true };

export const withDefault = (schema: JsonObject, value: Json): JsonObject => ({ ...schema, default: value });

function described(description: string | undefined): JsonObject {
  return description === undefined ? {} : { description };
}
