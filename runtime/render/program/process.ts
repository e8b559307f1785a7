/** One process in a group of its own: arguments in, standard output out, ended where it does not behave. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type Readable } from 'node:stream';
import { TerminalError, TransientError, messageOf } from '../../errors';
import { residentBytes } from './memory';

/** Bounds of one process and all that it starts. */
export interface ProcessLimits {
  /** Milliseconds from start to end. */
  readonly deadlineMs: number;
  /** Memory that it holds, looked at several times a second where the system tells (Linux). */
  readonly memoryBytes: number;
  /** What it prints. */
  readonly outputBytes: number;
}

export interface ProcessCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Folder that it starts in. */
  readonly folder: string;
  /** Everything that it finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** More words than these help nobody. */
const WORDS_BYTES = 2 ** 20;
const LOOK_MS = 100;
const MIB = 2 ** 20;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * @returns what it printed, once it has ended well
 * @throws TerminalError (`RenderFailed`) in its own words when it ends badly, or naming the limit that it broke
 * @throws TransientError when it cannot be started
 * @throws the signal's reason when it aborts; nothing of it is left running
 */
export async function runProcess(call: ProcessCall, limits: ProcessLimits, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted();
  const child: Child = spawn(call.program, call.args, {
    cwd: call.folder,
    env: call.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ending = new Ending(child);
  const aborted = (): void => ending.force(signal.reason as Error);
  signal.addEventListener('abort', aborted);
  const deadline = setTimeout(
    () => ending.force(failed(`it did not finish within ${limits.deadlineMs / 1000} s and was ended`)),
    limits.deadlineMs,
  );
  const stopWatching = watchMemory(child, limits.memoryBytes, ending);
  const output = gather(child.stdout, limits.outputBytes, () =>
    ending.force(failed(`it printed more than ${sizeOf(limits.outputBytes)} and was ended`)),
  );
  const words = gather(child.stderr, WORDS_BYTES, () => undefined);
  try {
    const { code, by } = await ending.closed;
    if (code === 0) return output();
    const said = words().toString().trim();
    const why = by === null ? `it ended with ${code}` : `it was ended by ${by}`;
    throw failed(said === '' ? why : said);
  } finally {
    clearTimeout(deadline);
    stopWatching();
    signal.removeEventListener('abort', aborted);
  }
}

/** How a process comes to its end, by itself or not. */
class Ending {
  readonly closed: Promise<{ readonly code: number | null; readonly by: NodeJS.Signals | null }>;
  private reason: Error | undefined;

  constructor(private readonly child: Child) {
    this.closed = new Promise((resolve, reject) => {
      child.once('error', (error) => {
        reject(
          new TransientError(`${child.spawnfile} cannot be started: ${messageOf(error)}`, undefined, { cause: error }),
        );
      });
      // What it has started may live on, and would keep the pipes open.
      child.once('exit', () => this.kill());
      child.once('close', (code, by) => (this.reason === undefined ? resolve({ code, by }) : reject(this.reason)));
    });
  }

  /** Ends it and all of its group at once; the first reason counts. */
  force(reason: Error): void {
    this.reason ??= reason;
    this.kill();
    this.child.stdout.destroy();
    this.child.stderr.destroy();
  }

  private kill(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in the group.
    }
  }
}

/** Collects up to `most` bytes; `tooMuch` is called when more come, which are let go. */
function gather(stream: Readable, most: number, tooMuch: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size + chunk.length <= most) chunks.push(chunk);
    size += chunk.length;
    if (size > most) tooMuch();
  });
  return () => Buffer.concat(chunks);
}

/** @returns a function that ends the watch */
function watchMemory({ pid }: Child, most: number, ending: Ending): () => void {
  if (pid === undefined) return () => undefined;
  const timer = setInterval(() => {
    void residentBytes(pid).then((bytes) => {
      if (bytes > most) ending.force(failed(`it needs more than ${sizeOf(most)} of memory and was ended`));
    });
  }, LOOK_MS);
  return () => clearInterval(timer);
}

const sizeOf = (bytes: number): string => (bytes < MIB ? `${bytes} bytes` : `${Math.round(bytes / MIB)} MiB`);

function failed(words: string): TerminalError {
  return new TerminalError(words, 'RenderFailed');
}
