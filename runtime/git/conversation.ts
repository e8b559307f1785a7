/**
 * The runtime's end of a command that is asked one thing after another. It was started by the small process, which has
 * handed over both ends of its pipes: what is said goes straight from one to the other.
 */

import type { Socket } from 'node:net';

/** Where a command ended without an exit code, or never started. */
export const KILLED = -1;

/** How a conversation ended. */
export interface Farewell {
  /** {@link KILLED} where it was ended by a signal, or never started. */
  readonly exitCode: number;
  /** The signal that ended it, where one did and that is known. */
  readonly signal?: string;
  readonly stderr: string;
}

/** Who listens to a conversation. */
export interface Listener {
  /** The command said this. */
  readonly said: (chunk: Buffer) => void;
  /** It has ended, and all that it said was told. */
  readonly ended: (farewell: Farewell) => void;
}

/** Which of its pipes. */
export type PipeEnd = 'stdin' | 'stdout';

export class Conversation {
  private stdin: Socket | undefined;
  private stdout: Socket | undefined;
  private unsent: string[] = [];
  private farewell: Farewell | undefined;
  private over = false;

  /** @param force ends the command */
  constructor(
    private readonly listener: Listener,
    private readonly force: () => void,
  ) {}

  /** Says something to the command; what is said before it has started is kept for it. */
  say(text: string): void {
    if (this.over) return;
    if (this.stdin === undefined) this.unsent.push(text);
    else this.stdin.write(text);
  }

  /** Ends it at once; its listener hears nothing any more. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.force();
    this.letGo();
  }

  /** An end of the command's pipes has come. */
  take(end: PipeEnd, pipe: Socket): void {
    // The end of the command says the same, and how.
    pipe.on('error', () => undefined);
    if (this.over) {
      pipe.destroy();
      return;
    }
    this[end] = pipe;
    if (end === 'stdin') {
      for (const text of this.unsent) pipe.write(text);
      this.unsent = [];
      return;
    }
    pipe.on('data', (chunk: Buffer) => {
      if (!this.over) this.listener.said(chunk);
    });
    pipe.once('close', () => {
      this.stdout = undefined;
      this.part();
    });
  }

  /** The command has ended; what it said may still be on its way. */
  leave(farewell: Farewell): void {
    this.farewell = farewell;
    this.part();
  }

  private part(): void {
    if (this.over || this.farewell === undefined || this.stdout !== undefined) return;
    this.over = true;
    this.letGo();
    this.listener.ended(this.farewell);
  }

  private letGo(): void {
    this.stdin?.destroy();
    this.stdout?.destroy();
    this.unsent = [];
  }
}
