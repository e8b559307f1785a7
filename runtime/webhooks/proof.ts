/** How a sender shows that it knows the secret. Every comparison takes the same time, whatever is compared. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery } from './delivery';

/** @param now milliseconds since 1970 */
export type Proof = (delivery: Delivery, secret: string, now: number) => boolean;

/** How old, or how far ahead, a delivery may say it is. */
const REPLAY_WINDOW_MS = 5 * 60_000;

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Neither the length nor the place of the first difference shows in the time. */
const equal = (one: string, other: string): boolean => timingSafeEqual(hash(one), hash(other));

const macOf = (secret: string, ...parts: readonly (string | Buffer)[]): string => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest('hex');
};

/** HMAC-SHA256 of the body in hexadecimal, after a prefix. */
export const signed =
  (header: string, prefix = ''): Proof =>
  ({ headers, body }, secret) =>
    equal((headers[header] ?? '').toLowerCase(), `${prefix}${macOf(secret, body)}`);

/** The secret itself. */
export const told =
  (header: string): Proof =>
  ({ headers }, secret) =>
    equal(headers[header] ?? '', secret);

/** `Authorization` with the secret: bare, as a bearer token, or as the password of whatever user. */
export const authorized: Proof = ({ headers }, secret) => {
  const given = headers.authorization ?? '';
  const [, scheme = '', rest = ''] = /^(bearer|basic) +(.*)$/i.exec(given) ?? [];
  if (scheme.toLowerCase() !== 'basic') return equal(scheme === '' ? given : rest, secret);
  const decoded = Buffer.from(rest, 'base64').toString('utf8');
  return equal(decoded.slice(decoded.indexOf(':') + 1), secret);
};

/** The sender has nothing to show but the address, which nobody can guess. */
export const knownAddress: Proof = () => true;

/** HMAC-SHA256 of `<seconds since 1970>.<body>`, and these seconds: what is repeated later is refused. */
export const signedWithTime =
  (header: string, timeHeader: string): Proof =>
  ({ headers, body }, secret, now) => {
    const time = headers[timeHeader] ?? '';
    const isNow = /^\d{1,12}$/.test(time) && Math.abs(Number(time) * 1000 - now) <= REPLAY_WINDOW_MS;
    const isSigned = equal((headers[header] ?? '').toLowerCase(), `sha256=${macOf(secret, `${time}.`, body)}`);
    return isNow && isSigned;
  };

/** Whichever of several. All are tried, so that the time does not tell which it was. */
export const anyOf =
  (...proofs: readonly Proof[]): Proof =>
  (delivery, secret, now) =>
    proofs.map((proof) => proof(delivery, secret, now)).includes(true);
