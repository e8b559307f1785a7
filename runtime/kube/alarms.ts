import type { Clock } from '../clock';

/** A wall-clock alarm looks at the clock at least this often, in milliseconds, because the clock may be set. */
const LOOK_EVERY_MS = 60_000;

interface Alarm {
  /** Of the clock's `uptime`. */
  readonly due: number;
  /** Of the clock's `now`; absent for alarms that were set by duration. */
  readonly at?: number;
  readonly cancel: () => void;
}

/** At most one alarm for each key: of several the earliest stays. */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>();

  constructor(
    private readonly clock: Clock,
    private readonly ring: (key: string) => void,
  ) {}

  /** How many keys have one. */
  get size(): number {
    return this.#alarms.size;
  }

  /** Rings after `ms` milliseconds, whatever the wall clock does. */
  setAfter(key: string, ms: number): void {
    this.#keepEarlier(key, { due: this.clock.uptime() + ms });
  }

  /** Rings when the wall clock shows `at`, milliseconds since the epoch. */
  setAt(key: string, at: number): void {
    this.#keepEarlier(key, { due: this.#dueOf(at), at });
  }

  /** Forgets them all. */
  clear(): void {
    for (const { cancel } of this.#alarms.values()) cancel();
    this.#alarms.clear();
  }

  #keepEarlier(key: string, wanted: Omit<Alarm, 'cancel'>): void {
    const held = this.#alarms.get(key);
    const heldDue = held?.at === undefined ? held?.due : this.#dueOf(held.at);
    if (heldDue !== undefined && heldDue <= wanted.due) return;
    held?.cancel();
    this.#arm(key, wanted);
  }

  #arm(key: string, wanted: Omit<Alarm, 'cancel'>): void {
    const left = wanted.due - this.clock.uptime();
    const cancel = this.clock.after(Math.min(Math.max(left, 0), LOOK_EVERY_MS), () => this.#look(key));
    this.#alarms.set(key, { ...wanted, cancel });
  }

  #look(key: string): void {
    const alarm = this.#alarms.get(key);
    if (!alarm) return;
    const due = alarm.at === undefined ? alarm.due : this.#dueOf(alarm.at);
    if (due > this.clock.uptime()) return this.#arm(key, { ...alarm, due });
    this.#alarms.delete(key);
    this.ring(key);
  }

  #dueOf(at: number): number {
    return this.clock.uptime() + at - this.clock.now();
  }
}
