/** Networks as people write them: an address alone, or `10.1.0.0/16`. */

import { isIP } from 'node:net';

export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly version: 'ipv4' | 'ipv6';
}

/** What a text says; `undefined` where it is no network. */
export function networkIn(text: string): Network | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  const widest = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? widest : Number(bits);
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits ?? '0') || prefix > widest) return undefined;
  return { address, prefix, version: family === 4 ? 'ipv4' : 'ipv6' };
}
