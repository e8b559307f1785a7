/** Looking at heads and tags: many who ask at once share one answer. */

import { TransientError } from '../errors';

type Heads = ReadonlyMap<string, string>;

export class Looks {
  private present: Promise<Heads> | undefined;
  private next: { readonly branches: Set<string>; readonly answer: Promise<Heads> } | undefined;

  /** @param ask the heads of these branches as they are now; more may be named */
  constructor(private readonly ask: (branches: readonly string[]) => Promise<Heads>) {}

  /** An answer that nobody asked for too early to trust: it was asked for after this call. */
  at(branches: readonly string[]): Promise<Heads> {
    const next = (this.next ??= this.open());
    for (const branch of branches) next.branches.add(branch);
    return next.answer;
  }

  /** The next question waits for the present one, and meanwhile others join it. */
  private open(): { branches: Set<string>; answer: Promise<Heads> } {
    const branches = new Set<string>();
    const answer = Promise.resolve(this.present)
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.present = this.ask([...branches]);
        return this.present;
      });
    return { branches, answer };
  }
}

/** The answer, unless the asker goes first. The question itself goes on: others may wait for it. */
export async function unlessAborted<T>(
  answer: Promise<T>,
  repository: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return answer;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = (): void =>
      reject(new TransientError(`The question to ${repository} was given up before it was answered.`));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
    answer.catch(() => undefined);
  }
}
