import type { Clock } from '../../../runtime/kube';

/** A clock that a test moves by hand. The wall may be set without time passing. */
export class FakeClock implements Clock {
  #uptime = 0;
  #ahead = Date.parse('2026-01-01T00:00:00Z');
  #timers: { due: number; run: () => void }[] = [];

  now(): number {
    return this.#uptime + this.#ahead;
  }

  uptime(): number {
    return this.#uptime;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#uptime + ms, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  /** Lets time pass, ringing what comes due in order, and lets promises settle after each ring. */
  async pass(ms: number): Promise<void> {
    const end = this.#uptime + ms;
    for (;;) {
      await settle();
      const next = this.#timers.filter(({ due }) => due <= end).sort((one, other) => one.due - other.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#uptime = Math.max(this.#uptime, next.due);
      next.run();
    }
    this.#uptime = end;
    await settle();
  }

  /** Sets the wall clock: no time passes, but the date is another. */
  setWall(ms: number): void {
    this.#ahead += ms;
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }
}

/** Lets everything that needs no time happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
