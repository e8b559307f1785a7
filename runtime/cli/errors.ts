/** Errors in words for people. */

import { messageOf } from '../errors';

/** Kinds of error that only a defect of ours makes; their stack is what a report needs. */
const DEFECTS = [TypeError, ReferenceError, RangeError, SyntaxError];

export function describeError(error: unknown): string {
  if (error instanceof Error && DEFECTS.some((kind) => error instanceof kind)) {
    return `this is a defect of k8sta, please report it: ${error.stack ?? error.message}`;
  }
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}

/** The system's code of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
