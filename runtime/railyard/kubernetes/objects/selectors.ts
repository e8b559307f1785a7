import { qualifiedNameProblems, labelValueProblems } from '../kinds/names';
import { badRequest } from '../status';

/** Decides whether a set of labels, or of fields, is selected. */
export type Selector = (values: Readonly<Record<string, string>>) => boolean;

const REQUIREMENT =
  /^\s*(?:(!)\s*([^\s!=,()]+)|([^\s!=,()]+)(?:\s*(==|=|!=)\s*([^\s!=,()]*)|\s+(in|notin)\s*\(([^()]*)\))?)\s*$/;

/** Splits at commas that are not inside parentheses. */
function requirementsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let position = 0; position < text.length; position += 1) {
    if (text[position] === '(') depth += 1;
    if (text[position] === ')') depth -= 1;
    if (text[position] === ',' && depth === 0) {
      parts.push(text.slice(start, position));
      start = position + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/**
 * Parses a labelSelector: `a=b,c!=d,e in (x,y),f notin (z),g,!h`.
 *
 * @throws StatusError 400
 */
export function labelSelector(text: string): Selector {
  if (text.trim() === '') return () => true;
  const tests = requirementsOf(text).map((part) => requirement(part));
  return (labels) => tests.every((test) => test(labels));
}

function requirement(text: string): Selector {
  const match = REQUIREMENT.exec(text);
  if (!match) throw badRequest(`unable to parse requirement: cannot read ${JSON.stringify(text.trim())}`);
  const [, not, absent, key = '', operator, value, within, list] = match;
  const name = absent ?? key;
  const values = list === undefined ? [value ?? ''] : list.split(',').map((one) => one.trim());
  const problems = [...qualifiedNameProblems(name), ...values.flatMap(labelValueProblems)];
  if (problems[0] !== undefined) throw badRequest(`unable to parse requirement: ${problems[0]}`);
  if (not) return (labels) => labels[name] === undefined;
  const has: Selector = (labels) => {
    const actual = labels[name];
    return actual !== undefined && values.includes(actual);
  };
  switch (operator ?? within) {
    case undefined:
      return (labels) => labels[name] !== undefined;
    case '!=':
    case 'notin':
      return (labels) => !has(labels);
    default:
      return has;
  }
}

/** One condition of a fieldSelector. */
export interface FieldCondition {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/**
 * Parses a fieldSelector: `metadata.name=a,type!=b`; in values, `\,`, `\=` and `\\` stand for themselves.
 *
 * @throws StatusError 400
 */
export function fieldConditions(text: string): FieldCondition[] {
  if (text.trim() === '') return [];
  return text.split(/(?<!\\),/).map((part) => {
    const match = /^([^=!]+)(!=|==|=)((?:[^=\\]|\\.)*)$/.exec(part.trim());
    if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = '', operator, value = ''] = match;
    return { field, equal: operator !== '!=', value: value.replace(/\\(.)/g, '$1') };
  });
}
