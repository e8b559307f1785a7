/** A resourceVersion that can be ordered: a positive decimal without leading zeros, of any length. */
const ORDERED = /^[1-9][0-9]*$/;

/**
 * Orders two resourceVersions of one resource, as Kubernetes documents since 1.35 and etcd always made them.
 *
 * @returns negative, zero or positive; `undefined` when one of them is no such number, so nothing can be said
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!ORDERED.test(a) || !ORDERED.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
