/** Objects that were read lately: an arrival asks for the same folders and commits again and again. */

import type { GitObject } from './objects';

type Whole = GitObject & { readonly content: Buffer };

/** What keeping one takes beside its bytes, about. */
const OVERHEAD_BYTES = 400;
const MOST_BYTES = 2 * 1024 * 1024;
const LARGEST = 64 * 1024;

export class RecentObjects {
  private readonly known = new Map<string, Whole>();
  private bytes = 0;

  get(oid: string): Whole | undefined {
    const object = this.known.get(oid);
    if (object === undefined) return undefined;
    this.known.delete(oid);
    this.known.set(oid, object);
    return object;
  }

  keep(oid: string, { type, size, content }: GitObject): void {
    if (content === undefined || size > LARGEST || this.known.has(oid)) return;
    this.known.set(oid, { type, size, content: alone(content) });
    this.bytes += size + OVERHEAD_BYTES;
    for (const [oldest, object] of this.known) {
      if (this.bytes <= MOST_BYTES) break;
      this.known.delete(oldest);
      this.bytes -= object.size + OVERHEAD_BYTES;
    }
  }

  forget(): void {
    this.known.clear();
    this.bytes = 0;
  }
}

/** The same bytes in memory of their own: small ones otherwise keep the larger piece that they were cut from. */
export function alone(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** An object as it was asked for: a larger one comes without its content. */
export const upTo = ({ content, ...object }: Whole, maxBytes: number): GitObject =>
  object.size <= maxBytes ? { ...object, content } : object;
