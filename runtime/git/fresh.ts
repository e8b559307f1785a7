/** Objects that were made here: on disk before anybody hears of them, and in memory as long as they are new. */

import type { EncodedObject, GitObject, ObjectType } from './objects';
import { packEntry, packOf, type PackEntry } from './pack';
import { writePack } from './pack-file';
import { alone } from './recent';

interface Fresh {
  readonly object: GitObject & { readonly content: Buffer };
  readonly entry: PackEntry;
}

/** More than the commits of a large station need between being made and being pushed. */
const MOST_BYTES = 16 * 1024 * 1024;

export class FreshObjects {
  private readonly known = new Map<string, Fresh>();
  private bytes = 0;
  private waiting: Map<string, Fresh> | undefined;
  private last: Promise<void> = Promise.resolve();

  /**
   * @param folder of the mirror
   * @param written told of each new pack
   */
  constructor(
    private readonly folder: string,
    private readonly written: () => void,
  ) {}

  get(oid: string): Fresh | undefined {
    return this.known.get(oid);
  }

  /**
   * Returns when all are on disk. Those who come while a pack is written go together into the next one.
   *
   * @throws TransientError where the disk is full
   */
  async add(objects: readonly EncodedObject[]): Promise<void> {
    const fresh = await Promise.all(objects.filter(({ oid }) => !this.known.has(oid)).map(freshOf));
    if (fresh.length === 0) return;
    if (this.waiting === undefined) {
      const batch = new Map<string, Fresh>();
      this.waiting = batch;
      this.last = this.last.catch(() => undefined).then(() => this.write(batch));
    }
    for (const one of fresh) this.waiting.set(one.entry.oid, one);
    return this.last;
  }

  /** The mirror is another one. */
  forget(): void {
    this.known.clear();
    this.bytes = 0;
  }

  /** These are not on disk any more. */
  drop(oids: readonly string[]): void {
    for (const oid of oids) this.remove(oid);
  }

  private remove(oid: string): void {
    const known = this.known.get(oid);
    if (known === undefined) return;
    this.known.delete(oid);
    this.bytes -= sizeOf(known);
  }

  private async write(batch: Map<string, Fresh>): Promise<void> {
    // Whoever comes from here on waits for the next one.
    this.waiting = undefined;
    const entries = [...batch.values()].map(({ entry }) => entry);
    await writePack(this.folder, packOf(entries), entries);
    for (const [oid, one] of batch) this.keep(oid, one);
    this.written();
  }

  private keep(oid: string, one: Fresh): void {
    this.remove(oid);
    this.known.set(oid, one);
    this.bytes += sizeOf(one);
    for (const oldest of this.known.keys()) {
      if (this.bytes <= MOST_BYTES) break;
      this.remove(oldest);
    }
  }
}

/** What keeping one takes beside its bytes, about. */
const OVERHEAD_BYTES = 800;

const sizeOf = ({ object, entry }: Fresh): number => object.size + entry.bytes.length + OVERHEAD_BYTES;

async function freshOf({ oid, bytes }: EncodedObject): Promise<Fresh> {
  const type = bytes.toString('latin1', 0, bytes.indexOf(0x20)) as ObjectType;
  const content = alone(bytes.subarray(bytes.indexOf(0) + 1));
  const entry = await packEntry(oid, type, content);
  return { object: { type, size: content.length, content }, entry: { oid, bytes: alone(entry.bytes) } };
}
