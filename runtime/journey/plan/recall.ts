/**
 * What parts of a plan were made of. A part that asked for nothing asks for nothing again while all that it has read is as
 * it was, until the time that it named: whoever decides often keeps a recall for each track and each station, and such
 * parts are not worked out twice.
 */

import { same } from '../facts/canonical';
import type { JobKind } from '../facts/job';
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
  for (const read of reads) if (!same(read.again(), read.value)) return false;
  return true;
}

/** One question and its answer: many are asked in each decision, so it takes little room. */
class Look<One, Other> implements Read {
  constructor(
    private readonly ask: (one: One, other: Other) => unknown,
    private readonly one: One,
    private readonly other: Other,
    readonly value: unknown,
  ) {}

  again(): unknown {
    return this.ask(this.one, this.other);
  }
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

  /** The same question, of which is noted what was asked and answered while a part is decided. */
  private noting<One, Other, Answer>(ask: (one: One, other: Other) => Answer): (one: One, other: Other) => Answer {
    return (one, other) => {
      const answer = ask(one, other);
      this.reads?.push(new Look(ask, one, other, answer));
      return answer;
    };
  }

  /** The same for a question about one thing. */
  private about<One, Answer>(ask: (one: One) => Answer): (one: One) => Answer {
    const noted = this.noting<One, undefined, Answer>(ask);
    return (one) => noted(one, undefined);
  }

  private watched(facts: Facts): Facts {
    const askJob = (kind: JobKind, key: string): unknown => facts.job(kind, key);
    return {
      faults: this.noting((kind, place) => facts.faults(kind, place)),
      precondition: this.noting((station, reference) => facts.precondition(station, reference)),
      judge: this.noting((reference, expectation) => facts.judge(reference, expectation)),
      health: this.about((reference) => facts.health(reference)),
      live: this.about((reference) => facts.live(reference)),
      reported: this.about((reference) => facts.reported(reference)),
      named: this.about((uid) => facts.named(uid)),
      singlesAt: this.about((place) => facts.singlesAt(place)),
      ticket: this.about((uid) => facts.ticket(uid)),
      ticketsOn: this.about((track) => facts.ticketsOn(track)),
      children: this.about((uid) => facts.children(uid)),
      track: this.about((place) => facts.track(place)),
      rollbackOf: this.about((uid) => facts.rollbackOf(uid)),
      trackOf: this.about((uid) => facts.trackOf(uid)),
      overlays: this.about((repoURL) => facts.overlays(repoURL)),
      isRendered: this.about((branch) => facts.isRendered(branch)),
      station: this.about((place) => facts.station(place)),
      seat: this.about((uid) => facts.seat(uid)),
      visitors: this.about((station) => facts.visitors(station)),
      analysis: this.about((place) => facts.analysis(place)),
      analysesAt: this.about((place) => facts.analysesAt(place)),
      job: (kind, key) => {
        const fact = facts.job(kind, key);
        this.reads?.push(new Look(askJob, kind, key, fact));
        return fact;
      },
    };
  }
}
