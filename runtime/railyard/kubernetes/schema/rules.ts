import { isObject, sameJson, textAt, type Json, type JsonObject } from '../json';
import { because, type Cause } from '../status';
import { expressionOf, optionalOf } from './expressions';
import { pathTo, type Rule, type Schema } from './structural';
import { oldItems } from './validate';

/**
 * Evaluates the CEL rules of a schema along a value.
 *
 * @param old the object before an update; rules that speak of `oldSelf` run only where there is an old value
 */
export function checkRules(schema: Schema, value: Json, old: Json | undefined, causes: Cause[]): void {
  if (schema.holds.rules) new RuleWalk(causes).walk(schema, value, old, '', true);
}

class RuleWalk {
  /** One conversion for each part of the object, however many rules stand above it. */
  private readonly converted = new Map<Json, unknown>();

  constructor(private readonly causes: Cause[]) {}

  walk(schema: Schema, value: Json, old: Json | undefined, path: string, root = false): void {
    if (!schema.holds.rules || value === null) return;
    const before = old === null ? undefined : old;
    const unchanged = before !== undefined && sameJson(value, before);
    for (const rule of schema.rules) this.check(rule, { schema, value, before, path, root, unchanged });
    if (Array.isArray(value)) this.walkList(schema, value, before, path);
    else if (isObject(value)) this.walkObject(schema, value, isObject(before) ? before : {}, path);
  }

  private walkList(schema: Schema, value: Json[], old: Json | undefined, path: string): void {
    const { items } = schema;
    if (!items) return;
    const before = oldItems(schema, old);
    value.forEach((item, position) => this.walk(items, item, before(item), `${path}[${position}]`));
  }

  private walkObject(schema: Schema, value: JsonObject, old: JsonObject, path: string): void {
    for (const [field, inside] of Object.entries(value)) {
      const child = schema.properties.get(field) ?? (schema.additional === true ? undefined : schema.additional);
      if (child && inside !== undefined) this.walk(child, inside, old[field], pathTo(path, field));
    }
  }

  private check(rule: Rule, at: Place): void {
    const expression = expressionOf(rule.rule);
    if (expression.usesOldSelf && at.before === undefined && !rule.optionalOldSelf) return;
    // Ratcheting: what did not change is not judged by rules about the present alone.
    if (!expression.usesOldSelf && at.unchanged) return;
    try {
      const self = this.convert(at.schema, at.value, at.root);
      const before = at.before === undefined ? undefined : this.convert(at.schema, at.before, at.root);
      const oldSelf = rule.optionalOldSelf ? optionalOf(before) : before;
      if (expression.evaluate({ self, oldSelf }) === true) return;
      this.refuse(rule, at, messageOf(rule, { self, oldSelf }));
    } catch (error) {
      const text = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      this.refuse(rule, at, `${text} evaluating rule: ${rule.message ?? rule.rule}`);
    }
  }

  private refuse(rule: Rule, at: Place, message: string): void {
    const field = rule.fieldPath ? `${at.path}${rule.fieldPath}`.replace(/^\./, '') : at.path;
    const where = field === '' ? '<nil>' : field;
    switch (rule.reason) {
      case 'FieldValueRequired':
        this.causes.push(because.required(where, message));
        break;
      case 'FieldValueForbidden':
        this.causes.push(because.forbidden(where, message));
        break;
      case 'FieldValueDuplicate':
        this.causes.push(because.duplicate(where, at.schema.type || 'object'));
        break;
      default:
        this.causes.push(because.rule(where, message));
    }
  }

  private convert(schema: Schema, value: Json, root: boolean): unknown {
    if (typeof value !== 'object' || value === null) return scalar(schema, value);
    let known = this.converted.get(value);
    if (known === undefined) {
      known = Array.isArray(value) ? this.convertList(schema, value) : this.convertObject(schema, value, root);
      this.converted.set(value, known);
    }
    return known;
  }

  private convertList(schema: Schema, value: Json[]): unknown[] {
    return value.map((item) => (schema.items ? this.convert(schema.items, item, false) : untyped(item)));
  }

  private convertObject(schema: Schema, value: JsonObject, root: boolean): Record<string, unknown> {
    const seen: Record<string, unknown> = {};
    for (const [field, inside] of Object.entries(value)) {
      // A null of a nullable field counts as absent.
      if (inside === undefined || inside === null) continue;
      const known = schema.properties.get(field);
      if (root && field === 'metadata') seen[field] = namesOf(inside);
      else if (known) seen[escaped(field)] = this.convert(known, inside, known.embedded);
      else if (schema.additional && schema.additional !== true) {
        seen[field] = this.convert(schema.additional, inside, false);
      } else seen[field] = untyped(inside);
    }
    return seen;
  }
}

interface Place {
  readonly schema: Schema;
  readonly value: Json;
  readonly before: Json | undefined;
  readonly path: string;
  readonly root: boolean;
  readonly unchanged: boolean;
}

function messageOf(rule: Rule, variables: { self: unknown; oldSelf: unknown }): string {
  if (rule.messageExpression) {
    try {
      const message = expressionOf(rule.messageExpression).evaluate(variables);
      if (typeof message === 'string' && message.trim() !== '' && !message.includes('\n')) return message;
    } catch {
      // A message that cannot be made is replaced by the fixed one, as a real server does.
    }
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}

/** Rules see nothing of an object's metadata but its names. */
function namesOf(metadata: Json): Record<string, string> {
  const names: Record<string, string> = {};
  if (!isObject(metadata)) return names;
  for (const field of ['name', 'generateName']) {
    const text = textAt(metadata[field]);
    if (text !== undefined) names[field] = text;
  }
  return names;
}

function scalar(schema: Schema, value: Json): unknown {
  if (typeof value === 'number') {
    const integer = schema.type === 'integer' || (schema.type !== 'number' && Number.isInteger(value));
    return integer ? BigInt(value) : value;
  }
  if (typeof value !== 'string') return value;
  if (schema.format === 'date-time' || schema.format === 'date') return new Date(value);
  if (schema.format === 'byte') return new Uint8Array(Buffer.from(value, 'base64'));
  if (schema.format === 'duration') return expressionOf('duration(self)').evaluate({ self: value });
  return value;
}

function untyped(value: Json): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(untyped);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inside]) => (inside === undefined ? [] : [[field, untyped(inside)]])),
  );
}

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** A field name as CEL can write it. */
function escaped(field: string): string {
  if (RESERVED.has(field)) return `__${field}__`;
  return field
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
