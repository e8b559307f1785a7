/**
 * What parts of a plan were made of. A part that asked for nothing asks for nothing again while all that it has read is as
 * it was, until the time that it named: whoever decides often keeps a recall for each track and each station, and such
 * parts are not worked out twice.
 */

import { same } from '../facts/canonical';
import type { Facts, Memory, Quiet, Read } from '../facts/snapshot';

/** Whether the same things are on both lists; a list on a list may be a new one of the same things. */
function equal(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) {
    const [item, that] = [one[at], other[at]];
    if (item === that) continue;
    if (!Array.isArray(item) || !Array.isArray(that) || !equal(item, that)) return false;
  }
  return true;
}

function standsAsRead(reads: readonly Read[]): boolean {
  for (const { again, value } of reads) if (!same(again(), value)) return false;
  return true;
}

const isPast = (until: Date | undefined, now: Date): boolean => until !== undefined && until.getTime() <= now.getTime();

export class Recall implements Memory {
  /** The facts that decisions have to be made with, so that their reads are known. */
  readonly facts: Facts;
  private parts = new Map<string, Quiet>();
  private before: ReadonlyMap<string, Quiet> = new Map();
  private reads: Read[] | undefined;

  /** @param facts answer with the same value, or an equal one, while nothing has changed */
  constructor(facts: Facts) {
    this.facts = this.watched(facts);
  }

  /** A decision begins: of the one before only the parts are kept that this one comes to again. */
  begin(): void {
    this.before = this.parts;
    this.parts = new Map();
  }

  /** Whether nothing of the present decision is kept. */
  get isEmpty(): boolean {
    return this.parts.size === 0;
  }

  quiet(part: string, inputs: readonly unknown[], now: Date): Pick<Quiet, 'until'> | undefined {
    const found = this.before.get(part);
    if (found === undefined || now.getTime() < found.since.getTime() || isPast(found.until, now)) return undefined;
    if (!equal(found.inputs, inputs) || !standsAsRead(found.reads)) return undefined;
    this.parts.set(part, found);
    return found;
  }

  watch(decide: () => void): readonly Read[] {
    const outer = this.reads;
    const reads: Read[] = [];
    this.reads = reads;
    try {
      decide();
    } finally {
      this.reads = outer;
    }
    return reads;
  }

  keep(part: string, quiet: Quiet): void {
    this.parts.set(part, quiet);
  }

  private noted<T>(again: () => T): T {
    const value = again();
    this.reads?.push({ again, value });
    return value;
  }

  private watched(facts: Facts): Facts {
    return {
      precondition: (station, reference) => this.noted(() => facts.precondition(station, reference)),
      judge: (reference, expectation) => this.noted(() => facts.judge(reference, expectation)),
      health: (reference) => this.noted(() => facts.health(reference)),
      live: (reference) => this.noted(() => facts.live(reference)),
      reported: (reference) => this.noted(() => facts.reported(reference)),
      named: (uid) => this.noted(() => facts.named(uid)),
      singlesAt: (place) => this.noted(() => facts.singlesAt(place)),
      ticket: (uid) => this.noted(() => facts.ticket(uid)),
      ticketsOn: (track) => this.noted(() => facts.ticketsOn(track)),
      children: (uid) => this.noted(() => facts.children(uid)),
      track: (place) => this.noted(() => facts.track(place)),
      rollbackOf: (uid) => this.noted(() => facts.rollbackOf(uid)),
      trackOf: (uid) => this.noted(() => facts.trackOf(uid)),
      overlays: (repoURL) => this.noted(() => facts.overlays(repoURL)),
      isRendered: (branch) => this.noted(() => facts.isRendered(branch)),
      station: (place) => this.noted(() => facts.station(place)),
      seat: (uid) => this.noted(() => facts.seat(uid)),
      visitors: (station) => this.noted(() => facts.visitors(station)),
      analysis: (place) => this.noted(() => facts.analysis(place)),
      analysesAt: (place) => this.noted(() => facts.analysesAt(place)),
      job: (kind, key) => this.noted(() => facts.job(kind, key)),
    };
  }
}
