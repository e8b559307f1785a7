/** What a shim that is a process says: heads, each followed by as many bytes as it names (see shim/process.go). Pure. */

/** By their number on the wire. */
const STATUSES = ['objects', 'refusal', 'versions'] as const;

export interface Frame {
  readonly status: (typeof STATUSES)[number];
  /** Bytes that the process holds. */
  readonly memory: number;
  readonly text: string;
}

/** A status byte, the memory in KiB, the length. */
const HEAD_BYTES = 9;

export class FrameReader {
  private chunks: Buffer[] = [];
  private held = 0;

  /**
   * The frames that this chunk completes.
   *
   * @throws Error when this is no frame; nothing that follows can be read either
   */
  add(chunk: Buffer): Frame[] {
    this.chunks.push(chunk);
    this.held += chunk.length;
    const complete: Frame[] = [];
    for (let frame = this.next(); frame !== undefined; frame = this.next()) complete.push(frame);
    return complete;
  }

  private next(): Frame | undefined {
    if (this.held < HEAD_BYTES) return undefined;
    // The head may be split; all the rest is joined once, when it is there.
    const [first = Buffer.alloc(0)] = this.chunks;
    const head = first.length < HEAD_BYTES ? this.joined() : first;
    const status = STATUSES[head.readUInt8(0)];
    if (status === undefined) throw new Error('it says something else than a shim does');
    const end = HEAD_BYTES + head.readUInt32LE(5);
    if (this.held < end) return undefined;
    const all = this.joined();
    this.chunks = all.length > end ? [all.subarray(end)] : [];
    this.held -= end;
    return {
      status,
      memory: all.readUInt32LE(1) * 1024,
      text: all.toString('utf8', HEAD_BYTES, end),
    };
  }

  private joined(): Buffer {
    const all = this.chunks.length === 1 && this.chunks[0] !== undefined ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
