/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** Wait after the first failure. */
  readonly baseMs: number;

  /** No wait is longer. */
  readonly capMs: number;
}

/**
 * The wait after `failures` failures in a row (1 is the first): doubling from `baseMs` to `capMs`, of which a random
 * share between half and all is taken, so that many waiters do not come back together.
 *
 * @param random a number in [0, 1)
 */
export function backoffMs(failures: number, { baseMs, capMs }: Backoff, random: () => number): number {
  const full = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 40));
  return full * (0.5 + random() / 2);
}
