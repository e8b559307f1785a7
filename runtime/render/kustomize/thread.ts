/** The shim as WebAssembly: one thread with one instance, on every machine that runs Node. */

import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TransientError, messageOf } from '../../errors';
import { type CompiledModule, loadModule } from './module';
import { broken, overran, type RenderLimits, type Reply, type Shim, type ShimSource } from './shim';

/** The messages of worker.cjs. */
type Message =
  { readonly reply: Uint8Array; readonly refused: boolean; readonly memory: number } | { readonly broken: string };

const STARTING_MS = 60_000;

/** Threads of one module, which is compiled for the first and kept until they rest. */
export function threads(memoryBytes: number): ShimSource {
  let module: Promise<CompiledModule> | undefined;
  return {
    async start(signal) {
      const loading = (module ??= loadModule(memoryBytes));
      try {
        return await ShimThread.start(await loading, signal);
      } catch (error) {
        if (module === loading && !signal.aborted) module = undefined;
        throw error;
      }
    },
    rest() {
      module = undefined;
    },
  };
}

class ShimThread implements Shim {
  /** It never shrinks. */
  memory = 0;
  usable = true;

  private constructor(private readonly worker: Worker) {
    const lost = () => {
      this.usable = false;
    };
    worker.on('error', lost).on('exit', lost);
  }

  static async start(module: CompiledModule, signal: AbortSignal): Promise<ShimThread> {
    const worker = new Worker(join(__dirname, 'worker.cjs'), { workerData: { module }, env: {}, execArgv: [] });
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(STARTING_MS)]);
      await once(worker, 'message', { signal: bounded });
      worker.unref();
      return new ShimThread(worker);
    } catch (error) {
      await worker.terminate();
      signal.throwIfAborted();
      throw new TransientError(`The renderer did not start: ${messageOf(error)}.`, undefined, { cause: error });
    }
  }

  async run(request: Uint8Array, limits: RenderLimits, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    this.worker.ref();
    try {
      const message = await this.answer(request, limits, signal);
      if ('broken' in message) throw broken(message.broken, limits);
      this.memory = message.memory;
      this.worker.unref();
      return { text: Buffer.from(message.reply).toString(), refused: message.refused };
    } catch (error) {
      this.usable = false;
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.usable = false;
    await this.worker.terminate();
  }

  private answer(request: Uint8Array, limits: RenderLimits, signal: AbortSignal): Promise<Message> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => end(() => reject(overran(limits))), limits.deadlineMs);
      const answered = (answer: Message) => end(() => resolve(answer));
      const lost = (cause: unknown) =>
        end(() =>
          reject(new TransientError(`The renderer's thread ended: ${messageOf(cause)}.`, undefined, { cause })),
        );
      const aborted = () => end(() => reject(signal.reason as Error));
      const end = (settle: () => void) => {
        clearTimeout(deadline);
        signal.removeEventListener('abort', aborted);
        this.worker.off('message', answered).off('error', lost).off('exit', lost);
        settle();
      };
      signal.addEventListener('abort', aborted);
      this.worker.on('message', answered).on('error', lost).on('exit', lost);
      this.worker.postMessage(request);
    });
  }
}
