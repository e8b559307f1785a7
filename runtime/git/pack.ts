/** Packs: objects in one file each, compressed by themselves, and the index by which Git finds them. */

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, crc32, deflate, deflateSync } from 'node:zlib';

const KINDS = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
const SMALL = 16 * 1024;
const LEVEL = { level: constants.Z_BEST_SPEED };
/** What fits into this window is packed as tightly as with a large one, in a third of the time: less has to be cleared before. */
const TINY = 4 * 1024;
const TINY_WINDOW = { ...LEVEL, windowBits: 12, memLevel: 5, chunkSize: 1024 };
const deflateAside = promisify<Buffer, typeof LEVEL, Buffer>(deflate);
const ID_BYTES = 20;

/** An object as it stands in a pack. */
export interface PackEntry {
  readonly oid: string;
  readonly bytes: Buffer;
}

export async function packEntry(oid: string, type: keyof typeof KINDS, content: Buffer): Promise<PackEntry> {
  // A large file leaves the thread; small ones would spend more on leaving than on the work.
  const compressed =
    content.length <= SMALL
      ? deflateSync(content, content.length <= TINY ? TINY_WINDOW : LEVEL)
      : await deflateAside(content, LEVEL);
  return { oid, bytes: Buffer.concat([entryHeader(KINDS[type], content.length), compressed]) };
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

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();

export function packOf(entries: readonly PackEntry[]): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(entries.length, 8);
  const body = Buffer.concat([head, ...entries.map(({ bytes }) => bytes)]);
  return Buffer.concat([body, sha1(body)]);
}

/** The index of a pack that was made of these entries, in version 2. */
export function indexOf(entries: readonly PackEntry[], pack: Buffer): Buffer {
  let at = 12;
  const placed = entries.map(({ oid, bytes }) => {
    const offset = at;
    at += bytes.length;
    return { id: Buffer.from(oid, 'hex'), offset, checksum: crc32(bytes) };
  });
  placed.sort((one, other) => Buffer.compare(one.id, other.id));
  const head = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
  const fanout = Buffer.alloc(256 * 4);
  for (const { id } of placed) {
    for (let first = id[0] ?? 0; first < 256; first += 1)
      fanout.writeUInt32BE(fanout.readUInt32BE(first * 4) + 1, first * 4);
  }
  const numbers = (pick: (one: (typeof placed)[number]) => number): Buffer => {
    const bytes = Buffer.alloc(placed.length * 4);
    placed.forEach((one, index) => bytes.writeUInt32BE(pick(one), index * 4));
    return bytes;
  };
  const body = Buffer.concat([
    head,
    fanout,
    ...placed.map(({ id }) => id),
    numbers(({ checksum }) => checksum),
    numbers(({ offset }) => offset),
    pack.subarray(-ID_BYTES),
  ]);
  return Buffer.concat([body, sha1(body)]);
}

/** The ids in an index of version 2. */
export function idsIn(index: Buffer): string[] {
  const count = index.readUInt32BE(8 + 255 * 4);
  const start = 8 + 256 * 4;
  return Array.from({ length: count }, (_, at) =>
    index.toString('hex', start + at * ID_BYTES, start + (at + 1) * ID_BYTES),
  );
}
