/** What has to be decided again, and when: the rest would be decided as before. */

import type { Plan } from '../runtime/journey';

export class Agenda {
  private readonly due = new Set<string>();
  private readonly wakes = new Map<string, number>();
  private everything = false;

  /** Something changed that this key's decision is made of. */
  add(key: string): void {
    this.due.add(key);
  }

  /** Something changed that any decision may be made of. */
  addEverything(): void {
    this.everything = true;
  }

  /** The keys whose turn it is, in the order given. They count as decided. */
  take(keys: readonly string[]): readonly string[] {
    const taken = this.everything ? keys : keys.filter((key) => this.due.has(key));
    this.everything = false;
    this.due.clear();
    return taken;
  }

  /** Notes when the key has to be decided again although nothing changes. */
  decided(key: string, { wakeAt }: Plan): void {
    if (wakeAt === undefined) this.wakes.delete(key);
    else this.wakes.set(key, wakeAt.getTime());
  }

  /** The next moment at which something has to be decided although nothing changes. */
  get next(): number | undefined {
    return this.wakes.size === 0 ? undefined : Math.min(...this.wakes.values());
  }

  /** Puts on the agenda what has to be decided by now. */
  wake(now: number): void {
    for (const [key, at] of this.wakes) {
      if (at > now) continue;
      this.wakes.delete(key);
      this.due.add(key);
    }
  }
}
