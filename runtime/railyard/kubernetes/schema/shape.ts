import { copyOf, isObject, type Json, type JsonObject } from '../json';
import { pathTo, type Schema } from './structural';

/** Fields that every embedded resource may have, whatever its schema lists. */
const OF_EVERY_RESOURCE = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Removes from `value`, in place, what the schema does not know, and reports each removed field's path.
 */
export function prune(schema: Schema, value: Json, path: string, removed: string[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) value.forEach((item, position) => prune(items, item, `${path}[${position}]`, removed));
    return;
  }
  if (!isObject(value)) return;
  for (const field of Object.keys(value)) {
    const child = childOf(schema, field);
    const below = pathTo(path, field);
    if (child === undefined) {
      delete value[field];
      removed.push(below);
    } else if (child !== 'any') {
      const inside = value[field];
      if (inside !== undefined) prune(child, inside, below, removed);
    }
  }
}

function childOf(schema: Schema, field: string): Schema | 'any' | undefined {
  const known = schema.properties.get(field);
  if (known) return known;
  if (schema.additional === true) return 'any';
  if (schema.additional) return schema.additional;
  if (schema.embedded && OF_EVERY_RESOURCE.has(field)) return 'any';
  return schema.preserveUnknown ? 'any' : undefined;
}

/**
 * Fills in defaults, in place, where the parent exists, and removes `null` from fields that are not nullable (a default
 * then takes its place).
 */
export function applyDefaults(schema: Schema, value: Json): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const item of value) applyDefaults(items, item);
    return;
  }
  if (!isObject(value)) return;
  for (const [field, child] of schema.properties) defaultField(value, field, child);
  const { additional } = schema;
  if (additional === undefined || additional === true) return;
  for (const [field, inside] of Object.entries(value)) {
    if (schema.properties.has(field) || inside === undefined) continue;
    if (inside === null && !additional.nullable) delete value[field];
    else applyDefaults(additional, inside);
  }
}

function defaultField(value: JsonObject, field: string, child: Schema): void {
  const present = value[field];
  const missing = present === undefined || (present === null && !child.nullable);
  if (!missing) {
    applyDefaults(child, present);
    return;
  }
  if (child.default !== undefined) {
    const fallback = copyOf(child.default);
    value[field] = fallback;
    applyDefaults(child, fallback);
  } else if (present === null && !child.preserveUnknown) {
    delete value[field];
  }
}
