/** A credential as the wire carries it. */

import type { WireCredential } from './contract';

/** The header of requests over HTTP, where there is one, and what of the credential must never be repeated. */
export function authorizationOf(credential: WireCredential | undefined): {
  readonly header?: string;
  readonly secrets: readonly string[];
} {
  if (credential === undefined) return { secrets: [] };
  if (!('password' in credential)) return { secrets: linesOf(credential.sshPrivateKey) };
  const { username = 'x-access-token', password } = credential;
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { header: `Basic ${basic}`, secrets: [password, basic] };
}

/** Lines of a key that would give it away; its frame and short ends would not. */
function linesOf(key: string): string[] {
  return key
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 16 && !line.startsWith('-----'));
}
