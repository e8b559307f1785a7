/** Runs one Git command, through simple-git in the small process, within its time, and says how it ended. Judges nothing. */

import { TransientError } from '../errors';
import type { Environment } from './environment';
import { KILLED, type Conversation, type Listener } from './conversation';
import { Launcher, type Launched } from './launcher';
import { Limits, type Limited, type Stop } from './limits';
import { endTree } from './process-tree';

export interface CommandResult {
  /** -1 where it was ended by a signal, or never started. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stopped?: Stop;
}

export interface Command extends Limited {
  /** Never holds a secret: process lists show it. */
  readonly arguments: readonly string[];
  readonly environment: Environment;
  readonly input?: string;
  /** Asked right before it starts: for how many milliseconds it may run; with 0 or less it does not start. */
  readonly permit?: () => number;
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
        environment: spelled(command.environment),
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

  /**
   * Starts a command that is asked one thing after another, until it is ended; it says nothing before it is asked.
   *
   * @throws TransientError once this is closed
   */
  converse(command: Pick<Command, 'arguments' | 'environment'>, listener: Listener): Conversation {
    if (this.closed) throw new TransientError('Git is closed.');
    return this.launcher.converse({ ...command, environment: spelled(command.environment) }, listener);
  }

  /** Ends all that is under way, and starts nothing any more. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.running].map((end) => end()));
    await this.launcher.close();
  }
}

const spelled = (environment: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));

const notStarted = (stopped: Stop): CommandResult => ({ exitCode: KILLED, stdout: '', stderr: '', stopped });

/** A command that is under way, and what ends it before its time. */
class Ending {
  stopped: Stop | undefined;
  private stopping: Promise<void> | undefined;
  private readonly limits: Limits;
  private launched: Launched | undefined;
  private ended = false;

  constructor(command: Command) {
    this.limits = new Limits(command, (reason) => void this.stop(reason));
  }

  /** The command that the clocks run against. */
  follow(launched: Launched): void {
    this.launched = launched;
    this.limits.listen();
  }

  /** The command gave a sign of life. */
  heard(): void {
    this.limits.heard();
  }

  stop(reason: Stop): Promise<void> {
    this.limits.end();
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
    this.limits.end();
    await this.stopping;
  }
}
