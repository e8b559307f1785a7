/** One thread with one instance of the shim: a request in, a reply out, ended where it does not behave. */

import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TerminalError, TransientError, messageOf } from '../../errors';
import { type CompiledModule } from './module';

/** Bounds of one render. */
export interface RenderLimits {
  /** Milliseconds from the moment that the request reaches a started worker. */
  readonly deadlineMs: number;
  /** Memory that the instance may take. */
  readonly memoryBytes: number;
  /** Size of the rendered objects as JSON. */
  readonly outputBytes: number;
}

/** Versions of the libraries that were linked into the shim. */
export interface ShimVersions {
  readonly kustomize: string;
  readonly yaml: string;
}

/** What the shim said: the rendered objects, or the words of its refusal. */
export interface Reply {
  readonly text: string;
  readonly refused: boolean;
}

/** The messages of worker.cjs. */
type Message =
  { readonly reply: Uint8Array; readonly refused: boolean; readonly memory: number } | { readonly broken: string };

const STARTING_MS = 60_000;

export class ShimWorker {
  /** Memory that the instance holds, which never shrinks. */
  memory = 0;
  /** False once the instance is lost: only `stop` may follow. */
  usable = true;

  private constructor(
    private readonly worker: Worker,
    readonly versions: ShimVersions,
  ) {
    const lost = () => {
      this.usable = false;
    };
    worker.on('error', lost).on('exit', lost);
  }

  static async start(module: CompiledModule, signal: AbortSignal): Promise<ShimWorker> {
    const worker = new Worker(join(__dirname, 'worker.cjs'), { workerData: { module }, env: {}, execArgv: [] });
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(STARTING_MS)]);
      const [message] = (await once(worker, 'message', { signal: bounded })) as [{ versions: ShimVersions }];
      worker.unref();
      return new ShimWorker(worker, message.versions);
    } catch (error) {
      await worker.terminate();
      signal.throwIfAborted();
      throw new TransientError(`The renderer did not start: ${messageOf(error)}.`, undefined, { cause: error });
    }
  }

  /**
   * @throws TerminalError (`RenderFailed`) when this input cannot be rendered within its limits
   * @throws TransientError when the thread was lost for a reason that is not the input's
   * @throws the signal's reason when it aborts; the render is ended, not left running
   */
  async run(request: Uint8Array, limits: RenderLimits, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    this.worker.ref();
    try {
      const message = await this.answer({ request, outputBytes: limits.outputBytes }, limits.deadlineMs, signal);
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

  private answer(message: object, deadlineMs: number, signal: AbortSignal): Promise<Message> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => end(() => reject(failed(`it did not finish within ${deadlineMs / 1000} s and was ended`))),
        deadlineMs,
      );
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
      this.worker.postMessage(message);
    });
  }
}

function failed(words: string): TerminalError {
  return new TerminalError(words, 'RenderFailed');
}

/** An instance that dies on an input dies on it again: Go's own end (memory, stack) or a trap. */
function broken(words: string, { memoryBytes }: RenderLimits): TerminalError {
  if (/out of memory|cannot allocate memory/.test(words)) {
    return failed(`it needs more than ${Math.round(memoryBytes / 2 ** 20)} MiB of memory`);
  }
  return failed(`the renderer broke on this input: ${words.split('\n', 1).join('')}`);
}
