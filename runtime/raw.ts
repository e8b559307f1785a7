/** Reads fields out of objects whose shape nobody has checked: what is absent or of another type counts as absent. */

/** A JSON object as another one sends it. */
export type RawObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under `key`, or an empty one. */
export function objectAt(parent: RawObject, key: string): RawObject {
  const value = parent[key];
  return isObject(value) ? value : {};
}

/** The value where it is an object. */
export const objectIn = (value: unknown): RawObject | undefined => (isObject(value) ? value : undefined);

/** The value where it is a non-empty string. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The non-empty string under `key`. */
export const textAt = (parent: RawObject, key: string): string | undefined => textIn(parent[key]);

/** The objects of the list under `key`. */
export function objectsAt(parent: RawObject, key: string): readonly RawObject[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The strings of the list under `key`. */
export function textsAt(parent: RawObject, key: string): readonly string[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
