/**
 * What has to be decided again, and when: the rest would be decided as before.
 *
 * Whoever was told of a change comes before those who look once more at what they have done themselves, and of these the
 * tracks come first: a station that has been written has mostly nothing to add, and is mostly told of more until then.
 */

import type { Plan } from '../runtime/journey';

/** Whether the key is that of a track. */
const isTrack = (key: string): boolean => key.startsWith('track ');

export class Agenda {
  /** Others have changed what these decide on. */
  private readonly told = new Set<string>();
  /** These have asked for something themselves, and see now what came of it. */
  private readonly own = new Set<string>();
  private readonly wakes = new Map<string, number>();
  private everything = false;
  /** Whose plan is carried out. */
  private deciding: string | undefined;
  /** Whether it has nothing to add once it sees what it has done. */
  private isFinal = false;

  /** Something changed that this key's decision is made of. */
  add(key: string): void {
    if (key !== this.deciding) this.told.add(key);
    else if (!this.isFinal) this.own.add(key);
  }

  /** Something changed that any decision may be made of. */
  addEverything(): void {
    this.everything = true;
  }

  /** The keys whose turn it is, in the order given. They count as decided. */
  take(keys: readonly string[]): readonly string[] {
    const taken = this.everything ? keys : this.due(keys);
    this.everything = false;
    for (const key of taken) {
      this.told.delete(key);
      this.own.delete(key);
    }
    return taken;
  }

  private due(keys: readonly string[]): readonly string[] {
    if (this.told.size > 0) return keys.filter((key) => this.told.has(key));
    const own = keys.filter((key) => this.own.has(key));
    const tracks = own.filter(isTrack);
    return tracks.length > 0 ? tracks : own;
  }

  /** Notes when the key has to be decided again: after what it asks for, or at a time although nothing changes. */
  decided(key: string, { steps, wakeAt, final }: Plan): void {
    this.deciding = key;
    this.isFinal = final === true && steps.length === 1;
    if (steps.length > 0 && !this.isFinal) this.own.add(key);
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
      this.told.add(key);
    }
  }
}
