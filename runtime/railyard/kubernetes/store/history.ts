import type { Entry } from './entry';

/** One write, as watchers see it. */
export interface Change {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The object after the change; for DELETED its last state. */
  readonly entry: Entry;
  /** The object before the change. */
  readonly previous: Entry | undefined;
}

/** However many changes may be kept, they never keep more than this alive. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The last changes, for watches that resume and lists that continue; what is forgotten here answers 410 Gone. */
export class History {
  private changes: Change[] = [];
  private bytes = 0;
  private forgotten = 0;

  /** @param limit how many changes are kept */
  constructor(private readonly limit: number) {}

  /** Changes after this revision are all known. */
  get oldest(): number {
    return this.forgotten;
  }

  startAt(revision: number): void {
    this.forgotten = revision;
  }

  add(change: Change): void {
    this.changes.push(change);
    this.bytes += change.entry.body.length;
    if (this.changes.length <= this.limit && this.bytes <= MOST_BYTES) return;
    // Dropped in batches (a tenth of what is kept), because every drop moves the rest.
    let count = Math.max(this.changes.length - this.limit, Math.ceil(this.limit / 10));
    count = Math.min(count, this.changes.length);
    for (const dropped of this.changes.splice(0, count)) {
      this.bytes -= dropped.entry.body.length;
      this.forgotten = dropped.revision;
    }
  }

  /** Changes with a higher revision, oldest first. */
  after(revision: number): readonly Change[] {
    let low = 0;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.changes[middle]?.revision ?? 0) > revision) high = middle;
      else low = middle + 1;
    }
    return this.changes.slice(low);
  }
}
