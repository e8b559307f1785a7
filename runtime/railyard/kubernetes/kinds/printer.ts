import { JSONPath } from 'jsonpath-plus';
import { isObject, textAt, type Json, type JsonObject, type KubernetesObject } from '../json';
import type { Column } from '../registry';
import { ageOf } from './age';

/**
 * Finds what a JSONPath of a CustomResourceDefinition (`.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`,
 * `.metadata.annotations.example\.com/owner`) points to.
 */
export function finderOf(path: string): (object: KubernetesObject) => Json[] {
  const plain = /^(\.[A-Za-z_][A-Za-z0-9_]*)+$/.test(path) ? path.slice(1).split('.') : undefined;
  if (plain) return (object) => fieldsAlong(object, plain);
  const translated = `$${path.startsWith('.') || path.startsWith('[') ? '' : '.'}${path}`.replace(
    /\.((?:[^.[\]\\]|\\.)*\\\.(?:[^.[\]\\]|\\.)*)/g,
    (_, field: string) => `['${field.replaceAll('\\.', '.')}']`,
  );
  return (object) => {
    const found: unknown = JSONPath({ path: translated, json: object, wrap: true, eval: 'safe' });
    return Array.isArray(found) ? (found as Json[]) : [];
  };
}

function fieldsAlong(object: KubernetesObject, fields: readonly string[]): Json[] {
  let value: Json | undefined = object;
  for (const field of fields) value = isObject(value) ? value[field] : undefined;
  return value === undefined ? [] : [value];
}

/** A column as a definition's `additionalPrinterColumns` describes it. */
export function printerColumn(source: JsonObject): Column {
  const type = textAt(source['type']) ?? 'string';
  const jsonPath = textAt(source['jsonPath']) ?? '';
  const find = finderOf(jsonPath);
  const priority = source['priority'];
  return {
    name: textAt(source['name']) ?? '',
    type,
    format: textAt(source['format']),
    description: textAt(source['description']) || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: typeof priority === 'number' ? priority : 0,
    cell: (object, now) => {
      const [value] = find(object);
      return value === undefined || value === null ? null : cellOf(type, value, now);
    },
  };
}

function cellOf(type: string, value: Json, now: Date): Json {
  switch (type) {
    case 'date':
      return ageOf(textAt(value), now);
    case 'integer':
    case 'number':
      return typeof value === 'number' ? value : numberIn(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

function numberIn(value: Json): Json {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? null : number;
}
