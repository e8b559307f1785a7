/** Takes a pack apart that a server sent: what is in it, and under which ids. Pure. */

import { createHash } from 'node:crypto';
import { inflateSync, type ZlibOptions } from 'node:zlib';
import { encodeObject } from './objects';
import type { PackEntry } from './pack';

/** Of a pack as Git numbers them. */
const BLOB = 3;
const BY_OFFSET = 6;
const BY_ID = 7;
const HEAD_BYTES = 12;
const ID_BYTES = 20;
/** What is larger than this when it is unfolded is not for this thread. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The contents of files in a pack, in their order.
 *
 * @throws Error where the pack is damaged, is larger than 16 MiB inside, or holds anything but contents of files
 */
export function blobsIn(pack: Buffer): readonly PackEntry[] {
  const end = pack.length - ID_BYTES;
  if (end < HEAD_BYTES || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2) {
    throw new Error('The server sent something that is no pack.');
  }
  if (!createHash('sha1').update(pack.subarray(0, end)).digest().equals(pack.subarray(end))) {
    throw new Error('The pack that the server sent is damaged.');
  }
  const reader = new Reader(pack.subarray(0, end));
  const entries = Array.from({ length: pack.readUInt32BE(8) }, () => reader.next());
  if (!reader.isAtEnd) throw new Error('The pack that the server sent holds more than it says.');
  return entries;
}

class Reader {
  private at = HEAD_BYTES;
  private left = MOST_BYTES;
  private readonly byOffset = new Map<number, Buffer>();
  private readonly byId = new Map<string, Buffer>();

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  next(): PackEntry {
    const start = this.at;
    const { kind, size } = this.head();
    const base = kind === BLOB ? undefined : this.base(kind, start);
    const unfolded = this.inflate(size);
    const content = base === undefined ? unfolded : changed(base, unfolded, (bytes) => this.spend(bytes));
    const { oid } = encodeObject('blob', content);
    this.byOffset.set(start, content);
    this.byId.set(oid, content);
    return { oid, bytes: this.bytes.subarray(start, this.at) };
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Error('The pack that the server sent ends too early.');
    this.at += 1;
    return byte;
  }

  private head(): { readonly kind: number; readonly size: number } {
    let byte = this.byte();
    const kind = (byte >> 4) & 0x07;
    let size = byte & 0x0f;
    for (let weight = 16; byte & 0x80; weight *= 128) {
      byte = this.byte();
      size += (byte & 0x7f) * weight;
    }
    return { kind, size };
  }

  /** What an entry is the difference to, which stands before it. */
  private base(kind: number, start: number): Buffer {
    const base =
      kind === BY_OFFSET ? this.byOffset.get(start - this.distance()) : kind === BY_ID ? this.baseById() : undefined;
    if (base === undefined) throw new Error('The pack that the server sent holds more than contents of files.');
    return base;
  }

  private baseById(): Buffer | undefined {
    const oid = this.bytes.toString('hex', this.at, this.at + ID_BYTES);
    this.at += ID_BYTES;
    return this.byId.get(oid);
  }

  /** Seven bits in each byte, and one more for each byte that follows. */
  private distance(): number {
    let byte = this.byte();
    let distance = byte & 0x7f;
    while (byte & 0x80) {
      byte = this.byte();
      distance = (distance + 1) * 128 + (byte & 0x7f);
    }
    return distance;
  }

  private inflate(size: number): Buffer {
    this.spend(size);
    // With `info` Node tells how much was read, which its types do not know.
    const options: ZlibOptions = { info: true, maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size, 64) };
    const answer = inflateSync(this.bytes.subarray(this.at), options) as unknown as Inflated;
    if (answer.buffer.length !== size) throw new Error('An entry of the pack that the server sent has another size.');
    this.at += answer.engine.bytesWritten;
    return answer.buffer;
  }

  private spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new Error('The pack that the server sent is too large.');
  }
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** @param spend told of the size of the result before it is made */
function changed(base: Buffer, delta: Buffer, spend: (bytes: number) => void): Buffer {
  let at = 0;
  const byte = (): number => {
    const value = delta[at];
    if (value === undefined) throw new Error('A difference in the pack that the server sent ends too early.');
    at += 1;
    return value;
  };
  const number = (): number => {
    let sum = 0;
    for (let weight = 1; ; weight *= 128) {
      const value = byte();
      sum += (value & 0x7f) * weight;
      if ((value & 0x80) === 0) return sum;
    }
  };
  /** Of a number only the bytes that are not zero are there. */
  const sparse = (bits: number, most: number): number => {
    let sum = 0;
    for (let index = 0; index < most; index += 1) if (bits & (1 << index)) sum += byte() * 256 ** index;
    return sum;
  };
  const [before, after] = [number(), number()];
  spend(after);
  const parts: Buffer[] = [];
  while (at < delta.length) {
    const command = byte();
    if (command & 0x80) {
      const offset = sparse(command & 0x0f, 4);
      const size = sparse((command >> 4) & 0x07, 3) || 0x10000;
      parts.push(base.subarray(offset, offset + size));
    } else {
      parts.push(delta.subarray(at, at + command));
      at += command;
    }
  }
  const result = Buffer.concat(parts);
  if (base.length !== before || result.length !== after) {
    throw new Error('A difference in the pack that the server sent does not fit.');
  }
  return result;
}
