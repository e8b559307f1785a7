/** One request of a sender, and safe ways to read what it holds: anything may be missing, or of another kind. */

export interface Delivery {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As it came: signatures are of these bytes. */
  readonly body: Buffer;
}

/** What stands at a place inside a document; `undefined` where nothing does. */
export function at(document: unknown, ...path: readonly string[]): unknown {
  let found = document;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

/** The text at a place; empty where there is none. */
export function textAt(document: unknown, ...path: readonly string[]): string {
  const found = at(document, ...path);
  return typeof found === 'string' ? found : '';
}

/** The list at a place; empty where there is none. */
export function listAt(document: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(document, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of the list at a place. */
export const textsAt = (document: unknown, ...path: readonly string[]): string[] =>
  listAt(document, ...path).filter((one) => typeof one === 'string');

/** The document in a body: JSON, or JSON in the `payload` of a form. @throws SyntaxError where it is neither */
export function documentIn({ headers, body }: Delivery): unknown {
  const text = body.toString('utf8');
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text) as unknown;
}
