const NEWLINE = 0x0a;

/** No object of an API server comes near this; a longer line is not a watch stream. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Room for a line in pieces that is kept for the next one. */
const ROOM_BYTES = 256 * 1024;

/**
 * Cuts a byte stream into lines: feed it chunks, and it calls `take` with each complete, non-empty line. What follows
 * the last newline is a line that was cut off, and is never handed out.
 */
export class LineSplitter {
  #room = Buffer.allocUnsafe(ROOM_BYTES);
  #held = 0;

  /** @param take gets bytes that are good only until it returns */
  constructor(private readonly take: (line: Buffer) => void) {}

  /** @throws Error when a line grows past 64 MiB, or whatever `take` throws */
  feed(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      if (this.#held > 0) {
        this.#hold(piece);
        const line = this.#room.subarray(0, this.#held);
        this.#held = 0;
        this.take(line);
      } else if (piece.length > 0) this.take(piece);
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  #hold(piece: Buffer): void {
    const needed = this.#held + piece.length;
    if (needed > MAX_LINE_BYTES) throw new Error(`a line of the stream is longer than ${MAX_LINE_BYTES} bytes`);
    if (this.#held === 0 && this.#room.length > ROOM_BYTES) this.#room = Buffer.allocUnsafe(ROOM_BYTES);
    if (needed > this.#room.length) {
      const room = Buffer.allocUnsafe(needed * 2);
      this.#room.copy(room, 0, 0, this.#held);
      this.#room = room;
    }
    piece.copy(this.#room, this.#held);
    this.#held = needed;
  }
}
