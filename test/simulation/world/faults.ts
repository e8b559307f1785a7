/** What goes wrong with effects: drawn by chance, or exactly what a story says. */

import type { Chance } from './chance';

export const FATES = [
  /** The request never arrives; nobody answers. */
  'Lost',
  /** It is done, and nobody answers. */
  'ReplyLost',
  /** It is done, and done once more a moment later. */
  'Twice',
  /** It is done long after whoever asked has given up. */
  'Late',
  /** The other side says that it is too busy. */
  'Refused',
  /** The process dies before it asks. */
  'CrashBefore',
  /** It is done, and the process is dead when the answer comes. */
  'CrashAfter',
  /** The process sleeps just before it asks, as a suspended machine does. */
  'Pause',
  /** The wall clock of the process is set, forwards or back, just before it asks. */
  'ClockJump',
  /** Of a watch: what it tells comes long after it happened. */
  'Lag',
  /** Of a watch: it breaks, and begins anew with a list. */
  'Expired',
] as const;
export type Fate = (typeof FATES)[number];

export interface Fault {
  /** What it strikes, such as `replaceStatus Ticket shop/main-1`. */
  readonly effect: string;
  /** The how-many-th effect of that name, from 0. */
  readonly nth: number;
  readonly fate: Fate;
  /** How long, where the fate takes time. */
  readonly ms: number;
}

/** What an effect can suffer. */
const OF_WRITES: readonly Fate[] = [
  'Lost',
  'ReplyLost',
  'Twice',
  'Late',
  'Refused',
  'CrashBefore',
  'CrashAfter',
  'Pause',
  'ClockJump',
];
const OF_READS: readonly Fate[] = ['Lost', 'Refused', 'CrashBefore', 'Pause', 'ClockJump'];
const OF_WATCHES: readonly Fate[] = ['Lag', 'Lag', 'Expired'];

export type EffectKind = 'write' | 'read' | 'watch';

export class Faults {
  /** What went wrong, in its order. */
  readonly happened: Fault[] = [];
  readonly #told: ReadonlyMap<string, Fault> | undefined;
  /** Nothing goes wrong any more from here on. */
  over = false;

  /**
   * @param probability of a fault at each effect
   * @param told exactly these instead
   */
  constructor(
    private readonly chance: Chance,
    private readonly probability: number,
    told?: readonly Fault[],
    private readonly fates: readonly Fate[] = FATES,
  ) {
    this.#told = told && new Map(told.map((fault) => [`${fault.effect} #${fault.nth}`, fault]));
  }

  /** What happens to the next effect of this name. */
  strike(effect: string, kind: EffectKind): Fault | undefined {
    const nth = this.chance.nth(effect);
    const fault = this.#told === undefined ? this.#draw(effect, nth, kind) : this.#told.get(`${effect} #${nth}`);
    if (fault === undefined || this.over) return undefined;
    this.happened.push(fault);
    return fault;
  }

  #draw(effect: string, nth: number, kind: EffectKind): Fault | undefined {
    const drawn = this.chance.at(`fault ${effect}`, nth);
    // Reads and watches are many times more frequent than writes.
    const probability = kind === 'write' ? this.probability : this.probability / 4;
    if (drawn >= probability) return undefined;
    const fates = (kind === 'write' ? OF_WRITES : kind === 'read' ? OF_READS : OF_WATCHES).filter((fate) =>
      this.fates.includes(fate),
    );
    const fate = fates[Math.floor((drawn / probability) * fates.length)];
    if (fate === undefined) return undefined;
    const most = fate === 'Pause' ? 100_000 : 24_000;
    const ms = 1_000 + Math.floor(this.chance.at(`length ${effect}`, nth) * most);
    return { effect, nth, fate, ms };
  }
}
