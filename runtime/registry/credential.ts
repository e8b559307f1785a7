/** What a registry is shown. */

import { createHash } from 'node:crypto';

export interface RegistryCredential {
  readonly username?: string;
  readonly password?: string;
  /** Refresh token that a token service takes instead of a password, as some logins leave it. */
  readonly identityToken?: string;
  /** PEM of the authorities that sign for the registry, beside those of the system. */
  readonly authorities?: string;
}

/**
 * The credential for a repository, `ghcr.io/acme/web`.
 *
 * @returns nothing where there is none: then it is asked as anybody may
 */
export type CredentialOf = (repoURL: string) => Promise<RegistryCredential | undefined>;

/** Tells credentials apart without keeping them: what was learned with one is not shown to another. */
export function fingerprintOf(credential: RegistryCredential | undefined): string {
  if (credential === undefined) return 'anonymous';
  const { username, password, identityToken, authorities } = credential;
  const text = JSON.stringify([username, password, identityToken, authorities]);
  return createHash('sha256').update(text).digest('base64url');
}

/** The header of basic authentication, where there is a name or a password. */
export function basic({ username = '', password }: RegistryCredential): string | undefined {
  if (password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
