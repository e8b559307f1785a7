/**
 * JSON values as YAML, for rendered branches alone: always the same bytes for the same value, whatever library comes
 * next, and fast enough for a thousand objects between two heartbeats. Sorted keys, no folding, no anchors; a text is
 * plain only where no reader of YAML 1.1 or 1.2 could take it for anything else. Pure.
 */

import { isObject } from '../raw';

/** Printable ASCII that starts like a word, a path or a variable. */
const WORD = /^[A-Za-z_/$][ -~]*$/;
/** Quantities and the like: a digit first, and a letter that stands in no number, date or time. */
const QUANTITY = /^\d[\w./-]*$/;
const UNIT = /[g-mp-suvwyG-MP-SUVWY]/;
/** What ends a plain text, or might: a mapping, a comment, blanks that a reader may fold. */
const ENDING = /: | #| {2}|[: ]$/;
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i;

/** What a reader refuses, or takes for the end of a line, unless it is escaped. */
const ESCAPED = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** Keys up to this length stand on one line with their value; YAML's own limit is 1024. */
const LONGEST_KEY = 1000;

/** One document, ending with a line feed. Fields that are undefined are left out. */
export function toYaml(value: unknown): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item: unknown) => nested('-', item));
  if (isObject(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    if (keys.length > 0) return keys.sort().flatMap((key) => field(key, value[key]));
  }
  return scalar(value);
}

function field(key: string, value: unknown): string[] {
  const name = isPlain(key) ? key : quoted(key);
  if (name.length > LONGEST_KEY) return [`? ${name}`, ...nested(':', value)];
  if (!isBlock(value)) return nested(`${name}:`, value);
  return [`${name}:`, ...(Array.isArray(value) ? lines(value) : lines(value).map(indented))];
}

/** Whether a value takes lines of its own below its key. */
function isBlock(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) && Object.values(value).some((item) => item !== undefined);
}

/** A value behind a mark. The lines of a text are indented already. */
function nested(mark: string, value: unknown): string[] {
  const [first = '', ...rest] = lines(value);
  return [`${mark} ${first}`, ...(isBlock(value) ? rest.map(indented) : rest)];
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

function scalar(value: unknown): string[] {
  if (typeof value === 'string') return isPlain(value) ? [value] : (literal(value) ?? [quoted(value)]);
  if (Array.isArray(value)) return ['[]'];
  if (isObject(value)) return ['{}'];
  const isAtom = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
  return [isAtom ? String(value) : 'null'];
}

function isPlain(text: string): boolean {
  const looksPlain = WORD.test(text) || (QUANTITY.test(text) && UNIT.test(text));
  return looksPlain && !RESERVED.test(text) && !ENDING.test(text);
}

/** Several lines, as they are. Only where the first one shows the indentation; else `undefined`. */
function literal(text: string): string[] | undefined {
  if (!text.includes('\n') || ESCAPED.test(text) || /^\s/.test(text)) return undefined;
  const body = text.replace(/\n+$/, '');
  const breaks = text.length - body.length;
  const chomping = ['-', ''][breaks] ?? '+';
  return [`|${chomping}`, ...body.split('\n').map(indented), ...Array<string>(Math.max(0, breaks - 1)).fill('')];
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(new RegExp(ESCAPED, 'gu'), escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
