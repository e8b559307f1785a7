/** Running shims: few, started when there is work, gone when there is none. */

import { TransientError } from '../../errors';
import { Line } from '../../line';
import { type RenderLimits, type Reply, type Shim, ShimBroke, type ShimSource } from './shim';

export interface PoolOptions extends RenderLimits {
  /** Renders that run side by side; the rest wait in order. */
  readonly workers: number;
  /** A shim that holds more bytes than this after its render is replaced. */
  readonly recycleBytes: number;
  /** Milliseconds without work after which the shims are ended. */
  readonly idleMs: number;
}

export class ShimPool {
  private readonly closing = new AbortController();
  private readonly idle: Shim[] = [];
  private readonly ends = new Set<Promise<void>>();
  private readonly line: Line;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: ShimSource,
    private readonly options: PoolOptions,
  ) {
    this.line = new Line(options.workers);
  }

  /** Shims that exist, working or idle. */
  get shims(): number {
    return this.busy + this.idle.length;
  }

  /** Places that are taken; one that is handed on stays so. */
  private get busy(): number {
    return this.options.workers - this.line.free;
  }

  /** Renders one request. Errors are those of {@link Shim} and of its source. */
  async run(request: Uint8Array, signal: AbortSignal): Promise<Reply> {
    const ended = AbortSignal.any([signal, this.closing.signal]);
    ended.throwIfAborted();
    clearTimeout(this.timer);
    await this.line.enter(false, ended);
    try {
      const used = this.takeIdle();
      try {
        return await this.runOn(used ?? (await this.source.start(ended)), request, ended);
      } catch (error) {
        // What earlier renders left in it may be what it died of: only a fresh one can blame the input.
        if (used === undefined || !(error instanceof ShimBroke)) throw error;
        return await this.runOn(await this.source.start(ended), request, ended);
      }
    } finally {
      this.leave();
    }
  }

  /**
   * Has a shim ready, if there is none.
   *
   * @param request is rendered for that: the first render of a shim takes ten times as long as the second
   */
  async wake(request: Uint8Array): Promise<void> {
    if (this.shims === 0) await this.run(request, this.closing.signal);
  }

  /**
   * Makes room for others: of the shims that have nothing to do those that rested longest are ended, until the rest hold no
   * more bytes than this. One stays, since whatever a program prints is read by it.
   */
  makeRoom(bytes: number): void {
    let held = this.idle.reduce((sum, { memory }) => sum + memory, 0);
    while (held > bytes && this.idle.length > 1) {
      const [oldest] = this.idle.splice(0, 1);
      if (oldest === undefined) return;
      held -= oldest.memory;
      this.end(oldest);
    }
  }

  /** Ends every render and every shim. What waits is refused as transient. */
  async close(): Promise<void> {
    this.closing.abort(new TransientError('The renderer is closed.'));
    this.rest();
    await Promise.all(this.ends);
  }

  private async runOn(shim: Shim, request: Uint8Array, signal: AbortSignal): Promise<Reply> {
    try {
      return await shim.run(request, this.options, signal);
    } finally {
      this.release(shim);
    }
  }

  private takeIdle(): Shim | undefined {
    const shim = this.idle.pop();
    return shim === undefined || shim.usable ? shim : this.takeIdle();
  }

  private release(shim: Shim): void {
    if (shim.usable && shim.memory <= this.options.recycleBytes && !this.closing.signal.aborted) {
      this.idle.push(shim);
    } else {
      this.end(shim);
    }
  }

  private leave(): void {
    this.line.leave();
    if (this.busy === 0) this.timer = setTimeout(() => this.rest(), this.options.idleMs).unref();
  }

  /** Nothing at rest: no process, no thread, no compiled module, no timer. */
  private rest(): void {
    clearTimeout(this.timer);
    for (const shim of this.idle.splice(0)) this.end(shim);
    this.source.rest();
  }

  private end(shim: Shim): void {
    const ending = shim.stop().finally(() => this.ends.delete(ending));
    this.ends.add(ending);
  }
}
