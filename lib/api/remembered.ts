/** Different keys that are kept at most: decisions ask for the same few again and again. */
const MOST_KNOWN = 1_000;

/**
 * What is worked out of a text or a number is worked out once, as long as few of them are asked for.
 *
 * @param make a function of its argument alone; what it throws is not kept
 */
export function remembered<K extends string | number, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly made: V }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before.made;
    if (known.size >= MOST_KNOWN) known.clear();
    const made = make(key);
    known.set(key, { made });
    return made;
  };
}
