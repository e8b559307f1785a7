/**
 * A queue of keys: each key is worked on by one worker at a time, and once more if it was added meanwhile. What to do
 * for a key is decided when its turn comes.
 */
export class KeyQueue {
  private readonly waiting = new Set<string>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly timers = new Map<string, { readonly due: number; readonly timer: NodeJS.Timeout }>();
  private stopped = false;

  /**
   * @param work for one key; a rejection puts the key back after `retryMs`
   * @param workers how many keys are worked on at a time
   */
  constructor(
    private readonly work: (key: string) => Promise<void>,
    private readonly workers: number,
    private readonly onError: (error: unknown) => void,
    private readonly retryMs = 1_000,
  ) {}

  add(key: string): void {
    if (this.stopped) return;
    this.waiting.add(key);
    this.next();
  }

  /** Adds the key later; of several times for one key the earliest counts. */
  addAfter(key: string, milliseconds: number): void {
    const due = Date.now() + milliseconds;
    const pending = this.timers.get(key);
    if (this.stopped || (pending !== undefined && pending.due <= due)) return;
    clearTimeout(pending?.timer);
    const timer = setTimeout(() => {
      this.timers.delete(key);
      this.add(key);
    }, milliseconds);
    this.timers.set(key, { due, timer });
  }

  /** Takes no new work, drops what waits, and returns when the work under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    await Promise.all(this.running.values());
  }

  private next(): void {
    for (const key of this.waiting) {
      if (this.running.size >= this.workers) return;
      if (this.running.has(key)) continue;
      this.waiting.delete(key);
      this.running.set(key, this.run(key));
    }
  }

  private async run(key: string): Promise<void> {
    try {
      await this.work(key);
    } catch (error) {
      if (!this.stopped) {
        this.onError(error);
        this.addAfter(key, this.retryMs);
      }
    }
    this.running.delete(key);
    this.next();
  }
}
