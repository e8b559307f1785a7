import { isRetriable, messageOf, TransientError } from '../errors';
import type { Log, LogFields } from '../log';
import { type Backoff, backoffMs } from './backoff';
import { type Clock, systemClock } from '../clock';
import { Alarms } from './alarms';

/**
 * Does the work of one key, from what the cache shows now. Resolving forgets the key's failures. Rejecting brings the
 * key back after a growing wait, unless the error is a TerminalError: then it rests until somebody adds it.
 *
 * @param signal aborts when the queue gives up on running work: stop effects at once
 */
export type Handler = (key: string, signal: AbortSignal) => Promise<void>;

/** What a queue is made of. */
export interface WorkQueueOptions {
  readonly handle: Handler;
  readonly log: Log;

  /** How many keys may be worked on at once. @default 4 */
  readonly workers?: number;

  /** What the log says of a key. @default - the key itself */
  readonly fieldsOf?: (key: string) => LogFields;

  /** Waits of a key that fails. @default 5 ms to 60 s */
  readonly backoff?: Backoff;

  /** @default - the machine's */
  readonly clock?: Clock;

  /** Numbers in [0, 1). @default - Math.random */
  readonly random?: () => number;
}

/** Figures of a queue, for metrics and liveness. */
export interface WorkQueueStats {
  /** Keys that wait for a worker. */
  readonly depth: number;
  /** Keys that are worked on. */
  readonly running: number;
  /** Keys that wait for their time. */
  readonly delayed: number;
  /** Keys whose last work failed. */
  readonly failing: number;
  /** Works that failed and were put back, since the queue was made. */
  readonly retries: number;
  /** How long the oldest running work has not got any further, in milliseconds; 0 with none. */
  readonly longestRunningMs: number;
  /** Its key. */
  readonly longestRunning?: string;
}

const BACKOFF: Backoff = { baseMs: 5, capMs: 60_000 };

/**
 * A queue of keys. A key waits at most once; no two workers ever have the same key; one that is added while it is
 * worked on is worked on once more after that. The queue holds no state of the world: whoever handles a key looks
 * again, so dropping, doubling or reordering keys is harmless, and losing one only until it is added again.
 */
export class WorkQueue {
  readonly #handle: Handler;
  readonly #log: Log;
  readonly #fieldsOf: (key: string) => LogFields;
  readonly #workers: number;
  readonly #backoff: Backoff;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, number>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #alarms: Alarms;
  readonly #abort = new AbortController();
  #state: 'idle' | 'started' | 'stopped' = 'idle';
  #retries = 0;
  #onRest: () => void = () => undefined;

  constructor({
    handle,
    log,
    workers = 4,
    fieldsOf = (key) => ({ key }),
    backoff = BACKOFF,
    clock = systemClock,
    random = Math.random,
  }: WorkQueueOptions) {
    this.#handle = handle;
    this.#log = log;
    this.#fieldsOf = fieldsOf;
    this.#workers = workers;
    this.#backoff = backoff;
    this.#clock = clock;
    this.#random = random;
    this.#alarms = new Alarms(clock, (key) => this.add(key));
  }

  /** Puts a key in line, unless it waits there already. */
  add(key: string): void {
    if (this.#state === 'stopped') return;
    if (this.#running.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#pull();
  }

  /** Puts a key in line after `ms` milliseconds. Of several times the earliest counts; the others are forgotten. */
  addAfter(key: string, ms: number): void {
    if (this.#state === 'stopped') return;
    if (ms <= 0) this.add(key);
    else this.#alarms.setAfter(key, ms);
  }

  /** Puts a key in line at that wall-clock time, also when the clock is set meanwhile. The earliest counts, as above. */
  addAt(key: string, time: Date): void {
    if (this.#state === 'stopped') return;
    if (time.getTime() <= this.#clock.now()) this.add(key);
    else this.#alarms.setAt(key, time.getTime());
  }

  /** Puts a key in line after the wait that its failures have earned, this one included. */
  retry(key: string, atLeastMs = 0): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#retries++;
    this.addAfter(key, Math.max(atLeastMs, backoffMs(failures, this.#backoff, this.#random)));
  }

  /** Forgets that a key has failed: its next wait is the first again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The work on a key has got further: it is not stuck. */
  progress(key: string): void {
    if (this.#running.has(key)) this.#running.set(key, this.#clock.uptime());
  }

  /** Begins handing out keys, those included that were added before. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'started';
    this.#pull();
  }

  /**
   * Takes nothing more, drops what waits, and lets running work end; what still runs after `graceMs` has its signal
   * aborted. With 0 it is aborted at once, as a lost lease demands. A stopped queue stays stopped.
   *
   * @returns whether all work ended by itself
   */
  async stop(graceMs = 30_000): Promise<boolean> {
    this.#state = 'stopped';
    this.#waiting.clear();
    this.#again.clear();
    this.#alarms.clear();
    if (this.#running.size === 0) return true;
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.#abort.abort();
        resolve(false);
      };
      const cancel = graceMs > 0 ? this.#clock.after(graceMs, giveUp) : undefined;
      if (!cancel) return giveUp();
      this.#onRest = () => {
        cancel();
        resolve(true);
      };
    });
  }

  /** Figures of this moment. */
  stats(): WorkQueueStats {
    const now = this.#clock.uptime();
    const [oldest] = [...this.#running].sort(([, one], [, other]) => one - other);
    return {
      depth: this.#waiting.size,
      running: this.#running.size,
      delayed: this.#alarms.size,
      failing: this.#failures.size,
      retries: this.#retries,
      longestRunningMs: oldest ? now - oldest[1] : 0,
      ...(oldest ? { longestRunning: oldest[0] } : {}),
    };
  }

  #pull(): void {
    if (this.#state !== 'started') return;
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#workers) return;
      this.#waiting.delete(key);
      this.#running.set(key, this.#clock.uptime());
      void this.#work(key);
    }
  }

  async #work(key: string): Promise<void> {
    try {
      await this.#handle(key, this.#abort.signal);
      this.forget(key);
    } catch (error) {
      this.#failed(key, error);
    }
    this.#running.delete(key);
    if (this.#again.delete(key)) this.#waiting.add(key);
    if (this.#running.size === 0) this.#onRest();
    this.#pull();
  }

  #failed(key: string, error: unknown): void {
    if (this.#state === 'stopped') return;
    if (isRetriable(error)) {
      this.retry(key, error instanceof TransientError ? error.retryAfterMs : 0);
      this.#log.warn(
        { ...this.#fieldsOf(key), failures: this.#failures.get(key), error: messageOf(error) },
        'Work failed and is tried again',
      );
    } else {
      this.forget(key);
      this.#log.error(
        { ...this.#fieldsOf(key), error: messageOf(error) },
        'Work failed for good and waits for a change',
      );
    }
  }
}
