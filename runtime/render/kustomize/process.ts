/** The shim as a process that lives from render to render: no environment, no files, a group of its own. */

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Socket } from 'node:net';
import { type Readable, type Writable } from 'node:stream';
import { TransientError } from '../../errors';
import { type Frame, FrameReader } from './frames';
import { broken, overran, type RenderLimits, type Reply, type Shim } from './shim';

const STARTING_MS = 10_000;
/** What Go says when it dies stands first; a trace of every goroutine follows. */
const WORDS_KEPT = 4096;
/** How Go ends when it dies of what it was given. */
const DIED = 2;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** The process ended, by itself or by whoever killed it. */
class Ended extends Error {
  constructor(
    readonly code: number | null,
    readonly words: string,
    signal: string | null,
  ) {
    super(words === '' ? `it ended with ${signal ?? `exit code ${code}`}` : words.split('\n', 1).join(''));
  }
}

export class ShimProcess implements Shim {
  memory = 0;
  private words = '';
  private asked: { readonly take: (frame: Frame) => void; readonly refuse: (error: Error) => void } | undefined;
  private readonly gone: Promise<void>;

  private constructor(private readonly child: Child) {
    const frames = new FrameReader();
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.add(chunk)) {
          if (this.asked === undefined) throw new Error('it speaks unasked');
          this.asked.take(frame);
        }
      } catch (error) {
        // Nothing that follows could be trusted to belong to its request.
        this.asked?.refuse(error instanceof Error ? error : new Error(String(error)));
        this.kill();
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.words = (this.words + chunk.toString()).slice(0, WORDS_KEPT);
    });
    // A process that is gone is noticed by its end, not by the pipe that broke.
    child.stdin.on('error', () => undefined);
    this.gone = new Promise((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  }

  /**
   * @param memoryBytes what the kernel lets it have
   * @returns the process, and what it says that it was built from
   * @throws Error saying why this is no shim, or the signal's reason when it aborts
   */
  static async start(
    path: string,
    memoryBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly shim: ShimProcess; readonly versions: string }> {
    const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
    const shim = new ShimProcess(spawn(path, [String(memoryBytes)], { cwd: '/', env: {}, detached: true, stdio }));
    try {
      const late = () => new Error(`it said nothing within ${STARTING_MS / 1000} s`);
      const { status, text } = await shim.next(STARTING_MS, late, signal);
      if (status !== 'versions') throw new Error('it does not begin with its versions');
      shim.hold(false);
      return { shim, versions: text };
    } catch (error) {
      await shim.stop();
      throw error;
    }
  }

  get usable(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  async run(request: Uint8Array, limits: RenderLimits, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    this.hold(true);
    try {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(request.length);
      const next = this.next(limits.deadlineMs, () => overran(limits), signal);
      // In one piece: the shim would wake up for the length alone.
      this.child.stdin.cork();
      this.child.stdin.write(length);
      this.child.stdin.write(request);
      this.child.stdin.uncork();
      const { status, memory, text } = await next;
      this.memory = memory;
      this.hold(false);
      return { text, refused: status !== 'objects' };
    } catch (error) {
      await this.stop();
      if (!(error instanceof Ended)) throw error;
      if (error.code === DIED) throw broken(error.words, limits);
      // Whoever ended it may have had reasons of their own: the input may be innocent.
      throw new TransientError(`The renderer's process ended: ${error.message}.`, undefined, { cause: error });
    }
  }

  async stop(): Promise<void> {
    this.hold(true);
    this.kill();
    await this.gone;
  }

  private next(deadlineMs: number, late: () => Error, signal: AbortSignal): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => end(() => reject(late())), deadlineMs);
      const closed = (code: number | null, by: string | null) =>
        end(() => reject(new Ended(code, this.words.trim(), by)));
      const failed = (error: Error) => end(() => reject(error));
      const aborted = () => end(() => reject(signal.reason as Error));
      const end = (settle: () => void) => {
        clearTimeout(deadline);
        signal.removeEventListener('abort', aborted);
        this.child.off('close', closed).off('error', failed);
        this.asked = undefined;
        settle();
      };
      this.asked = { take: (frame) => end(() => resolve(frame)), refuse: failed };
      signal.addEventListener('abort', aborted);
      this.child.on('close', closed).on('error', failed);
    });
  }

  private kill(): void {
    const { pid } = this.child;
    if (!this.usable || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended a moment ago.
    }
  }

  /** Whether this process keeps the runtime from ending: one that waits for work does not. */
  private hold(held: boolean): void {
    const { child } = this;
    const pipes = [child.stdin, child.stdout, child.stderr].filter((pipe) => pipe instanceof Socket);
    for (const handle of [child, ...pipes]) {
      if (held) handle.ref();
      else handle.unref();
    }
  }
}
