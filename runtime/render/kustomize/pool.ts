/** Workers of the shim: few, started when there is work, gone when there is none. */

import { TransientError } from '../../errors';
import { type CompiledModule, loadModule } from './module';
import { type RenderLimits, type Reply, ShimWorker, type ShimVersions } from './shim-worker';

export interface PoolOptions extends RenderLimits {
  /** Renders that run side by side; the rest wait in order. */
  readonly workers: number;
  /** A worker whose memory has grown past this is replaced, since it never shrinks. */
  readonly recycleBytes: number;
  /** Milliseconds without work after which the workers are ended. */
  readonly idleMs: number;
}

export class ShimPool {
  private readonly closing = new AbortController();
  private readonly idle: ShimWorker[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly ends = new Set<Promise<void>>();
  private busy = 0;
  private module: Promise<CompiledModule> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PoolOptions) {}

  /** Threads that exist, working or idle. */
  get threads(): number {
    return this.busy + this.idle.length;
  }

  /** Renders one request. Errors are those of {@link ShimWorker.run}. */
  async run(request: Uint8Array, signal: AbortSignal): Promise<Reply & { readonly versions: ShimVersions }> {
    const ended = AbortSignal.any([signal, this.closing.signal]);
    await this.enter(ended);
    try {
      const worker = this.takeIdle() ?? (await this.start(ended));
      try {
        return { ...(await worker.run(request, this.options, ended)), versions: worker.versions };
      } finally {
        this.release(worker);
      }
    } finally {
      this.leave();
    }
  }

  /**
   * Has a worker ready, if there is none.
   *
   * @param request is rendered for that: the first render of a worker takes ten times as long as the second
   */
  async wake(request: Uint8Array): Promise<void> {
    if (this.threads === 0) await this.run(request, this.closing.signal);
  }

  /** Ends every render and every thread. What waits is refused as transient. */
  async close(): Promise<void> {
    this.closing.abort(new TransientError('The renderer is closed.'));
    this.rest();
    await Promise.all(this.ends);
  }

  private takeIdle(): ShimWorker | undefined {
    const worker = this.idle.pop();
    return worker === undefined || worker.usable ? worker : this.takeIdle();
  }

  private async start(signal: AbortSignal): Promise<ShimWorker> {
    const loading = (this.module ??= loadModule(this.options.memoryBytes));
    try {
      return await ShimWorker.start(await loading, signal);
    } catch (error) {
      if (this.module === loading && !signal.aborted) this.module = undefined;
      throw error;
    }
  }

  private release(worker: ShimWorker): void {
    if (worker.usable && worker.memory <= this.options.recycleBytes && !this.closing.signal.aborted) {
      this.idle.push(worker);
    } else {
      this.end(worker);
    }
  }

  private async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    clearTimeout(this.timer);
    if (this.busy < this.options.workers) {
      this.busy++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = () => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.waiting.push(turn);
    });
  }

  /** Hands the place to the next in the queue, or gives it back. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next !== undefined) return next();
    this.busy--;
    if (this.busy === 0) this.timer = setTimeout(() => this.rest(), this.options.idleMs).unref();
  }

  /** Nothing at rest: no thread, no compiled module, no timer. */
  private rest(): void {
    clearTimeout(this.timer);
    for (const worker of this.idle.splice(0)) this.end(worker);
    this.module = undefined;
  }

  private end(worker: ShimWorker): void {
    const ending = worker.stop().finally(() => this.ends.delete(ending));
    this.ends.add(ending);
  }
}
