import { isObject, sameJson, type Json, type JsonObject } from '../json';
import { because, type Cause } from '../status';
import { numberHasFormat, textHasFormat } from './formats';
import { pathTo, re2, type Schema } from './structural';

/**
 * Checks a pruned and defaulted value against its schema.
 *
 * @param old the value at the same place before an update. Where nothing changed, nothing is reported (ratcheting): an
 *   object that became invalid because the CRD was tightened can still be updated elsewhere.
 */
export function validate(schema: Schema, value: Json, old: Json | undefined, path: string, causes: Cause[]): void {
  if (old !== undefined && sameJson(value, old)) return;
  if (value === null) {
    if (!schema.nullable && (schema.type !== '' || schema.intOrString)) causes.push(wrongType(schema, 'null', path));
    return;
  }
  if (!hasType(schema, value)) {
    causes.push(wrongType(schema, typeName(value), path));
    return;
  }
  checkEnumeration(schema, value, path, causes);
  if (typeof value === 'string') checkText(schema, value, path, causes);
  else if (typeof value === 'number') checkNumber(schema, value, path, causes);
  else if (Array.isArray(value)) checkList(schema, value, old, path, causes);
  else if (isObject(value)) checkObject(schema, value, old, path, causes);
  checkCombinations(schema, value, path, causes);
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function hasType(schema: Schema, value: Json): boolean {
  const actual = typeName(value);
  if (schema.intOrString) return actual === 'integer' || actual === 'string';
  return schema.type === '' || schema.type === actual || (schema.type === 'number' && actual === 'integer');
}

function wrongType(schema: Schema, actual: string, path: string): Cause {
  const wanted = schema.intOrString ? 'integer,string' : schema.type;
  return because.type(path, actual, `${path} in body must be of type ${wanted}: "${actual}"`);
}

function checkEnumeration(schema: Schema, value: Json, path: string, causes: Cause[]): void {
  const { enumeration } = schema;
  if (enumeration && !enumeration.some((one) => sameJson(one, value))) {
    causes.push(because.unsupported(path, value, enumeration));
  }
}

function checkText(schema: Schema, value: string, path: string, causes: Cause[]): void {
  const { minLength, maxLength } = schema.bounds;
  // Kubernetes counts code points, not UTF-16 units.
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) causes.push(because.tooLong(path, maxLength));
  if (minLength !== undefined && length < minLength) {
    causes.push(because.invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (schema.pattern !== undefined && !re2(schema.pattern).test(value)) {
    causes.push(because.invalid(path, value, `${path} in body should match '${schema.pattern}'`));
  }
  if (schema.format !== undefined && !textHasFormat(schema.format, value)) {
    causes.push(
      because.type(path, value, `${path} in body must be of type ${schema.format}: ${JSON.stringify(value)}`),
    );
  }
}

function checkNumber(schema: Schema, value: number, path: string, causes: Cause[]): void {
  const { minimum, maximum, multipleOf } = schema.bounds;
  const refuse = (detail: string): number => causes.push(because.invalid(path, value, `${path} in body ${detail}`));
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    refuse(`should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    refuse(`should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    refuse(`should be a multiple of ${multipleOf}`);
  if (schema.format !== undefined && !numberHasFormat(schema.format, value)) {
    refuse(`must be of type ${schema.format}: ${value}`);
  }
}

function checkList(schema: Schema, value: Json[], old: Json | undefined, path: string, causes: Cause[]): void {
  const { minItems, maxItems } = schema.bounds;
  if (maxItems !== undefined && value.length > maxItems) causes.push(because.tooMany(path, value.length, maxItems));
  if (minItems !== undefined && value.length < minItems) {
    causes.push(because.invalid(path, value.length, `${path} in body should have at least ${minItems} items`));
  }
  checkUnique(schema, value, path, causes);
  const { items } = schema;
  if (!items) return;
  const before = oldItems(schema, old);
  value.forEach((item, position) => validate(items, item, before(item), `${path}[${position}]`, causes));
}

function checkUnique(schema: Schema, value: Json[], path: string, causes: Cause[]): void {
  if (schema.listType !== 'set' && schema.listType !== 'map') return;
  const seen = new Set<string>();
  value.forEach((item, position) => {
    const key = schema.listType === 'set' ? JSON.stringify(item) : keyOfItem(schema, item);
    if (seen.has(key)) {
      const shown = schema.listType === 'set' ? item : keysOfItem(schema, item);
      causes.push(because.duplicate(`${path}[${position}]`, shown));
    }
    seen.add(key);
  });
}

function keysOfItem(schema: Schema, item: Json): JsonObject {
  const keys: JsonObject = {};
  for (const key of schema.listKeys) if (isObject(item)) keys[key] = item[key];
  return keys;
}

/** What makes an item of a list of type map the same item in another version of the list. */
function keyOfItem(schema: Schema, item: Json): string {
  return JSON.stringify(schema.listKeys.map((key) => (isObject(item) ? (item[key] ?? null) : null)));
}

/** Finds, for an item of a list, the item that it was before: only lists of type map can tell. */
export function oldItems(schema: Schema, old: Json | undefined): (item: Json) => Json | undefined {
  if (schema.listType !== 'map' || !Array.isArray(old)) return () => undefined;
  const byKey = new Map(old.map((item) => [keyOfItem(schema, item), item]));
  return (item) => byKey.get(keyOfItem(schema, item));
}

function checkObject(schema: Schema, value: JsonObject, old: Json | undefined, path: string, causes: Cause[]): void {
  const before: JsonObject = isObject(old) ? old : {};
  for (const field of schema.required) {
    if (value[field] === undefined) causes.push(because.required(pathTo(path, field)));
  }
  const { minProperties, maxProperties } = schema.bounds;
  const count = Object.keys(value).length;
  if (maxProperties !== undefined && count > maxProperties) causes.push(because.tooMany(path, count, maxProperties));
  if (minProperties !== undefined && count < minProperties) {
    causes.push(because.invalid(path, count, `${path} in body should have at least ${minProperties} properties`));
  }
  for (const [field, inside] of Object.entries(value)) {
    if (inside === undefined) continue;
    const child = schema.properties.get(field) ?? (schema.additional === true ? undefined : schema.additional);
    if (child) validate(child, inside, before[field], pathTo(path, field), causes);
  }
  if (schema.embedded) checkEmbedded(value, path, causes);
}

function checkEmbedded(value: JsonObject, path: string, causes: Cause[]): void {
  for (const field of ['apiVersion', 'kind']) {
    if (typeof value[field] !== 'string' || value[field] === '') {
      causes.push(because.required(pathTo(path, field), 'must not be empty'));
    }
  }
}

function checkCombinations(schema: Schema, value: Json, path: string, causes: Cause[]): void {
  const matches = (one: Schema): boolean => {
    const found: Cause[] = [];
    validate(one, value, undefined, path, found);
    return found.length === 0;
  };
  const refuse = (detail: string): number =>
    causes.push(because.invalid(path, typeName(value), `"${path}" must ${detail}`));
  for (const one of schema.allOf) validate(one, value, undefined, path, causes);
  if (schema.anyOf.length > 0 && !schema.anyOf.some(matches)) refuse('validate at least one schema (anyOf)');
  if (schema.oneOf.length > 0) {
    const valid = schema.oneOf.filter(matches).length;
    if (valid === 0) refuse('validate one and only one schema (oneOf). Found none valid');
    if (valid > 1) refuse(`validate one and only one schema (oneOf). Found ${valid} valid alternatives`);
  }
  if (schema.not && matches(schema.not)) refuse('not validate the schema (not)');
}
