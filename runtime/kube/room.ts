/** Room that is kept for what comes next. */
const KEPT_BYTES = 256 * 1024;

/**
 * Bytes that come in pieces, put together in memory that is used again: pieces can go as soon as they have come, and
 * nothing large is left behind for the next collection.
 */
export class Room {
  #room = Buffer.allocUnsafe(KEPT_BYTES);
  #held = 0;

  /** How many bytes are held. */
  get size(): number {
    return this.#held;
  }

  /** Copies a piece behind what is held. */
  add(piece: Buffer): void {
    const needed = this.#held + piece.length;
    if (needed > this.#room.length) {
      const room = Buffer.allocUnsafe(needed * 2);
      this.#room.copy(room, 0, 0, this.#held);
      this.#room = room;
    }
    piece.copy(this.#room, this.#held);
    this.#held = needed;
  }

  /** @returns all that is held, good only until something is added or forgotten */
  bytes(): Buffer {
    return this.#room.subarray(0, this.#held);
  }

  /** Holds nothing any more. @param keep whether as much may come again @default false */
  forget(keep = false): void {
    this.#held = 0;
    if (!keep && this.#room.length > KEPT_BYTES) this.#room = Buffer.allocUnsafe(KEPT_BYTES);
  }
}
