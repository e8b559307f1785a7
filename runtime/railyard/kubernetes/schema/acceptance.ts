import { isObject, listAt, objectAt, textAt, type Json, type JsonObject } from '../json';
import { because, type Cause } from '../status';
import { expressionOf } from './expressions';
import { re2 } from './structural';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
/** Fields that no schema inside allOf, anyOf, oneOf or not may have: those only narrow. */
const STRUCTURE = ['type', 'description', 'default', 'additionalProperties', 'nullable'];

/**
 * What keeps a schema from being structural, in Kubernetes' words: every place has a type, unknown parts are declared,
 * defaults and rules make sense.
 */
export function schemaCauses(schema: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  if (textAt(schema['type']) !== 'object') {
    causes.push(because.invalid(`${path}.type`, schema['type'] ?? '', 'must be object at the root'));
  }
  structure(schema, path, causes);
  return causes;
}

function structure(schema: JsonObject, path: string, causes: Cause[]): void {
  checkType(schema, path, causes);
  checkForbidden(schema, path, causes);
  checkLists(schema, path, causes);
  checkPattern(schema, path, causes);
  checkRules(schema, path, causes);
  for (const [field, child] of Object.entries(objectAt(schema['properties']))) {
    if (isObject(child)) structure(child, `${path}.properties[${field}]`, causes);
  }
  const { items, additionalProperties } = schema;
  if (isObject(items)) structure(items, `${path}.items`, causes);
  if (isObject(additionalProperties)) structure(additionalProperties, `${path}.additionalProperties`, causes);
  for (const [place, part] of junctors(schema))
    narrowing(part, `${path}.${place}`, intOrStringPart(schema, place), causes);
}

/** `anyOf: [{type: integer}, {type: string}]` is how int-or-string may be spelled out. */
function intOrStringPart(schema: JsonObject, place: string): boolean {
  return schema['x-kubernetes-int-or-string'] === true && /^(anyOf|allOf)/.test(place);
}

function junctors(schema: JsonObject): [string, JsonObject][] {
  const parts: [string, JsonObject][] = [];
  for (const junctor of ['allOf', 'anyOf', 'oneOf']) {
    listAt(schema[junctor]).forEach((part, position) => {
      if (isObject(part)) parts.push([`${junctor}[${position}]`, part]);
    });
  }
  if (isObject(schema['not'])) parts.push(['not', schema['not']]);
  return parts;
}

function checkType(schema: JsonObject, path: string, causes: Cause[]): void {
  const type = textAt(schema['type']);
  const intOrString = schema['x-kubernetes-int-or-string'] === true;
  if (type === undefined || type === '') {
    if (!intOrString && schema['x-kubernetes-preserve-unknown-fields'] !== true) {
      causes.push(because.required(`${path}.type`, 'must not be empty for specified object fields'));
    }
  } else if (intOrString) {
    causes.push(because.invalid(`${path}.type`, type, 'must be empty if x-kubernetes-int-or-string is true'));
  } else if (!TYPES.includes(type)) {
    causes.push(because.unsupported(`${path}.type`, type, TYPES));
  }
  if (type === 'array' && !isObject(schema['items']))
    causes.push(because.required(`${path}.items`, 'must be specified'));
}

function checkForbidden(schema: JsonObject, path: string, causes: Cause[]): void {
  const refuse = (field: string, why: string): number => causes.push(because.forbidden(`${path}.${field}`, why));
  if (schema['uniqueItems'] === true)
    refuse('uniqueItems', 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
  if (schema['$ref'] !== undefined) refuse('$ref', '$ref is not supported');
  for (const field of ['definitions', 'dependencies', 'id', 'patternProperties', 'additionalItems']) {
    if (schema[field] !== undefined) refuse(field, `${field} is not supported`);
  }
  if (schema['additionalProperties'] === false)
    refuse('additionalProperties', 'additionalProperties cannot be set to false');
  if (schema['additionalProperties'] !== undefined && schema['properties'] !== undefined) {
    refuse('additionalProperties', 'additionalProperties and properties are mutual exclusive');
  }
}

function checkLists(schema: JsonObject, path: string, causes: Cause[]): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = listAt(schema['x-kubernetes-list-map-keys']);
  if (listType === undefined) {
    if (keys.length > 0)
      causes.push(because.forbidden(`${path}.x-kubernetes-list-map-keys`, 'only for lists of type map'));
    return;
  }
  if (!['atomic', 'set', 'map'].includes(textAt(listType) ?? '')) {
    causes.push(because.unsupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  }
  if (listType !== 'map') return;
  const items = objectAt(schema['items']);
  const properties = objectAt(items['properties']);
  if (keys.length === 0)
    causes.push(
      because.required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'),
    );
  keys.forEach((key, position) => {
    const name = textAt(key) ?? '';
    if (!isObject(properties[name])) {
      const why = 'entries must all be names of item properties';
      causes.push(because.invalid(`${path}.x-kubernetes-list-map-keys[${position}]`, name, why));
    } else if (!listAt(items['required']).includes(name) && objectAt(properties[name])['default'] === undefined) {
      causes.push(
        because.required(
          `${path}.items.properties[${name}].default`,
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    }
  });
}

function checkPattern(schema: JsonObject, path: string, causes: Cause[]): void {
  const pattern = textAt(schema['pattern']);
  if (pattern === undefined) return;
  try {
    re2(pattern);
  } catch (error) {
    causes.push(
      because.invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${messageOf(error)}`),
    );
  }
}

function checkRules(schema: JsonObject, path: string, causes: Cause[]): void {
  listAt(schema['x-kubernetes-validations']).forEach((rule, position) => {
    const at = `${path}.x-kubernetes-validations[${position}]`;
    if (!isObject(rule)) return;
    compiles(rule['rule'], `${at}.rule`, causes);
    if (rule['messageExpression'] !== undefined) compiles(rule['messageExpression'], `${at}.messageExpression`, causes);
    if (rule['reason'] !== undefined && !REASONS.includes(textAt(rule['reason']) ?? '')) {
      causes.push(because.unsupported(`${at}.reason`, rule['reason'], REASONS));
    }
  });
}

function compiles(source: Json | undefined, path: string, causes: Cause[]): void {
  const text = textAt(source) ?? '';
  if (text.trim() === '') {
    causes.push(because.required(path, 'rule is not specified'));
    return;
  }
  try {
    expressionOf(text);
  } catch (error) {
    causes.push(because.invalid(path, text, `compilation failed: ERROR: ${messageOf(error)}`));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** Schemas inside allOf, anyOf, oneOf and not only narrow what the structure outside of them says. */
function narrowing(schema: JsonObject, path: string, mayHaveType: boolean, causes: Cause[]): void {
  for (const field of STRUCTURE) {
    if (schema[field] === undefined || (field === 'type' && mayHaveType)) continue;
    causes.push(because.forbidden(`${path}.${field}`, 'must be empty to be structural'));
  }
  for (const [field, child] of Object.entries(objectAt(schema['properties']))) {
    if (isObject(child)) narrowing(child, `${path}.properties[${field}]`, false, causes);
  }
  if (isObject(schema['items'])) narrowing(schema['items'], `${path}.items`, false, causes);
  for (const [place, part] of junctors(schema)) narrowing(part, `${path}.${place}`, mayHaveType, causes);
  checkPattern(schema, path, causes);
}
