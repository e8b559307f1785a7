/** Which version of an image a subscription chooses, and why (rule B2). Pure: tags and times are handed in. */

import { RE2JS } from 're2js';
import { compare, parse, satisfies, validRange, type SemVer } from 'semver';
import type { ImageSubscription } from '../../lib/api';

/** A tag, and when its image was built where the strategy needs to know. */
export interface TagFact {
  readonly tag: string;
  readonly created?: Date;
}

export interface Selection {
  /** Absent where none fits. */
  readonly tag?: string;
  /** "1.4.0 of 212 tags: highest that satisfies ^1.0.0; 3 ignored". */
  readonly explanation: string;
}

/** The version in a tag; a leading `v` is allowed, and all three numbers are needed. */
const versionOf = (tag: string): SemVer | null => parse(tag.replace(/^v/, ''));

/** Tags that the filters let through. @throws Error naming an expression that RE2 does not take */
export function filterTags(tags: readonly string[], subscription: ImageSubscription): string[] {
  const pattern = (text: string, field: string): RE2JS => {
    try {
      return RE2JS.compile(text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${field} '${text}' is no RE2 expression: ${why}`, { cause: error });
    }
  };
  const allow = subscription.allowTags === undefined ? undefined : pattern(subscription.allowTags, 'allowTags');
  const ignore = subscription.ignoreTags === undefined ? undefined : pattern(subscription.ignoreTags, 'ignoreTags');
  return tags.filter((tag) => (allow?.matcher(tag).find() ?? true) && !(ignore?.matcher(tag).find() ?? false));
}

function bySemver(tags: readonly string[], constraint: string, prereleases: boolean): { tag?: string; why: string } {
  if (validRange(constraint) === null) return { why: `'${constraint}' is no range of semantic versions` };
  const fitting = tags.flatMap((tag) => {
    const version = versionOf(tag);
    const fits = version !== null && satisfies(version, constraint, { includePrerelease: prereleases });
    return version !== null && fits && (prereleases || version.prerelease.length === 0) ? [{ tag, version }] : [];
  });
  fitting.sort((one, other) => compare(other.version, one.version) || (one.tag < other.tag ? 1 : -1));
  const [first, second] = fitting;
  if (first === undefined) return { why: `none satisfies ${constraint}` };
  const tie =
    second !== undefined && compare(first.version, second.version) === 0 ? `; ${second.tag} is the same version` : '';
  return { tag: first.tag, why: `highest that satisfies ${constraint}${tie}` };
}

const lastInBytes = (tags: readonly string[]): string | undefined =>
  tags.reduce<string | undefined>(
    (best, tag) => (best === undefined || Buffer.compare(Buffer.from(tag), Buffer.from(best)) > 0 ? tag : best),
    undefined,
  );

function byNewest(facts: readonly TagFact[]): { tag?: string; why: string } {
  const dated = facts.filter((fact): fact is Required<TagFact> => fact.created !== undefined);
  dated.sort((one, other) => other.created.getTime() - one.created.getTime() || (one.tag < other.tag ? 1 : -1));
  const [first, second] = dated;
  if (first === undefined) return { why: 'none says when it was built' };
  const tie = second?.created.getTime() === first.created.getTime() ? `; ${second.tag} was built at the same time` : '';
  return { tag: first.tag, why: `newest build, ${first.created.toISOString()}${tie}` };
}

/** Chooses among tags; `newest` needs their times. */
export function selectTag(all: readonly TagFact[], subscription: ImageSubscription): Selection {
  const kept = new Set(
    filterTags(
      all.map((fact) => fact.tag),
      subscription,
    ),
  );
  const facts = all.filter((fact) => kept.has(fact.tag));
  const tags = facts.map((fact) => fact.tag);
  const { semver, name, digest } = subscription.select;
  const found = semver
    ? bySemver(tags, semver.constraint, semver.prereleases)
    : digest
      ? { ...(tags.includes(digest.tag) ? { tag: digest.tag } : {}), why: `what ${digest.tag} points to` }
      : name
        ? { tag: lastInBytes(tags), why: 'last in byte order' }
        : byNewest(facts);
  const ignored = all.length - facts.length;
  const rest = `${found.why}${ignored === 0 ? '' : `; ${ignored} left out by allowTags and ignoreTags`}`;
  return found.tag === undefined
    ? { explanation: `none of ${all.length} tags: ${rest}` }
    : { tag: found.tag, explanation: `${found.tag} of ${all.length} tags: ${rest}` };
}

/**
 * Whether a choice ranks above the one ticketed last, in the strategy's own order. For `digest` any difference counts,
 * which its caller tells by the digests.
 */
export function ranksAbove(chosen: TagFact, last: TagFact, subscription: ImageSubscription): boolean {
  const { semver, name, digest } = subscription.select;
  if (digest) return true;
  if (name) return Buffer.compare(Buffer.from(chosen.tag), Buffer.from(last.tag)) > 0;
  if (semver) {
    const [one, other] = [versionOf(chosen.tag), versionOf(last.tag)];
    return one !== null && (other === null || compare(one, other) > 0);
  }
  // A build time that nobody knows any more, as of a tag that vanished, is no reason for a ticket.
  return chosen.created !== undefined && last.created !== undefined && chosen.created > last.created;
}
