/** Memories that must not grow: what has been there longest is forgotten. */

/** @param known a Map or a Set, which keep the order in which things came */
export function forgetOldest<K>(known: Pick<Set<K>, 'size' | 'delete'> & { keys(): Iterable<K> }, most: number): void {
  if (known.size <= most) return;
  for (const oldest of known.keys()) {
    known.delete(oldest);
    if (known.size <= most) return;
  }
}
