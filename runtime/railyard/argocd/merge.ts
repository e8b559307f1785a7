type Json = Readonly<Record<string, unknown>>;

/**
 * The JSON merge patch that turns one object into another. `undefined` counts as absent, and an absent field is
 * removed.
 *
 * @returns `undefined` where they are equal
 */
export function mergePatch(from: Json, to: Json): Json | undefined {
  const patch: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const before = from[field];
    const after = to[field];
    if (after === undefined || after === null) {
      if (before !== undefined && before !== null) patch[field] = null;
    } else if (isObject(before) && isObject(after)) {
      const inner = mergePatch(before, after);
      if (inner !== undefined) patch[field] = inner;
    } else if (canonical(before) !== canonical(after)) {
      patch[field] = after;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** JSON with the fields of every object in order: equal values give equal texts. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      isObject(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
