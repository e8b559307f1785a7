/**
 * A railyard server cannot start or go on with what it was given: the message names the thing, the value and the fix.
 */
export class RailyardError extends Error {
  override readonly name = 'RailyardError';
}
