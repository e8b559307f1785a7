/** A copy of an object that lacks some of its fields. */
export function without<T extends object, K extends keyof T>(object: T, ...fields: readonly K[]): Omit<T, K> {
  const copy: Partial<T> = {};
  // An object that a field is deleted from is many times slower to copy than one that never had it.
  for (const field in object) if (!fields.includes(field as unknown as K)) copy[field] = object[field];
  return copy as Omit<T, K>;
}
