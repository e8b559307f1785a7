/** The clocks that run against a conversation: its deadline, the other side's silence, and whoever calls it off. */

/** Why a conversation was ended before it had finished. */
export type Stop = 'Deadline' | 'Silence' | 'Abort';

export interface Limited {
  /** For all of it, in milliseconds. */
  readonly wholeMs: number;
  /** How long the other side may say next to nothing, in milliseconds. @default no limit */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

/** A timer that is set for longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Who drips is as good as silent. */
const SLOWEST_BYTES_PER_SECOND = 10;

export class Limits {
  private readonly deadlines: NodeJS.Timeout[] = [];
  private silence: NodeJS.Timeout | undefined;
  private heardBytes = 0;
  private over = false;
  private readonly abort = (): void => this.stop('Abort');

  /**
   * @param limited the silence counts from the first `listen`
   * @param stop told once, and by the first of them
   */
  constructor(
    private readonly limited: Limited,
    private readonly stopped: (reason: Stop) => void,
  ) {
    this.within(limited.wholeMs);
    limited.signal?.addEventListener('abort', this.abort, { once: true });
  }

  /** One more deadline, from now on. */
  within(ms: number): void {
    if (!this.over) this.deadlines.push(this.timer(ms, 'Deadline'));
  }

  /** From here on the other side has to say something. */
  listen(): void {
    clearTimeout(this.silence);
    this.heardBytes = 0;
    const { silenceMs } = this.limited;
    if (silenceMs !== undefined && !this.over) this.silence = this.timer(silenceMs, 'Silence');
  }

  /** @param bytes how much it said. @default a sign of life that counts */
  heard(bytes = Infinity): void {
    this.heardBytes += bytes;
    const { silenceMs = 0 } = this.limited;
    if (this.heardBytes >= Math.max(1, (silenceMs / 1000) * SLOWEST_BYTES_PER_SECOND)) this.listen();
  }

  /** The conversation is over: no clock runs any more. */
  end(): void {
    this.over = true;
    for (const deadline of this.deadlines) clearTimeout(deadline);
    clearTimeout(this.silence);
    this.limited.signal?.removeEventListener('abort', this.abort);
  }

  private timer(ms: number, reason: Stop): NodeJS.Timeout {
    return setTimeout(() => this.stop(reason), Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
  }

  private stop(reason: Stop): void {
    if (this.over) return;
    this.end();
    this.stopped(reason);
  }
}
