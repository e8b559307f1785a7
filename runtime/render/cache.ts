/** Results by key, bounded in bytes; a key that is being made is waited for, not made twice. */

interface Making<V> {
  readonly result: Promise<V>;
  readonly end: AbortController;
  waiting: number;
}

export class ByteCache<V> {
  private readonly kept = new Map<string, V>();
  private readonly making = new Map<string, Making<V>>();
  private bytes = 0;

  /**
   * @param limit bytes kept at most; the longest unused go first
   * @param sizeOf bytes of one value
   */
  constructor(
    private readonly limit: number,
    private readonly sizeOf: (value: V) => number,
  ) {}

  /**
   * The value of `key`. `make` runs unless it is kept or being made; its signal aborts when everybody who waits has
   * gone. An error is given to all who wait and not kept.
   *
   * @throws the reason of `signal` when it aborts
   */
  async get(key: string, make: (signal: AbortSignal) => Promise<V>, signal: AbortSignal): Promise<V> {
    signal.throwIfAborted();
    const known = this.kept.get(key);
    if (known !== undefined) {
      this.kept.delete(key);
      this.kept.set(key, known);
      return known;
    }
    const making = this.making.get(key) ?? this.begin(key, make);
    making.waiting++;
    try {
      return await untilAborted(making.result, signal);
    } finally {
      making.waiting--;
      if (making.waiting === 0) {
        making.end.abort();
        if (this.making.get(key) === making) this.making.delete(key);
      }
    }
  }

  private begin(key: string, make: (signal: AbortSignal) => Promise<V>): Making<V> {
    const end = new AbortController();
    const result = make(end.signal).then((value) => {
      this.keep(key, value);
      return value;
    });
    const making: Making<V> = { result, end, waiting: 0 };
    this.making.set(key, making);
    return making;
  }

  private keep(key: string, value: V): void {
    if (this.kept.has(key) || this.sizeOf(value) > this.limit) return;
    this.kept.set(key, value);
    this.bytes += this.sizeOf(value);
    for (const [oldest, old] of this.kept) {
      if (this.bytes <= this.limit) break;
      this.kept.delete(oldest);
      this.bytes -= this.sizeOf(old);
    }
  }
}

/** Settles as `result` does, or rejects as soon as `signal` aborts. */
async function untilAborted<V>(result: Promise<V>, signal: AbortSignal): Promise<V> {
  let aborted = (): void => undefined;
  const gone = new Promise<never>((_, reject) => {
    aborted = () => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted);
  });
  try {
    return await Promise.race([result, gone]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}
