import { isObject, type Json, type JsonObject } from '../json';
import type { Schema } from '../schema/structural';
import { isMergedSet, mergeByKey, mergeKeyOf, union } from './lists';

/**
 * Server-side apply: lays what is applied over what is there. Lists are merged as their schema says (map by key, set as
 * union, everything else as a whole); in parts without schema, as built-in kinds do.
 */
export function applied(schema: Schema | undefined, current: JsonObject, config: JsonObject): JsonObject {
  const merged: JsonObject = { ...current };
  for (const [field, value] of Object.entries(config)) {
    if (value === undefined) continue;
    merged[field] = appliedValue(fieldSchema(schema, field), field, merged[field], value);
  }
  return merged;
}

function fieldSchema(schema: Schema | undefined, field: string): Schema | undefined {
  const known = schema?.properties.get(field);
  if (known) return known;
  return schema?.additional === true ? undefined : schema?.additional;
}

function appliedValue(schema: Schema | undefined, field: string, current: Json | undefined, value: Json): Json {
  if (isObject(value)) return isObject(current) ? applied(schema, current, value) : value;
  if (!Array.isArray(value) || !Array.isArray(current)) return value;
  switch (schema?.listType) {
    case 'map':
      return mergeByKey(schema.listKeys, current, value, (before, after) => applied(schema.items, before, after));
    case 'set':
      return union(current, value);
    case undefined: {
      if (schema !== undefined && !schema.preserveUnknown && schema.items !== undefined) return value;
      if (isMergedSet(field)) return union(current, value);
      const key = mergeKeyOf(field, current, value);
      if (key === undefined) return value;
      return mergeByKey([key], current, value, (before, after) => applied(schema?.items, before, after));
    }
    default:
      return value;
  }
}
