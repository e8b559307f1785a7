/** What became of each tag of an image, for people who ask why one was chosen and another was not (rule B2). Pure. */

import { compare, Range } from 'semver';
import type { ImageSubscription } from '../../../lib/api';
import { inBytes, readRange } from './selection';
import { versionOf } from './version';
import { tagFilter } from './tag-filter';

/** Best first. */
const FATES = [
  'Chosen',
  'Tie',
  'Unusable',
  'Missing',
  'Outranked',
  'Undated',
  'OutOfRange',
  'Prerelease',
  'NoVersion',
  'IgnoreTags',
  'AllowTags',
] as const;
type Fate = (typeof FATES)[number];

export interface TagStory {
  readonly tag: string;
  readonly fate: Fate;
  /** In a few words, `outside ^1.0.0`. */
  readonly why: string;
  /** When it was built, where the strategy goes by it. */
  readonly created?: Date;
}

/** What a choice was made of. */
export interface Considered {
  /** All tags of the first repository. */
  readonly tags: readonly string[];
  /** Tags that another repository lacks, and which does. */
  readonly lacking: ReadonlyMap<string, string>;
  /** Tags that were passed over when they were looked at, and why. */
  readonly unusable: ReadonlyMap<string, string>;
  readonly built: ReadonlyMap<string, Date>;
  /** Absent where none is. */
  readonly chosen: string | undefined;
}

type Verdict = Omit<TagStory, 'tag'>;

/** What the strategy says of a tag that was let through. */
function judge(considered: Considered, { select }: ImageSubscription): (tag: string) => Verdict {
  const { chosen, built } = considered;
  if (select.semver) {
    const { constraint, prereleases } = select.semver;
    const range = new Range(readRange(constraint), { includePrerelease: prereleases });
    const best = chosen === undefined ? null : versionOf(chosen);
    return (tag) => {
      const version = versionOf(tag);
      if (version === null) return { fate: 'NoVersion', why: 'is no version such as 1.2.3' };
      if (!prereleases && version.prerelease.length > 0) return { fate: 'Prerelease', why: 'is a pre-release' };
      if (!range.test(version)) return { fate: 'OutOfRange', why: `is outside ${constraint}` };
      const isTie = best !== null && compare(version, best) === 0;
      return isTie
        ? { fate: 'Tie', why: `is the same version as ${chosen}` }
        : { fate: 'Outranked', why: `is lower than ${chosen}` };
    };
  }
  if (select.newest) {
    const best = chosen === undefined ? undefined : built.get(chosen)?.getTime();
    return (tag) => {
      const created = built.get(tag);
      if (created === undefined)
        return { fate: 'Undated', why: 'does not say when it was built, or is for no such platform' };
      return created.getTime() === best
        ? { fate: 'Tie', why: `was built at the same time as ${chosen}`, created }
        : { fate: 'Outranked', why: `was built before ${chosen}`, created };
    };
  }
  const why = select.digest ? 'is not the tag that is followed' : `comes before ${chosen} in byte order`;
  return () => ({ fate: 'Outranked', why });
}

/**
 * The story of every tag, best first.
 *
 * @throws Error naming an expression or a range that cannot be used
 */
export function tagStories(considered: Considered, subscription: ImageSubscription): readonly TagStory[] {
  const { tags, lacking, unusable, built, chosen } = considered;
  const filter = tagFilter(subscription);
  const judged = judge(considered, subscription);
  const verdict = (tag: string): Verdict => {
    const created = built.get(tag);
    if (tag === chosen) return { fate: 'Chosen', why: 'is chosen', ...(created && { created }) };
    const other = lacking.get(tag);
    if (other !== undefined) return { fate: 'Missing', why: `is missing in ${other}` };
    const left = filter.leavesOut(tag);
    if (left === 'ignoreTags')
      return { fate: 'IgnoreTags', why: `is ignored by ignoreTags '${subscription.ignoreTags}'` };
    if (left === 'allowTags')
      return { fate: 'AllowTags', why: `is not let in by allowTags '${subscription.allowTags}'` };
    const passed = unusable.get(tag);
    return passed === undefined ? judged(tag) : { fate: 'Unusable', why: `was passed over: ${passed}` };
  };
  const order = new Map(FATES.map((fate, at) => [fate, at]));
  const ranked = tags.map((tag) => ({ tag, version: versionOf(tag), ...verdict(tag) }));
  ranked.sort(
    (one, other) =>
      (order.get(one.fate) ?? 0) - (order.get(other.fate) ?? 0) ||
      (other.created?.getTime() ?? 0) - (one.created?.getTime() ?? 0) ||
      (one.version !== null && other.version !== null ? compare(other.version, one.version) : 0) ||
      inBytes(other.tag, one.tag),
  );
  return ranked.map(({ tag, fate, why, created }) => ({ tag, fate, why, ...(created && { created }) }));
}
