/**
 * Waits for the world instead of the clock: every test that needs something to happen names the condition and a deadline.
 */

/**
 * Calls `look` until it returns something other than `undefined`, `null` or `false`, and gives that back.
 *
 * @param what the condition in words, for the message when the deadline passes
 * @param deadlineMs @default 10000
 * @throws Error naming the condition and the last error seen, when the deadline passes
 */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 10_000,
): Promise<Exclude<T, undefined | null | false>> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return seen as Exclude<T, undefined | null | false>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const detail = last instanceof Error ? ` Last error: ${last.message}` : '';
      throw new Error(`Not within ${deadlineMs} ms: ${what}.${detail}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
