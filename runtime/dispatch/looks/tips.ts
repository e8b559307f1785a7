/** The job `tip`: heads of source branches. Whoever looks at the same repository shares one request. */

import { assertBranch, type Git } from '../../git';
import type { Tip, TipJob } from '../../journey';
import { forgetOldest } from '../../oldest';
import { normaliseRepositoryURL } from '../../../lib/network/repository-url';

/** One request, under way or answered. */
interface Asked {
  readonly at: Date;
  readonly branches: ReadonlySet<string>;
  readonly heads: Promise<ReadonlyMap<string, string>>;
}

/** A branch that nobody has asked for during so many milliseconds is not asked for with the others any more. */
const FORGOTTEN_MS = 3_600_000;
/** Hints of one repository that are kept in mind; whoever brings an older one asks anew. */
const MOST_HINTS = 1_000;

export class Tips {
  readonly #last = new Map<string, Asked>();
  /** By repository: hints that the last answer knew of. */
  readonly #heard = new Map<string, Set<string>>();
  /** By repository: when each branch was last wanted. */
  readonly #wanted = new Map<string, Map<string, number>>();

  constructor(
    private readonly git: Git,
    private readonly now: () => Date,
  ) {}

  /** @throws TerminalError `InvalidBranch`, TransientError where the repository cannot be reached */
  async tip({ repoURL, branch, maxAgeMs, seen }: Omit<TipJob, 'kind' | 'key'>): Promise<Tip> {
    assertBranch(branch);
    const repository = normaliseRepositoryURL(repoURL);
    const branches = this.#want(repository, branch);
    const last = this.#last.get(repository);
    const age = last && this.now().getTime() - last.at.getTime();
    const isNews = this.#hears(repository, seen);
    const isGood = !isNews && age !== undefined && age >= 0 && age < maxAgeMs && last?.branches.has(branch);
    const asked = isGood && last ? last : this.#ask(repository, repoURL, branches);
    const commit = (await asked.heads).get(branch);
    return { askedAt: asked.at, ...(commit === undefined ? {} : { commit }) };
  }

  #ask(repository: string, repoURL: string, branches: readonly string[]): Asked {
    const asked = { at: this.now(), branches: new Set(branches), heads: this.git.heads(repoURL, branches) };
    this.#last.set(repository, asked);
    // What was not answered is asked again by the next one.
    asked.heads.catch(() => {
      if (this.#last.get(repository) === asked) this.#last.delete(repository);
    });
    return asked;
  }

  /** Whether the hint is news: what was answered before it was heard may have missed what it is about. */
  #hears(repository: string, hint: string): boolean {
    const heard = this.#heard.get(repository) ?? new Set<string>();
    if (hint === '' || heard.has(hint)) return false;
    this.#heard.set(repository, heard.add(hint));
    forgetOldest(heard, MOST_HINTS);
    return true;
  }

  /** All branches of the repository that are wanted by now. */
  #want(repository: string, branch: string): string[] {
    const now = this.now().getTime();
    const wanted = this.#wanted.get(repository) ?? new Map<string, number>();
    this.#wanted.set(repository, wanted.set(branch, now));
    for (const [name, at] of wanted) if (now - at > FORGOTTEN_MS) wanted.delete(name);
    return [...wanted.keys()];
  }
}
