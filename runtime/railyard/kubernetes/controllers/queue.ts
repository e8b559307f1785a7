/** How long one round may keep the event loop from serving requests. */
const MOST_PER_ROUND = 200;

/**
 * Work that follows from writes and must not happen within them. Each key is queued at most once; jobs must be safe to
 * run when there is nothing left to do.
 */
export class WorkQueue {
  private readonly jobs = new Map<string, () => void>();
  private scheduled: NodeJS.Immediate | undefined;
  private stopped = false;

  /** @param failed told of jobs that threw: a bug, or a full disk */
  constructor(private readonly failed: (error: unknown) => void) {}

  add(key: string, job: () => void): void {
    if (this.stopped) return;
    this.jobs.set(key, job);
    this.scheduled ??= setImmediate(() => this.run());
  }

  stop(): void {
    this.stopped = true;
    this.jobs.clear();
    if (this.scheduled) clearImmediate(this.scheduled);
  }

  private run(): void {
    this.scheduled = undefined;
    let count = 0;
    for (const [key, job] of this.jobs) {
      if ((count += 1) > MOST_PER_ROUND) break;
      this.jobs.delete(key);
      try {
        job();
      } catch (error) {
        this.failed(error);
      }
    }
    if (this.jobs.size > 0) this.scheduled ??= setImmediate(() => this.run());
  }
}
