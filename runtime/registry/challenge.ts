/** What a registry says of how to authenticate, and what its token service answers. Pure. */

export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  /** Of a bearer challenge: its token service. */
  readonly realm?: string;
  readonly service?: string;
  readonly scope?: string;
}

const PARAMETER = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi;
/** A header is at most this long before it is read. */
const LONGEST = 4096;

/**
 * Reads `WWW-Authenticate: Bearer realm="...",service="...",scope="..."`. Of several challenges the one for a token wins.
 *
 * @returns nothing for a header that asks for neither
 */
export function challengeIn(header: string | undefined): Challenge | undefined {
  const text = (header ?? '').slice(0, LONGEST);
  const at = /(?:^|,\s*)bearer\s/i.exec(text);
  if (at === null) return /(?:^|,\s*)basic\b/i.test(text) ? { scheme: 'basic' } : undefined;
  const rest = text.slice(at.index + at[0].length).split(/,\s*basic\b/i)[0] ?? '';
  const found = new Map<string, string>();
  for (const [, name = '', quoted, bare = ''] of rest.matchAll(PARAMETER)) {
    found.set(name.toLowerCase(), quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'));
  }
  const [realm, service, scope] = [found.get('realm'), found.get('service'), found.get('scope')];
  return {
    scheme: 'bearer',
    ...(realm !== undefined && { realm }),
    ...(service !== undefined && { service }),
    ...(scope !== undefined && { scope }),
  };
}

/** A token without a word of its life lives a minute. */
const DEFAULT_LIFE_S = 60;

/** The token of an answer, under the one name or the other, and for how many milliseconds it is good. */
export function tokenIn(body: unknown): { readonly token: string; readonly forMs: number } | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { token, access_token: other, expires_in: life }: Record<string, unknown> = { ...body };
  const text = [token, other].find((value): value is string => typeof value === 'string' && value !== '');
  if (text === undefined || /[^\x21-\x7e]/.test(text)) return undefined;
  const seconds = typeof life === 'number' && life > 0 ? life : DEFAULT_LIFE_S;
  return { token: text, forMs: seconds * 1000 };
}
