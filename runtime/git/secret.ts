/** Secrets on their way to a child process, and out of everything that people read. */

/**
 * A string that only its receiver sees. Node turns the values of a child's environment into text, so the child gets the
 * secret; anything that prints or serialises the environment on the way gets `Secret {}`.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  toString(): string {
    return this.#value;
  }

  toJSON(): string {
    return '…';
  }
}

const URL_USER = /([a-z][a-z0-9+.-]*:\/\/)[^/\s@]*@/gi;
const AUTHORIZATION = /(authorization:\s*\S+\s+)\S+/gi;
/** Anything shorter would be found in innocent words; no credential is that short. */
const SHORTEST = 4;

/** The text without the secrets, without users in URLs and without authorization headers. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const form of new Set([secret, encodeURIComponent(secret)])) clean = clean.replaceAll(form, '…');
  }
  return clean.replace(URL_USER, '$1…@').replace(AUTHORIZATION, '$1…');
}
