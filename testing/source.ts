/** Source branches in memory: one line of commits for each repository, and what each of them touched. */

import { createHash } from 'node:crypto';
import { normaliseRepositoryURL } from '../lib/network/repository-url';
import {
  behind,
  selectTag,
  siftTags,
  survey,
  tagFilter,
  type Descent,
  type DescentJob,
  type Follow,
  type FollowJob,
  type SourceHistory,
  type TagChoice,
  type TagJob,
  type Walk,
  type WalkJob,
} from '../runtime/journey';

interface SourceCommit {
  readonly commit: string;
  readonly paths: readonly string[];
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

export class SourceHistories implements SourceHistory {
  private readonly lines = new Map<string, SourceCommit[]>();
  /** By repository: what each tag names. */
  private readonly tags = new Map<string, ReadonlyMap<string, string>>();

  /** A person commits to the source branch. @returns the commit */
  commit(repoURL: string, ...paths: string[]): string {
    const line = this.line(repoURL);
    const commit = createHash('sha1')
      .update(`${repoURL} ${line.length} ${paths.join(' ')}`)
      .digest('hex');
    line.push({ commit, paths });
    return commit;
  }

  /** A person moves the branch back to one of its commits, by force. */
  moveBack(repoURL: string, commit: string): void {
    this.line(repoURL).splice(this.place(repoURL, commit) + 1);
  }

  /** A person tags a commit, perhaps with a name that another one had. */
  tag(repoURL: string, tag: string, commit: string): void {
    const repository = normaliseRepositoryURL(repoURL);
    this.tags.set(repository, new Map([...this.tagsOf(repoURL), [tag, commit]]));
  }

  /** A tag vanishes. */
  untag(repoURL: string, tag: string): void {
    const left = [...this.tagsOf(repoURL)].filter(([one]) => one !== tag);
    this.tags.set(normaliseRepositoryURL(repoURL), new Map(left));
  }

  /** Takes over everything that others hold. */
  become(other: SourceHistories): void {
    for (const [repoURL, line] of other.lines) this.lines.set(repoURL, [...line]);
    for (const [repoURL, tags] of other.tags) this.tags.set(repoURL, tags);
  }

  head({ repoURL }: { readonly repoURL: string }): string {
    return this.line(repoURL).at(-1)?.commit ?? '';
  }

  onBranch = (repoURL: string, commit: string): boolean => this.place(repoURL, commit) >= 0;

  contains = (repoURL: string, ancestor: string, descendant: string): boolean =>
    this.onBranch(repoURL, ancestor) && this.place(repoURL, ancestor) <= this.place(repoURL, descendant);

  descent({ questions }: DescentJob): Descent {
    return {
      onBranch: questions.flatMap(({ repoURL, incoming, recorded }) =>
        [...incoming, ...recorded].filter((one) => this.onBranch(repoURL, one)).map((one) => `${repoURL} ${one}`),
      ),
      contained: questions.flatMap(({ repoURL, incoming, recorded }) =>
        incoming.flatMap((one) =>
          recorded.filter((other) => this.contains(repoURL, one, other)).map((other) => `${repoURL} ${one} ${other}`),
        ),
      ),
    };
  }

  follow({ repoURL, commit, path, base, recorded, overlays }: FollowJob): Follow {
    const ahead = this.line(repoURL)
      .slice(this.place(repoURL, base) + 1, this.place(repoURL, commit) + 1)
      .filter(({ paths }) => paths.some((one) => !overlays.some((overlay) => isWithin(one, overlay))));
    const mixed = ahead.some(
      (one) => one.paths.some((touched) => isWithin(touched, path)) && !this.contains(repoURL, one.commit, recorded),
    );
    const newest = ahead.at(-1);
    return { mixed, ...(newest === undefined ? {} : { outside: newest.commit }) };
  }

  /** The release that a subscription chooses now, of those on the source branch. */
  choose({ repoURL, tags: wanted }: TagJob): TagChoice {
    const tags = this.tagsOf(repoURL);
    const onBranch = [...tags].filter(([, commit]) => this.onBranch(repoURL, commit)).map(([tag]) => tag);
    const { semver, prefix = '' } = wanted;
    const sifted = siftTags(behind(prefix, onBranch), tagFilter(wanted));
    const { tag, explanation: choice } = selectTag(sifted, { select: { semver }, prefix });
    const commit = tag === undefined ? undefined : tags.get(tag);
    return tag === undefined || commit === undefined ? { choice } : { chosen: { tag, commit }, choice };
  }

  walk(job: WalkJob): Walk {
    const { repoURL, from, head, isTagged } = job;
    const isThere = isTagged === true ? this.onBranch(repoURL, from) : this.contains(repoURL, from, head);
    if (!isThere) return { outcome: 'Rewritten' };
    const ahead = this.line(repoURL).slice(this.place(repoURL, from) + 1, this.place(repoURL, head) + 1);
    return { outcome: 'Walked', ...survey(ahead.reverse(), job) };
  }

  private tagsOf(repoURL: string): ReadonlyMap<string, string> {
    return this.tags.get(normaliseRepositoryURL(repoURL)) ?? new Map<string, string>();
  }

  private place(repoURL: string, commit: string): number {
    return this.line(repoURL).findIndex((one) => one.commit === commit);
  }

  /** Every repository has a first commit. */
  private line(repoURL: string): SourceCommit[] {
    const repository = normaliseRepositoryURL(repoURL);
    const known = this.lines.get(repository);
    if (known) return known;
    const first = { commit: createHash('sha1').update(repository).digest('hex'), paths: ['README.md'] };
    const line = [first];
    this.lines.set(repository, line);
    return line;
  }
}
