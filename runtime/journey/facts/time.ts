/** Times as status writes them. */

const known = new Map<number, string>();

/** Different times that are kept at most: decisions of one moment write the same few again and again. */
const MOST_KNOWN = 1_000;

/**
 * RFC 3339 in UTC, with milliseconds.
 *
 * @param time in milliseconds since the epoch
 */
export function textOf(time: number): string {
  const before = known.get(time);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const text = new Date(time).toISOString();
  known.set(time, text);
  return text;
}
