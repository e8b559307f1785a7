/** What became of the jobs that decisions have asked for. */

import type { Job, JobFact } from '../runtime/journey';

export class Jobs {
  private readonly kinds = new Map<string, Map<string, JobFact<unknown>>>();

  get(kind: Job['kind'], key: string): JobFact<unknown> | undefined {
    return this.kinds.get(kind)?.get(key);
  }

  set({ kind, key }: Job, fact: JobFact<unknown>): void {
    this.of(kind).set(key, fact);
  }

  /** What these jobs have found is not known any more. */
  forget(...kinds: readonly Job['kind'][]): void {
    for (const kind of kinds) this.kinds.delete(kind);
  }

  /** Nothing is known any more. */
  clear(): void {
    this.kinds.clear();
  }

  /** Takes over everything that others know. */
  become(other: Jobs): void {
    for (const [kind, facts] of other.kinds) this.kinds.set(kind, new Map(facts));
  }

  /** All that is known, by kind and key. */
  *[Symbol.iterator](): Generator<[string, JobFact<unknown>]> {
    for (const [kind, facts] of this.kinds) for (const [key, fact] of facts) yield [`${kind} ${key}`, fact];
  }

  private of(kind: string): Map<string, JobFact<unknown>> {
    const before = this.kinds.get(kind);
    if (before !== undefined) return before;
    const facts = new Map<string, JobFact<unknown>>();
    this.kinds.set(kind, facts);
    return facts;
  }
}
