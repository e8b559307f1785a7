/** Runs one Git command, through simple-git in the small process, within its time, and says how it ended. Judges nothing. */

import type { Environment } from './environment';
import { KILLED, Launcher, type Launched } from './launcher';
import { endTree } from './process-tree';

/** Why a command was ended before it had finished. */
export type Stop = 'Deadline' | 'Silence' | 'Abort';

export interface CommandResult {
  /** -1 where it was ended by a signal, or never started. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stopped?: Stop;
}

export interface Command {
  /** Never holds a secret: process lists show it. */
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly input?: string;
  /** For the whole command, in milliseconds. */
  readonly wholeMs: number;
  /** Asked right before it starts: for how many milliseconds it may run; with 0 or less it does not start. */
  readonly permit?: () => number;
  /** Without a word on stdout or stderr, in milliseconds. @default no limit */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

export class Commands {
  private readonly launcher: Launcher;
  private readonly running = new Set<() => Promise<void>>();
  private closed = false;

  /** @param folder where commands start; it has to exist */
  constructor(folder: string) {
    this.launcher = new Launcher(folder);
  }

  async run(command: Command): Promise<CommandResult> {
    if (this.closed || command.signal?.aborted) return notStarted('Abort');
    const wholeMs = Math.min(command.wholeMs, command.permit?.() ?? Infinity);
    if (wholeMs <= 0) return notStarted('Deadline');
    const ending = new Ending({ ...command, wholeMs });
    const end = (): Promise<void> => ending.stop('Abort');
    this.running.add(end);
    try {
      const launched = this.launcher.launch({
        arguments: command.arguments,
        environment: Object.fromEntries(
          Object.entries(command.environment).map(([name, value]) => [name, String(value)]),
        ),
        ...(command.input === undefined ? {} : { input: command.input }),
        startWithinMs: wholeMs,
        heard: () => ending.heard(),
      });
      ending.follow(launched);
      const { late, ...result } = await launched.remains;
      const stopped = late ? 'Deadline' : result.exitCode === 0 ? undefined : ending.stopped;
      return { ...result, ...(stopped === undefined ? {} : { stopped }) };
    } finally {
      this.running.delete(end);
      await ending.over();
    }
  }

  /** Ends all that is under way, and starts nothing any more. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.running].map((end) => end()));
    await this.launcher.close();
  }
}

const notStarted = (stopped: Stop): CommandResult => ({ exitCode: KILLED, stdout: '', stderr: '', stopped });

/** A timer that is set for longer goes off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clocks that run against a command. */
class Ending {
  stopped: Stop | undefined;
  private stopping: Promise<void> | undefined;
  private readonly whole: NodeJS.Timeout;
  private silence: NodeJS.Timeout | undefined;
  private readonly abort = (): void => void this.stop('Abort');
  private launched: Launched | undefined;
  private ended = false;

  constructor(private readonly command: Command) {
    this.whole = setTimeout(() => void this.stop('Deadline'), Math.min(command.wholeMs, LONGEST_TIMER_MS));
    command.signal?.addEventListener('abort', this.abort, { once: true });
  }

  /** The command that the clocks run against. */
  follow(launched: Launched): void {
    this.launched = launched;
    this.heard();
  }

  /** The command gave a sign of life. */
  heard(): void {
    clearTimeout(this.silence);
    if (this.command.silenceMs !== undefined && this.stopped === undefined) {
      this.silence = setTimeout(() => void this.stop('Silence'), Math.min(this.command.silenceMs, LONGEST_TIMER_MS));
    }
  }

  stop(reason: Stop): Promise<void> {
    this.stopped ??= reason;
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    const pid = await this.launched?.pid;
    if (pid !== undefined && !this.ended) await endTree(pid);
  }

  /** The command has ended; what was started to end it ends as well. */
  async over(): Promise<void> {
    this.ended = true;
    clearTimeout(this.whole);
    clearTimeout(this.silence);
    this.command.signal?.removeEventListener('abort', this.abort);
    await this.stopping;
  }
}
