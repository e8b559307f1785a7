/** Packet lines: four hex digits of length, which count themselves, and the payload. Lengths below four are marks. */

const LENGTH_DIGITS = 4;
const LONGEST_LENGTH = 0xffff;

/** Ends a list of packets. */
export const FLUSH = Buffer.from('0000');
/** Stands between a command's abilities and its arguments. */
export const DELIMITER = Buffer.from('0001');

export function packet(payload: string): Buffer {
  const bytes = Buffer.from(payload);
  const length = (bytes.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, '0');
  return Buffer.concat([Buffer.from(length), bytes]);
}

/**
 * The payloads up to the end; marks are `undefined`.
 *
 * @throws Error where the bytes are no packets, or end in the middle of one
 */
export function packets(bytes: Buffer): (Buffer | undefined)[] {
  const found: (Buffer | undefined)[] = [];
  for (let at = 0; at < bytes.length;) {
    const digits = bytes.toString('latin1', at, at + LENGTH_DIGITS);
    const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : LONGEST_LENGTH + 1;
    if (length < LENGTH_DIGITS) {
      found.push(undefined);
      at += LENGTH_DIGITS;
      continue;
    }
    if (at + length > bytes.length) throw new Error('The answer ends in the middle of a packet, or is none of Git.');
    found.push(bytes.subarray(at + LENGTH_DIGITS, at + length));
    at += length;
  }
  return found;
}

/** A payload as a line of text. */
export const lineOf = (payload: Buffer): string => payload.toString().replace(/\n$/, '');
