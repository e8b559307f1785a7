import { Room } from './room';

const NEWLINE = 0x0a;

/** No object of an API server comes near this; a longer line is not a watch stream. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/**
 * Cuts a byte stream into lines: feed it chunks, and it calls `take` with each complete, non-empty line. What follows
 * the last newline is a line that was cut off, and is never handed out.
 */
export class LineSplitter {
  readonly #room = new Room();

  /** @param take gets bytes that are good only until it returns */
  constructor(private readonly take: (line: Buffer) => void) {}

  /** @throws Error when a line grows past 64 MiB, or whatever `take` throws */
  feed(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end);
      start = end + 1;
      if (this.#room.size > 0) {
        this.#hold(piece);
        const line = this.#room.bytes();
        this.#room.forget(true);
        this.take(line);
      } else if (piece.length > 0) this.take(piece);
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  #hold(piece: Buffer): void {
    if (this.#room.size + piece.length > MAX_LINE_BYTES) {
      throw new Error(`a line of the stream is longer than ${MAX_LINE_BYTES} bytes`);
    }
    if (this.#room.size === 0) this.#room.forget();
    this.#room.add(piece);
  }
}
