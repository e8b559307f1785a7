/** The last question before an effect leaves this process: is it still ours to do? */

import { TransientError } from './errors';

/** Guards effects: whoever is about to write, push or nudge asks right before it goes out, and ends within the answer. */
export interface Fence {
  /**
   * Milliseconds within which an effect that begins now has to be over. 0 or less: none may begin any more.
   */
  remainingMs(): number;
}

/** An effect was held back, since another process may be doing this work by now. */
class NotLeadingError extends TransientError {
  constructor(what: string) {
    super(`${what}: held back, since this process does not lead any more`);
  }
}

/**
 * @param what the effect in words
 * @returns milliseconds within which it has to be over
 * @throws NotLeadingError when it must not begin
 */
export function passFence(fence: Fence, what: string): number {
  const left = fence.remainingMs();
  if (left <= 0) throw new NotLeadingError(what);
  return left;
}
