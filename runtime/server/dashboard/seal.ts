/** Cookies that only this server can read: encrypted and authenticated, with an end. */

import { EncryptJWT, jwtDecrypt } from 'jose';

const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;

export interface Seal {
  readonly key: Uint8Array;
  /** What it is for: a seal for one thing opens no other. */
  readonly purpose: string;
}

/** @param until seconds since the epoch */
export const seal = (
  values: Readonly<Record<string, string>>,
  until: number,
  { key, purpose }: Seal,
): Promise<string> =>
  new EncryptJWT({ ...values }).setProtectedHeader(HEADER).setAudience(purpose).setExpirationTime(until).encrypt(key);

/** The values, and until when they count; nothing where it is of another key or purpose, is broken, or has ended. */
export async function unseal(
  sealed: string,
  { key, purpose }: Seal,
  now: Date,
): Promise<{ readonly values: Readonly<Record<string, string>>; readonly until: number } | undefined> {
  try {
    const { payload } = await jwtDecrypt(sealed, key, {
      audience: purpose,
      currentDate: now,
      keyManagementAlgorithms: [HEADER.alg],
      contentEncryptionAlgorithms: [HEADER.enc],
      requiredClaims: ['exp'],
    });
    const texts = Object.entries(payload).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return { values: Object.fromEntries(texts), until: payload.exp ?? 0 };
  } catch {
    return undefined;
  }
}
