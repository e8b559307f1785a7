/**
 * The job `tag`: which release of a source a subscription would choose now (rules B2, B3, B5). Whoever looks at the tags
 * of the same repository shares one request.
 */

import { normaliseRepositoryURL } from '../../../lib/network/repository-url';
import { TerminalError } from '../../errors';
import type { Git } from '../../git';
import { behind, selectTag, type TagChoice, type TagJob } from '../../journey';
import { forgetOldest } from '../../oldest';
import { sift } from './sift';

interface Asked {
  readonly at: Date;
  /** The newest hint that was known when it was asked. */
  readonly hint: string;
  readonly tags: Promise<Listed>;
}
/** One list of each prefix for all who look: what sifts it remembers it by its identity. */
interface Listed {
  readonly names: (prefix: string) => readonly string[];
  readonly commits: ReadonlyMap<string, string>;
}

function listed(commits: ReadonlyMap<string, string>): Listed {
  const known = new Map<string, readonly string[]>();
  const names = (prefix: string): readonly string[] => {
    const list = known.get(prefix) ?? behind(prefix, [...commits.keys()]);
    known.set(prefix, list);
    return list;
  };
  return { names, commits };
}

/** Releases that turn out not to be usable; after so many nobody looks further down. */
const MOST_TRIES = 20;
/** Commits that are known to be on their branch; what is forgotten is looked up again. */
const MOST_KNOWN = 10_000;

export class SourceTagLooks {
  readonly #last = new Map<string, Asked>();
  readonly #onBranch = new Set<string>();

  constructor(
    private readonly git: Git,
    private readonly now: () => Date,
  ) {}

  /** @throws Error naming an expression that cannot be used, TransientError where the repository cannot be reached */
  async choose(job: Omit<TagJob, 'kind' | 'key'>, signal: AbortSignal): Promise<TagChoice> {
    const { tags } = job;
    const { semver, prefix = '' } = tags;
    const asked = this.#ask(job);
    const { names, commits } = await asked.tags;
    const sifted = await sift(names(prefix), tags, signal);
    const passed: string[] = [];
    let left = sifted.tags;
    for (;;) {
      const { tag, explanation } = selectTag({ ...sifted, tags: left }, { select: { semver }, prefix });
      const choice = [explanation, ...passed].join('; ');
      const commit = tag === undefined ? undefined : commits.get(tag);
      if (tag === undefined || commit === undefined || passed.length === MOST_TRIES)
        return { choice, askedAt: asked.at };
      const why = await this.#problemOf(job, tag, commit, signal);
      if (why === undefined) return { chosen: { tag, commit }, choice, askedAt: asked.at };
      passed.push(why);
      left = left.filter((one) => `${prefix}${one}` !== tag);
    }
  }

  #ask({ repoURL, maxAgeMs, seen }: Pick<TagJob, 'repoURL' | 'maxAgeMs' | 'seen'>): Asked {
    const repository = normaliseRepositoryURL(repoURL);
    const last = this.#last.get(repository);
    const now = this.now();
    const age = last === undefined ? -1 : now.getTime() - last.at.getTime();
    // Hints are times: what was asked after the newest one knows of it.
    if (last !== undefined && age >= 0 && age < maxAgeMs && seen <= last.hint) return last;
    const tags = this.git.tags(repoURL).then(listed);
    const asked = { at: now, hint: last !== undefined && last.hint > seen ? last.hint : seen, tags };
    this.#last.set(repository, asked);
    // What was not answered is asked again by the next one.
    tags.catch(() => {
      if (this.#last.get(repository) === asked) this.#last.delete(repository);
    });
    return asked;
  }

  /** Why a release cannot be used: its commit has to be on the source branch (rule B5). */
  async #problemOf(
    { repoURL, branch }: Pick<TagJob, 'repoURL' | 'branch'>,
    tag: string,
    commit: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const key = `${normaliseRepositoryURL(repoURL)} ${branch} ${commit}`;
    if (this.#onBranch.has(key)) return undefined;
    const head = (await this.git.heads(repoURL, [branch], signal)).get(branch);
    if (head === undefined) return `${tag} is passed over, as branch ${branch} does not exist`;
    try {
      // Fetched first: what nobody has is an ancestor of nothing.
      if (!(await this.git.has(repoURL, commit)) || !(await this.git.contains(repoURL, commit, head))) {
        return `${tag} is passed over, as its commit is not on branch ${branch}`;
      }
    } catch (error) {
      if (error instanceof TerminalError && error.reason === 'InvalidCommit')
        return `${tag} is passed over, as it names no commit`;
      throw error;
    }
    this.#onBranch.add(key);
    forgetOldest(this.#onBranch, MOST_KNOWN);
    return undefined;
  }
}
