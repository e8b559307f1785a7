/** One run of the runtime: born, maybe asleep for a while, and dead at some point, with all that it only had in memory. */

import { TransientError } from '../../../runtime/errors';
import type { Clock } from '../../../runtime/kube';
import type { Chance } from './chance';
import type { EffectKind, Fate, Fault, Faults } from './faults';
import type { Timeline } from './timeline';

/** How long a process waits for an answer, in milliseconds. */
const PATIENCE_MS = 15_000;

export interface CallOptions {
  readonly kind: EffectKind;
  /** Asked right before it goes out: for how many milliseconds it may take; with 0 or less it does not. @default 15000 */
  readonly patience?: () => number;
}

export class Process {
  alive = true;
  /** Told once, when it dies. */
  onDeath: () => void = () => undefined;
  #asleepUntil = 0;
  /** How far its wall clock is ahead of the true time, in milliseconds. */
  skew = 0;

  constructor(
    /** `the first runtime`, as stories call it. */
    readonly name: string,
    private readonly timeline: Timeline,
    private readonly chance: Chance,
    private readonly faults: Faults,
    /** Told of faults that strike this process, and of each effect that it has on the world. */
    private readonly tell: (words: string) => void,
  ) {}

  readonly clock: Clock = {
    now: () => this.timeline.now + this.skew,
    uptime: () => this.timeline.uptime,
    after: (ms, run) => this.after(ms, run),
  };

  /** How often it asked for each kind of effect, by the first word. */
  readonly effects = new Map<string, number>();

  readonly random = (): number => this.chance.next('backoff');

  /** Happens to this process after so long, unless it is dead then; what falls into its sleep happens when it wakes. */
  after(ms: number, run: () => void): () => void {
    let cancelled = false;
    const wake = (): void => {
      if (!this.alive || cancelled) return;
      const asleep = this.#asleepUntil - this.timeline.uptime;
      if (asleep > 0) cancel = this.timeline.after(asleep, wake);
      else run();
    };
    let cancel = this.timeline.after(ms, wake);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  die(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.tell(`${this.name} dies ${why}`);
    this.onDeath();
  }

  sleep(ms: number): void {
    this.#asleepUntil = Math.max(this.#asleepUntil, this.timeline.uptime + ms);
  }

  /** How long a message takes, one way. */
  latency(about: string): number {
    return 1 + Math.floor(this.chance.next(`way ${about}`) * 40);
  }

  /**
   * An effect on the world, over a wire on which anything may happen.
   *
   * @param perform done at the other side, at once or not at all; what it throws is its answer
   */
  call<T>(effect: string, perform: () => T, { kind, patience = () => PATIENCE_MS }: CallOptions): Promise<T> {
    const word = effect.slice(0, effect.indexOf(' '));
    this.effects.set(word, (this.effects.get(word) ?? 0) + 1);
    const fault = this.faults.strike(effect, kind);
    if (fault === undefined) return this.#exchange(effect, perform, patience);
    return OF_PROCESS.includes(fault.fate)
      ? this.#struck(effect, fault, () => this.#exchange(effect, perform, patience))
      : this.#disturbed(effect, fault, perform, patience);
  }

  /** Something happens to the process before it asks. */
  #struck<T>(effect: string, { fate, ms }: Fault, ask: () => Promise<T>): Promise<T> {
    if (fate === 'CrashBefore') {
      this.die(`before ${effect}`);
      return new Promise(() => undefined);
    }
    if (fate === 'ClockJump') {
      this.skew = (ms % 2 === 0 ? 1 : -1) * ms;
      this.tell(`the clock of ${this.name} is set ${seconds(ms)} ${this.skew > 0 ? 'ahead' : 'back'}`);
      return ask();
    }
    this.tell(`${this.name} sleeps for ${seconds(ms)} before ${effect}`);
    this.sleep(ms);
    return new Promise((resolve) => {
      this.after(ms, () => resolve(ask()));
    });
  }

  /** Something happens to the request or to its answer. */
  #disturbed<T>(effect: string, { fate, ms }: Fault, perform: () => T, patience: () => number): Promise<T> {
    this.tell(`${effect}: ${WORDS[fate] ?? fate}`);
    const patienceMs = patience();
    if (patienceMs <= 0) return Promise.reject(tooLate(effect));
    if (fate === 'Refused') return this.#answer(effect, () => this.#busy(effect));
    if (fate === 'Twice') {
      this.timeline.after(Math.min(this.latency(effect) + ms, patienceMs - 1), () => quietly(perform));
      return this.#exchange(effect, perform, patience);
    }
    if (fate === 'ReplyLost') this.timeline.after(this.latency(effect), () => quietly(perform));
    if (fate === 'Late') this.timeline.after(Math.min(ms, patienceMs - 1), () => quietly(perform));
    if (fate === 'CrashAfter') {
      this.timeline.after(this.latency(effect), () => {
        quietly(perform);
        this.die(`after ${effect}`);
      });
      return new Promise(() => undefined);
    }
    return new Promise((_resolve, reject) => {
      this.after(patienceMs, () => reject(new TransientError(`${effect}: no answer within ${patienceMs} ms`)));
    });
  }

  /** There and back. */
  #exchange<T>(effect: string, perform: () => T, patience: () => number): Promise<T> {
    if (patience() <= 0) return Promise.reject(tooLate(effect));
    return new Promise((resolve, reject) => {
      this.timeline.after(this.latency(effect), () => {
        let settle: () => void;
        try {
          const result = perform();
          settle = () => resolve(result);
        } catch (error) {
          settle = () => reject(error instanceof Error ? error : new Error(String(error)));
        }
        this.after(this.latency(effect), settle);
      });
    });
  }

  #answer<T>(effect: string, answer: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.after(2 * this.latency(effect), () => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  #busy(effect: string): never {
    throw new TransientError(`${effect}: 503 too busy`, 1_000);
  }
}

/** Fates of whoever asks; the others are those of a message. */
const OF_PROCESS: readonly Fate[] = ['CrashBefore', 'Pause', 'ClockJump'];

const WORDS: Partial<Record<Fate, string>> = {
  Lost: 'the request is lost',
  ReplyLost: 'done, and the answer is lost',
  Twice: 'done, and done again by the network',
  Late: 'it arrives only after whoever asked has given up',
  Refused: 'the server is too busy',
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`;

const tooLate = (effect: string): TransientError => new TransientError(`${effect}: it is too late to ask`);

/** At the other side, with nobody there to hear the answer. */
function quietly(perform: () => unknown): void {
  try {
    perform();
  } catch {
    // An error is an answer too, and it is lost like any other.
  }
}
