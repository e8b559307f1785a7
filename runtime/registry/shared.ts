/** Work that several ask for at about the same time is done once. */

import type { Clock } from '../clock';
import { TransientError } from '../errors';

interface Entry<T> {
  /** When it was asked for, by the clock's `uptime`: what happened later is not in it. */
  readonly at: number;
  readonly work: Promise<T>;
  readonly stop: AbortController;
  callers: number;
  ended: boolean;
}

export class Shared<T> {
  readonly #entries = new Map<string, Entry<T>>();

  /** @param most answers that are kept; the oldest goes first */
  constructor(
    private readonly clock: Clock,
    private readonly most: number,
  ) {}

  /**
   * The answer for a key, a new one unless one is young enough. Work that nobody waits for any more is called off.
   *
   * @param maxAgeMs milliseconds since it was asked for
   */
  async get(
    key: string,
    maxAgeMs: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const known = this.#entries.get(key);
    const entry = known !== undefined && this.clock.uptime() - known.at <= maxAgeMs ? known : this.#begin(key, work);
    entry.callers += 1;
    const leave = (): void => {
      entry.callers -= 1;
      if (entry.callers > 0 || entry.ended) return;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      entry.stop.abort();
    };
    if (signal === undefined) return entry.work.finally(leave);
    return new Promise<T>((resolve, reject) => {
      const abort = (): void => {
        leave();
        reject(new TransientError('the look was called off'));
      };
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      const end = (then: () => void) => (): void => {
        if (signal.aborted) return;
        signal.removeEventListener('abort', abort);
        leave();
        then();
      };
      entry.work.then(
        (value) => end(() => resolve(value))(),
        (error: Error) => end(() => reject(error))(),
      );
    });
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const stop = new AbortController();
    const entry: Entry<T> = { at: this.clock.uptime(), work: work(stop.signal), stop, callers: 0, ended: false };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.most && oldest !== undefined) this.#entries.delete(oldest);
    entry.work.then(
      () => void (entry.ended = true),
      () => {
        entry.ended = true;
        // A failure is nobody's answer but of those who waited for it.
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }
}
