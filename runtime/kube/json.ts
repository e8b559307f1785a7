/**
 * Parses what a server sent.
 *
 * @throws Error that says only that it is no JSON: the engine's own words repeat a piece of the text, which may be part
 * of a Secret or the page of a proxy
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`it is not JSON (${text.length} characters)`);
  }
}
