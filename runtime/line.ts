/** The line before work that takes processes: so much runs at once, and the rest waits, what finishes something first. */

interface Waiting {
  readonly urgent: boolean;
  readonly go: () => void;
}

export class Line {
  readonly #waiting: Waiting[] = [];
  #free: number;

  /** @param places how many run at once; at least one */
  constructor(places: number) {
    this.#free = Math.max(1, places);
  }

  /** How many could begin now. */
  get free(): number {
    return this.#free;
  }

  /**
   * Takes a place; whoever has one has to leave it.
   *
   * @param urgent goes before all that are not
   * @returns `undefined` where one is free; else what resolves when one is
   * @throws the signal's reason where nobody asks for the job any more
   */
  enter(urgent: boolean, signal: AbortSignal): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(one), 1);
        reject(signal.reason instanceof Error ? signal.reason : new Error('nobody asks for it any more'));
      };
      const one: Waiting = {
        urgent,
        go: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      const behind = urgent ? this.#waiting.findIndex((other) => !other.urgent) : -1;
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, one);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Gives the place to the next one. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next.go();
  }
}
