/** Objects as one pack: each compressed by itself, since what an arrival changes is little. */

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, deflate, deflateSync } from 'node:zlib';
import type { GitObject } from '../object-reader';

const KINDS = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
const SMALL = 16 * 1024;
const LEVEL = { level: constants.Z_BEST_SPEED };
const deflateAside = promisify<Buffer, typeof LEVEL, Buffer>(deflate);

/** An object with its content. */
export type WholeObject = GitObject & { readonly content: Buffer };

export async function packOf(objects: readonly WholeObject[]): Promise<Buffer> {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts: Uint8Array[] = [head];
  for (const { type, content } of objects) {
    // A large file leaves the thread; small ones would spend more on leaving than on the work.
    const compressed = content.length <= SMALL ? deflateSync(content, LEVEL) : await deflateAside(content, LEVEL);
    parts.push(entryHeader(KINDS[type], content.length), compressed);
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** Kind and size: four bits of the size beside the kind, seven in each byte that follows. */
function entryHeader(kind: number, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (kind << 4) | (size & 0x0f);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  return Buffer.from([...bytes, byte]);
}
