/** How an event goes over the wire: as it is, or compressed once for all who read it. */

import { constants, deflateRaw, deflateRawSync } from 'node:zlib';

export type Packing = 'identity' | 'gzip';

/**
 * What a connection begins with. A gzip stream is this header and blocks of deflate. Each event is compressed by itself,
 * ends at a whole byte and refers to nothing before it, so that the same bytes go on in the stream of any connection.
 */
export const OPENING: Readonly<Record<Packing, Buffer>> = {
  identity: Buffer.alloc(0),
  gzip: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]),
};

const SETTINGS = { level: 3, flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

export function packNow(text: string, packing: Packing): Buffer {
  const bytes = Buffer.from(text);
  return packing === 'identity' ? bytes : deflateRawSync(bytes, SETTINGS);
}

/** The same for what is long, beside other work. */
export async function pack(text: string, packing: Packing): Promise<Buffer> {
  const bytes = Buffer.from(text);
  if (packing === 'identity') return bytes;
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, SETTINGS, (error, packed) => (error === null ? resolve(packed) : reject(error)));
  });
}

/** What a browser understands, by its header `Accept-Encoding`. */
export const packingFor = (accepted: string | undefined): Packing =>
  /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted ?? '') ? 'gzip' : 'identity';
