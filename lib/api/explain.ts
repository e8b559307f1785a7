/** Faults of a value in words: where, what it is, and what would be right. */

import { type TSchema } from '@sinclair/typebox';
import { ValueErrorType, type ValueError } from '@sinclair/typebox/errors';

const LONGEST_SHOWN = 100;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** One fault of a value as a sentence; nothing where the value is right after all. */
export function explain({ path, schema, value, type, message }: ValueError): string[] {
  const at = readable(path);
  if (value === undefined) return [`${at}: is missing${wanted(schema)}`];
  const what = fault(type, schema, value, message);
  return what === undefined ? [] : [`${at}: ${shown(value)} ${what}`];
}

/** `/spec/stations/0/name` as people write it: `spec.stations[0].name`. */
function readable(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const text = parts.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? 'the resource' : text.replace(/^\./, '');
}

/** A value in a message: in one short line, and without the user and password that a URL may carry. */
function shown(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(/\/\/[^/\s"]*@/g, '//***@');
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

function wanted(schema: TSchema): string {
  const words = literals(schema);
  if (words.length > 0) return `: write one of ${words.join(', ')}`;
  const example: unknown = schema.example;
  if (example !== undefined) return `: write something like ${JSON.stringify(example)}`;
  return schema.description === undefined ? '' : ` (${schema.description})`;
}

function literals(schema: TSchema): string[] {
  const alternatives = (schema.anyOf ?? [schema]) as readonly TSchema[];
  return alternatives.flatMap((alternative) => {
    const word: unknown = alternative.const;
    return word === undefined ? [] : [JSON.stringify(word)];
  });
}

/** The limits of a schema by the fault that overstepping them is. */
const LIMITS: Partial<Record<ValueErrorType, (schema: TSchema, value: unknown) => string>> = {
  [ValueErrorType.StringMaxLength]: (schema, value) =>
    `has ${String(value).length} characters, at most ${String(schema.maxLength)} fit`,
  [ValueErrorType.StringMinLength]: (schema) =>
    `needs at least ${String(schema.minLength)} characters${wanted(schema)}`,
  [ValueErrorType.ArrayMaxItems]: (schema, value) =>
    `has ${Array.isArray(value) ? value.length : 'many'} entries, at most ${String(schema.maxItems)} fit`,
  [ValueErrorType.ArrayMinItems]: (schema) => `needs at least ${String(schema.minItems)} entries`,
  [ValueErrorType.IntegerMinimum]: (schema) => `is less than ${String(schema.minimum)}`,
  [ValueErrorType.IntegerMaximum]: (schema) => `is more than ${String(schema.maximum)}`,
};

function fault(type: ValueErrorType, schema: TSchema, value: unknown, message: string): string | undefined {
  const limit = LIMITS[type];
  if (limit !== undefined) return limit(schema, value);
  switch (type) {
    case ValueErrorType.Union:
    case ValueErrorType.Literal:
      return `is none of ${literals(schema).join(', ')}`;
    case ValueErrorType.StringPattern:
      return schema.example === undefined
        ? `does not match ${String(schema.pattern)}`
        : `is not right${wanted(schema)}`;
    case ValueErrorType.StringFormat:
    case ValueErrorType.StringFormatUnknown:
      // The library knows no formats; ours is RFC 3339.
      return TIME.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
        ? undefined
        : 'is not a time: write something like "2030-01-31T09:00:00Z"';
    default:
      return typeof schema.type === 'string' ? `is not of type ${schema.type}` : `is wrong: ${message}`;
  }
}
