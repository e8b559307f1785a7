/**
 * What is worked out of a value is worked out once for as long as the value is there: resources never change, a change
 * makes new ones.
 *
 * @param make a function of its argument alone
 */
export function once<K extends object, V>(make: (value: K) => V): (value: K) => V {
  const known = new WeakMap<K, { readonly made: V }>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before.made;
    const made = make(value);
    known.set(value, { made });
    return made;
  };
}
