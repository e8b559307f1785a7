/** Runs one Git command through simple-git, within its time, and says how it ended. Judges nothing. */

import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { simpleGit } from 'simple-git';
import type { Environment } from './environment';
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

interface Started {
  process?: ChildProcess;
}

const KILLED = -1;
const CHANNEL = 'child_process';

/**
 * simple-git refuses these unless they are named, so that nobody slips them in. They are all set by this room, from
 * values that it made or checked.
 */
const GUARDS = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
} as const;

export class Commands {
  /** simple-git does not say which process it started; Node does, to whoever listens while it starts. */
  private readonly starting = new AsyncLocalStorage<Started>();
  private readonly listener = (message: unknown): void => {
    const holder = this.starting.getStore();
    if (holder && !holder.process) holder.process = (message as { process: ChildProcess }).process;
  };
  private readonly running = new Set<() => Promise<void>>();
  private closed = false;

  /** @param folder where commands start; it has to exist */
  constructor(private readonly folder: string) {
    subscribe(CHANNEL, this.listener);
  }

  async run(command: Command): Promise<CommandResult> {
    if (this.closed || command.signal?.aborted) return notStarted('Abort');
    const wholeMs = Math.min(command.wholeMs, command.permit?.() ?? Infinity);
    if (wholeMs <= 0) return notStarted('Deadline');
    const started: Started = {};
    const ending = new Ending({ ...command, wholeMs }, started);
    const end = (): Promise<void> => ending.stop('Abort');
    this.running.add(end);
    try {
      return await this.starting.run(started, () => this.execute(command, ending));
    } finally {
      this.running.delete(end);
      await ending.over();
    }
  }

  /** Ends all that is under way, and starts nothing any more. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.running].map((end) => end()));
    unsubscribe(CHANNEL, this.listener);
  }

  private async execute(command: Command, ending: Ending): Promise<CommandResult> {
    let result = { exitCode: KILLED, stderr: '' };
    const git = simpleGit({
      baseDir: this.folder,
      allowEnvironment: Object.keys(command.environment),
      unsafe: GUARDS,
      ...(command.input === undefined ? {} : { input: () => command.input }),
      // Every end counts as an answer here; what it means is decided by who asked.
      errors: (_error, end) => {
        result = { exitCode: end.exitCode ?? KILLED, stderr: Buffer.concat(end.stdErr).toString() };
        return undefined;
      },
    });
    git.env(command.environment);
    git.outputHandler((_binary, stdout, stderr) => {
      stdout.on('data', () => ending.heard());
      stderr.on('data', () => ending.heard());
    });
    ending.heard();
    const stdout = await git.raw([...command.arguments]);
    const stopped = result.exitCode === 0 ? undefined : ending.stopped;
    return { ...result, stdout, ...(stopped === undefined ? {} : { stopped }) };
  }
}

const notStarted = (stopped: Stop): CommandResult => ({ exitCode: KILLED, stdout: '', stderr: '', stopped });

/** A timer that is set for longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clocks that run against a command. */
class Ending {
  stopped: Stop | undefined;
  private stopping: Promise<void> | undefined;
  private readonly whole: NodeJS.Timeout;
  private silence: NodeJS.Timeout | undefined;
  private readonly abort = (): void => void this.stop('Abort');

  constructor(
    private readonly command: Command,
    private readonly started: Started,
  ) {
    this.whole = setTimeout(() => void this.stop('Deadline'), Math.min(command.wholeMs, LONGEST_TIMER_MS));
    command.signal?.addEventListener('abort', this.abort, { once: true });
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
    // A command that was only just asked for has its process a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    const { process } = this.started;
    if (process?.pid !== undefined && process.exitCode === null && process.signalCode === null)
      await endTree(process.pid);
  }

  /** The command has ended; what was started to end it ends as well. */
  async over(): Promise<void> {
    clearTimeout(this.whole);
    clearTimeout(this.silence);
    this.command.signal?.removeEventListener('abort', this.abort);
    await this.stopping;
  }
}
