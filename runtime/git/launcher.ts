/** The runtime's end of the small process that Git commands leave from (`launcher-process.cjs`). Judges nothing. */

import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Conversation, KILLED, type Farewell, type Listener, type PipeEnd } from './conversation';
import { endTree } from './process-tree';

/** What to start. */
export interface Start {
  readonly arguments: readonly string[];
  /** With its secrets: they go through a pipe of these two processes only. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Order extends Start {
  readonly input?: string;
  /** It does not start later than this many milliseconds from now. */
  readonly startWithinMs: number;
  /** The command gave a sign of life. */
  readonly heard: () => void;
}

/** What a command left. */
export interface Remains {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** It did not start: its time had passed. */
  readonly late?: true;
}

/** A command on its way. */
export interface Launched {
  /** Its process, or `undefined` where it ended without one. */
  readonly pid: Promise<number | undefined>;
  readonly remains: Promise<Remains>;
}

interface Pending {
  pid: number | undefined;
  readonly heard: () => void;
  readonly started: (pid: number | undefined) => void;
  readonly ended: (remains: Remains & Farewell) => void;
  /** An end of its pipes has come. */
  readonly piped?: (end: PipeEnd, pipe: Socket) => void;
}

/** What `launcher-process.cjs` says. */
interface Word {
  readonly id: number;
  readonly pid?: number;
  readonly late?: true;
  readonly pipe?: PipeEnd;
  readonly result?: Remains & Farewell;
}

const NANOSECONDS = 1e6;

export class Launcher {
  private process: ChildProcess | undefined;
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  /** @param folder where commands start; it has to exist */
  constructor(private readonly folder: string) {
    this.running();
  }

  launch(order: Order): Launched {
    let started: Pending['started'] = () => undefined;
    let ended: Pending['ended'] = () => undefined;
    const pid = new Promise<number | undefined>((resolve) => (started = resolve));
    const remains = new Promise<Remains>((resolve) => (ended = resolve));
    // The monotonic clock is the same for all processes of a machine.
    const notAfter = process.hrtime.bigint() + BigInt(Math.floor(order.startWithinMs * NANOSECONDS));
    const { arguments: args, environment, input, heard } = order;
    this.ask({ arguments: args, environment, input, notAfter }, { pid: undefined, heard, started, ended });
    return { pid, remains };
  }

  /** Starts a command that is asked one thing after another. It says nothing before it is asked. */
  converse({ arguments: args, environment }: Start, listener: Listener): Conversation {
    const conversation = new Conversation(
      listener,
      () => this.process?.connected && this.process.send({ id, end: true }),
    );
    const id = this.ask(
      { arguments: args, environment, converse: true },
      {
        pid: undefined,
        heard: () => undefined,
        started: () => undefined,
        ended: (farewell) => conversation.leave(farewell),
        piped: (end, pipe) => conversation.take(end, pipe),
      },
    );
    return conversation;
  }

  /** @returns the number of the order */
  private ask(order: object, pending: Pending): number {
    const id = (this.last += 1);
    this.pending.set(id, pending);
    this.running().send({ id, folder: this.folder, ...order }, (error) => {
      if (error !== null) this.settle(id, { exitCode: KILLED, stdout: '', stderr: error.message });
    });
    this.keepAlive();
    return id;
  }

  /** Ends the small process. Whoever calls has ended the commands. */
  async close(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    process.ref();
    if (process.connected) process.disconnect();
    await gone;
  }

  /** The small process; a new one where it is gone. */
  private running(): ChildProcess {
    if (this.process?.connected === true) return this.process;
    const process = fork(join(__dirname, 'launcher-process.cjs'), [], {
      env: {},
      // What it reads it hands on at once.
      execArgv: ['--max-semi-space-size=1'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.process = process;
    process.on('message', (message, pipe) => this.take(message as Word, pipe as Socket | undefined));
    process.on('error', (error) => this.lost(process, error.message));
    // Its last words are heard before this, and not always before its exit.
    process.on('disconnect', () => this.lost(process, 'It was ended by somebody else.'));
    this.keepAlive();
    return process;
  }

  private take({ id, pid, late, result, pipe: end }: Word, pipe: Socket | undefined): void {
    const pending = this.pending.get(id);
    if (pending === undefined) {
      pipe?.destroy();
      return;
    }
    if (end !== undefined) {
      // Of a command that ended at once there is nothing to hand over.
      if (pipe !== undefined) pending.piped?.(end, pipe);
      return;
    }
    if (result !== undefined) return this.settle(id, result);
    if (late) return this.settle(id, { exitCode: KILLED, stdout: '', stderr: '', late });
    if (pid === undefined) return pending.heard();
    pending.pid = pid;
    pending.started(pid);
  }

  private settle(id: number, remains: Remains & Farewell): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    pending?.started(undefined);
    pending?.ended(remains);
    this.keepAlive();
  }

  /** Its commands go with it: nobody would hear how they end. */
  private lost(process: ChildProcess, why: string): void {
    if (this.process !== process) return;
    this.process = undefined;
    for (const [id, { pid }] of this.pending) {
      const ended = pid === undefined ? Promise.resolve() : endTree(pid);
      const stderr = `The process that starts Git is gone. ${why}`;
      void ended.then(() => this.settle(id, { exitCode: KILLED, stdout: '', stderr }));
    }
  }

  /** Only a command under way keeps the runtime from ending. */
  private keepAlive(): void {
    const { process } = this;
    if (process === undefined) return;
    if (this.pending.size > 0) {
      process.ref();
      process.channel?.ref();
    } else {
      process.unref();
      process.channel?.unref();
    }
  }
}
