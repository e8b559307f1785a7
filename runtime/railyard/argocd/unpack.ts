/** Takes apart the pack of one commit: a process for it costs as much as the railyard is large. Pure. */

import { createHash } from 'node:crypto';
import { inflateSync, type ZlibOptions } from 'node:zlib';

/** An object as Git stores it. */
export interface GitObject {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
  readonly content: Buffer;
}

/** Of a pack as Git numbers them. */
const TYPES: Readonly<Record<number, GitObject['type']>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const BY_OFFSET = 6;
const BY_ID = 7;
const HEAD_BYTES = 12;
const ID_BYTES = 20;

/** What a pack says of one object: itself, or how it differs from another one. */
type Entry = { readonly at: number; readonly content: Buffer } & (
  { readonly type: GitObject['type'] } | { readonly base: number | string }
);

/**
 * All objects of a pack, by their SHA.
 *
 * @throws Error where the pack is damaged, or builds on objects that it does not hold
 */
export function unpack(pack: Buffer): ReadonlyMap<string, GitObject> {
  const end = pack.length - ID_BYTES;
  if (end < HEAD_BYTES || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2) {
    throw new Error('what the server sent is no pack');
  }
  if (!createHash('sha1').update(pack.subarray(0, end)).digest().equals(pack.subarray(end))) {
    throw new Error('the pack that the server sent is damaged');
  }
  const reader = new Reader(pack.subarray(0, end), HEAD_BYTES);
  const entries = Array.from({ length: pack.readUInt32BE(8) }, () => reader.entry());
  return resolved(entries);
}

/** Makes differences whole, those first whose base is known: a base may stand behind what builds on it. */
function resolved(entries: readonly Entry[]): ReadonlyMap<string, GitObject> {
  const byId = new Map<string, GitObject>();
  const byOffset = new Map<number, GitObject>();
  let left = entries;
  while (left.length > 0) {
    const waiting = left.filter((entry) => {
      const object = objectOf(entry);
      if (object === undefined) return true;
      byOffset.set(entry.at, object);
      byId.set(idOf(object), object);
      return false;
    });
    if (waiting.length === left.length) throw new Error('the pack that the server sent lacks objects');
    left = waiting;
  }
  return byId;

  function objectOf(entry: Entry): GitObject | undefined {
    if ('type' in entry) return { type: entry.type, content: entry.content };
    const base = typeof entry.base === 'number' ? byOffset.get(entry.base) : byId.get(entry.base);
    return base === undefined ? undefined : { type: base.type, content: changed(base.content, entry.content) };
  }
}

function idOf({ type, content }: GitObject): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** Reads on from a place in a buffer. */
class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  entry(): Entry {
    const at = this.at;
    let byte = this.byte();
    const kind = (byte >> 4) & 0x07;
    let size = byte & 0x0f;
    for (let weight = 16; byte & 0x80; weight *= 128) {
      byte = this.byte();
      size += (byte & 0x7f) * weight;
    }
    if (kind === BY_OFFSET) return { at, base: at - this.distance(), content: this.inflate(size) };
    if (kind === BY_ID) return { at, base: this.take(ID_BYTES).toString('hex'), content: this.inflate(size) };
    const type = TYPES[kind];
    if (type === undefined) throw new Error(`the pack that the server sent holds an object of kind ${kind}`);
    return { at, type, content: this.inflate(size) };
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Error('the pack that the server sent ends too early');
    this.at += 1;
    return byte;
  }

  take(length: number): Buffer {
    this.at += length;
    if (this.at > this.bytes.length) throw new Error('the pack that the server sent ends too early');
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Seven bits in each byte, the lowest first. */
  number(): number {
    let sum = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = this.byte();
      sum += (byte & 0x7f) * weight;
      if ((byte & 0x80) === 0) return sum;
    }
  }

  /** Of a number only the bytes that are not zero are there. */
  sparse(bits: number, most: number): number {
    let sum = 0;
    for (let index = 0; index < most; index += 1) if (bits & (1 << index)) sum += this.byte() * 256 ** index;
    return sum;
  }

  /** Seven bits in each byte, the highest first, and one more for each byte that follows. */
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
    // With `info` Node tells how much was read, which its types do not know.
    const options: ZlibOptions = { info: true, maxOutputLength: Math.max(size, 1), chunkSize: Math.max(size, 64) };
    const { buffer, engine } = inflateSync(this.bytes.subarray(this.at), options) as unknown as Inflated;
    if (buffer.length !== size) throw new Error('an object in the pack that the server sent has another size');
    this.at += engine.bytesWritten;
    return buffer;
  }
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function changed(base: Buffer, difference: Buffer): Buffer {
  const reader = new Reader(difference);
  const [before, after] = [reader.number(), reader.number()];
  const parts: Buffer[] = [];
  while (!reader.isAtEnd) {
    const command = reader.byte();
    if (command & 0x80) {
      const offset = reader.sparse(command & 0x0f, 4);
      const size = reader.sparse((command >> 4) & 0x07, 3) || 0x10000;
      parts.push(base.subarray(offset, offset + size));
    } else parts.push(reader.take(command));
  }
  const result = Buffer.concat(parts);
  if (base.length !== before || result.length !== after) {
    throw new Error('a difference in the pack that the server sent does not fit');
  }
  return result;
}
