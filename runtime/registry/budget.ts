/**
 * What one registry may be asked with one credential: so many requests at once and a second, shared fairly by its
 * repositories, and none at all while it has asked to be left alone.
 */

import type { Clock } from '../clock';
import { TransientError } from '../errors';

export interface BudgetOptions {
  readonly clock: Clock;
  /** For messages. */
  readonly host: string;
  /** Requests under way at once. @default 8 */
  readonly atOnce?: number;
  /** Requests a second in the long run; twice as many may come at once. @default 40 */
  readonly perSecond?: number;
}

interface Waiting {
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

export class Budget {
  readonly #clock: Clock;
  readonly #host: string;
  readonly #atOnce: number;
  readonly #perSecond: number;
  /** In the order in which repositories are served next. */
  readonly #queues = new Map<string, Waiting[]>();
  readonly #underWay = new Map<string, number>();
  /** Until when, by the clock's `uptime`, a repository is left alone. */
  readonly #paused = new Map<string, number>();
  #pausedAll = 0;
  #tokens: number;
  #countedAt: number;
  #callOff: (() => void) | undefined;

  constructor({ clock, host, atOnce = 8, perSecond = 40 }: BudgetOptions) {
    this.#clock = clock;
    this.#host = host;
    this.#atOnce = atOnce;
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#countedAt = clock.uptime();
  }

  /**
   * Does one request in its turn.
   *
   * @throws TransientError at once while the registry wants to be left alone: nobody waits here for minutes
   */
  async run<T>(repository: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(repository, signal);
    try {
      return await work();
    } finally {
      this.#count(repository, -1);
      this.#next();
    }
  }

  /**
   * The registry said "too many requests" about a repository. That one is left alone as long as it asks for; the others go
   * on at half the pace. Said of a second one meanwhile, it is meant for all.
   */
  tooMany(repository: string, ms: number): void {
    const now = this.#clock.uptime();
    const others = [...this.#paused].some(([name, until]) => name !== repository && until > now);
    const until = now + ms;
    this.#paused.set(repository, Math.max(until, this.#paused.get(repository) ?? 0));
    if (others) this.#pausedAll = Math.max(until, this.#pausedAll);
    this.#next();
  }

  /** How long nothing may be asked of a repository, in milliseconds; 0 or less when it may. */
  #pauseOf(repository: string): number {
    return Math.max(this.#pausedAll, this.#paused.get(repository) ?? 0) - this.#clock.uptime();
  }

  #isSlowed(): boolean {
    const now = this.#clock.uptime();
    for (const [name, until] of this.#paused) if (until <= now) this.#paused.delete(name);
    return this.#paused.size > 0;
  }

  #turn(repository: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(repository) ?? [];
      const leave = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(new TransientError(`a look at ${this.#host} was called off`));
      };
      const waiting: Waiting = {
        start: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
        fail: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      queue.push(waiting);
      this.#queues.set(repository, queue);
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave, { once: true });
      this.#next();
    });
  }

  /** Starts what may start, one repository after the other. */
  #next(): void {
    this.#refusePaused();
    const slowed = this.#isSlowed();
    const most = slowed ? Math.ceil(this.#atOnce / 2) : this.#atOnce;
    this.#refill(slowed ? this.#perSecond / 2 : this.#perSecond);
    for (;;) {
      const [repository, queue] = this.#served(most) ?? [];
      if (repository === undefined || queue === undefined) return;
      if (this.#tokens < 1) {
        this.#callOff ??= this.#clock.after(Math.ceil(1000 / this.#perSecond), () => {
          this.#callOff = undefined;
          this.#next();
        });
        return;
      }
      this.#tokens -= 1;
      // To the end of the order: the others come first next time.
      this.#queues.delete(repository);
      const waiting = queue.shift();
      if (queue.length > 0) this.#queues.set(repository, queue);
      this.#count(repository, 1);
      waiting?.start();
    }
  }

  /** Who comes next: while one repository waits alone it has all places but one, kept free for whoever comes. */
  #served(most: number): [string, Waiting[]] | undefined {
    const underWay = [...this.#underWay.values()].reduce((sum, count) => sum + count, 0);
    if (underWay >= most) return undefined;
    for (const [repository, queue] of this.#queues) {
      if (queue.length === 0) this.#queues.delete(repository);
      else if ((this.#underWay.get(repository) ?? 0) < Math.max(1, most - 1)) return [repository, queue];
    }
    return undefined;
  }

  #refusePaused(): void {
    for (const [repository, queue] of this.#queues) {
      const left = this.#pauseOf(repository);
      if (left <= 0) continue;
      for (const waiting of queue.splice(0)) {
        const words = `registry ${this.#host} asks to be left alone for another ${Math.ceil(left / 1000)} s: too many requests`;
        waiting.fail(new TransientError(words, left));
      }
      this.#queues.delete(repository);
    }
  }

  #refill(perSecond: number): void {
    const now = this.#clock.uptime();
    this.#tokens = Math.min(2 * perSecond, this.#tokens + ((now - this.#countedAt) * perSecond) / 1000);
    this.#countedAt = now;
  }

  #count(repository: string, by: number): void {
    const count = (this.#underWay.get(repository) ?? 0) + by;
    if (count > 0) this.#underWay.set(repository, count);
    else this.#underWay.delete(repository);
  }
}
