/** Virtual time: what is to happen, in the order of its moment, and of its making where moments are equal. */

interface Entry {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** Everything that promises have to do without time passing: a tick comes after all of them, and nothing here waits for I/O. */
const settle = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

export class Timeline {
  readonly #heap: Entry[] = [];
  #made = 0;
  #uptime = 0;
  #waiting = 0;

  /** @param start the date at the beginning, milliseconds since 1970 */
  constructor(readonly start: number) {}

  /** Milliseconds since the beginning. */
  get uptime(): number {
    return this.#uptime;
  }

  /** The true date, milliseconds since 1970; clocks may show another. */
  get now(): number {
    return this.start + this.#uptime;
  }

  /** How much is to happen. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @returns a function that calls it off */
  after(ms: number, run: () => void): () => void {
    const entry: Entry = { at: this.#uptime + Math.max(0, ms), order: this.#made, run };
    this.#made += 1;
    this.#waiting += 1;
    this.#push(entry);
    return () => {
      if (entry.run === undefined) return;
      entry.run = undefined;
      this.#waiting -= 1;
    };
  }

  /**
   * Lets happen what happens until then.
   *
   * @param most things that may happen at most; the rest is left to happen @default all
   * @returns how many things happened
   */
  async until(end: number, most = Infinity): Promise<number> {
    let happened = 0;
    await settle();
    for (let next = this.#next(); next !== undefined && next.at <= end; next = this.#next()) {
      this.#pop();
      const { run } = next;
      next.run = undefined;
      this.#waiting -= 1;
      this.#uptime = Math.max(this.#uptime, next.at);
      run?.();
      happened += 1;
      await settle();
      if (happened > most) return happened;
    }
    this.#uptime = Math.max(this.#uptime, end);
    return happened;
  }

  /** When the next thing happens, milliseconds since the beginning. */
  get nextAt(): number | undefined {
    return this.#next()?.at;
  }

  #next(): Entry | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].run === undefined) this.#pop();
    return this.#heap[0];
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const [one, other] = [heap[left], heap[right]];
      if (one === undefined) break;
      const [child, place] = other !== undefined && isBefore(other, one) ? [other, right] : [one, left];
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = place;
    }
    heap[at] = last;
  }
}
