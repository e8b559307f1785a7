import type { Fence } from '../fence';
import type { Clock } from '../clock';

/** How a lease is kept, in milliseconds. */
export interface LeaseTimes {
  /** So long after it was last seen to change, the others may take it; whole seconds. */
  readonly leaseMs: number;
  /** A holder that could not renew it for so long stops leading. */
  readonly renewMs: number;
  /** How often it is renewed, and tried again. */
  readonly retryMs: number;
}

/** What clocks that run at different speeds, and a last packet on its way, may take off a lease: this part of it. */
const MARGIN = 1 / 15;

/**
 * One uninterrupted time of holding the lease. It is counted from the moment before the renewal was sent, on a clock that
 * only goes forward, so it ends by itself: a process that was paused finds it over, however it was paused.
 */
export class Term implements Fence {
  readonly #over = new AbortController();
  #renewedAt: number;
  #cancel = (): void => undefined;
  #end: string | undefined;

  /** @param renewedAt of the clock's `uptime`, before the request that took the lease was sent */
  constructor(
    private readonly clock: Clock,
    private readonly times: LeaseTimes,
    renewedAt: number,
  ) {
    this.#renewedAt = renewedAt;
    this.#arm();
  }

  /** Aborts when the term is over. An effect asks {@link remainingMs}, since a paused process hears of nothing. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Why it is over, in words; absent while it is not. */
  get ended(): string | undefined {
    return this.#end;
  }

  remainingMs(): number {
    if (this.renewableMs() <= 0) return 0;
    return this.#renewedAt + this.times.leaseMs * (1 - MARGIN) - this.clock.uptime();
  }

  /** Milliseconds in which a renewal still counts; 0 or less when the term is over. */
  renewableMs(): number {
    return this.#end === undefined ? this.#renewedAt + this.times.renewMs - this.clock.uptime() : 0;
  }

  /** @param sentAt of the clock's `uptime`, before the renewal was sent */
  renewed(sentAt: number): void {
    if (this.#end !== undefined || this.renewableMs() <= 0) return;
    this.#renewedAt = sentAt;
    this.#arm();
  }

  /** Ends it for good. */
  end(why: string): void {
    if (this.#end !== undefined) return;
    this.#end = why;
    this.#cancel();
    this.#over.abort();
  }

  #arm(): void {
    this.#cancel();
    this.#cancel = this.clock.after(Math.max(0, this.renewableMs()), () => {
      if (this.renewableMs() <= 0) this.end(`the lease could not be renewed for ${this.times.renewMs / 1000} s`);
      else this.#arm();
    });
  }
}
