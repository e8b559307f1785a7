/** Where the time went: named spans, some of them side by side. */

import { span } from '../view/text';

interface Span {
  readonly name: string;
  readonly start: number;
  end?: number;
}

export class Stopwatch {
  private readonly spans: Span[] = [];
  private readonly begin: number;

  /** @param clock milliseconds that never jump */
  constructor(private readonly clock: () => number = () => performance.now()) {
    this.begin = clock();
  }

  /** Starts a span; call what it returns when it ends. */
  start(name: string): () => void {
    const entry: Span = { name, start: this.clock() };
    this.spans.push(entry);
    return () => {
      entry.end ??= this.clock();
    };
  }

  /** Measures a promise, whether it succeeds or not. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const end = this.start(name);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Milliseconds since the watch was made. */
  elapsed(): number {
    return this.clock() - this.begin;
  }

  /** One line for each span, in the order of their starts: when it began, how long it took. */
  report(): string[] {
    const width = Math.max(0, ...this.spans.map(({ name }) => name.length));
    const now = this.clock();
    return [
      ...this.spans.map(({ name, start, end }) => {
        const length = end === undefined ? `${span(now - start)}, not finished` : span(end - start);
        return `${name.padEnd(width)}  from ${span(start - this.begin).padStart(6)}  took ${length.padStart(6)}`;
      }),
      `${'all'.padEnd(width)}  from ${span(0).padStart(6)}  took ${span(now - this.begin).padStart(6)}`,
    ];
  }
}
