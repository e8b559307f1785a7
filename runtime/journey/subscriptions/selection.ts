/** Which version of an image or a chart a subscription chooses, and why (rule B2). Pure: tags and times are handed in. */

import { compare, parse, Range, validRange, type SemVer } from 'semver';
import type { ChartSubscription, ImageSubscription } from '../../../lib/api';
import type { Sifted } from './tag-filter';
import { isBelow, LIKE_A_VERSION, versionOf } from './version';

/** A tag, and when its image was built where the strategy needs to know. */
export interface TagFact {
  readonly tag: string;
  readonly created?: Date;
}

export interface Selection {
  /** Absent where none fits. */
  readonly tag?: string;
  /** When the choice was built, where the strategy goes by it. */
  readonly created?: Date;
  /** "1.4.0 of 212 tags: highest that satisfies ^1.0.0; 3 ignored by ignoreTags". */
  readonly explanation: string;
}

/** The best of a list, those that are as good, and why. */
interface Found extends TagFact {
  readonly why: string;
}
type NotFound = Omit<Found, 'tag'>;

/** The best by an order, of equals the last in byte order, and the equals. */
function best<T>(
  all: Iterable<T>,
  order: (one: T, other: T) => number,
  tagOf: (one: T) => string,
): { readonly first: T; readonly equals: readonly T[] } | undefined {
  let first: T | undefined;
  let equals: T[] = [];
  for (const one of all) {
    const rank = first === undefined ? 1 : order(one, first);
    if (rank < 0) continue;
    if (first === undefined || rank > 0) equals = [];
    else equals.push(inBytes(tagOf(one), tagOf(first)) > 0 ? first : one);
    if (first === undefined || rank > 0 || inBytes(tagOf(one), tagOf(first)) > 0) first = one;
  }
  return first === undefined ? undefined : { first, equals };
}

export function inBytes(one: string, other: string): number {
  // A tag is ASCII, where the order of code units is that of bytes.
  return one < other ? -1 : one > other ? 1 : 0;
}

const MOST_NAMED = 3;

/** "v1.0.0 is the same version", for at most a few names. */
function tie(tags: readonly string[], words: { readonly one: string; readonly many: string }): string {
  if (tags.length === 0) return '';
  const more = tags.length > MOST_NAMED ? ` and ${tags.length - MOST_NAMED} more` : '';
  return `; ${tags.slice(0, MOST_NAMED).join(', ')}${more} ${tags.length === 1 ? words.one : words.many}`;
}

/** A range as people write it: a comma means "and", as a space does. */
export const readRange = (constraint: string): string => constraint.replaceAll(',', ' ');

interface Highest {
  readonly version: SemVer;
  /** Those that are this version. */
  readonly tags: string[];
}

/**
 * The highest version that counts. Many registries list what is newest last, and what is lower than the best so far need
 * not be read.
 */
function highestOf(
  tags: readonly string[],
  counts: (version: SemVer) => boolean,
): { readonly best: Highest | undefined; readonly isAny: boolean } {
  let best: Highest | undefined;
  let isAny = false;
  for (let at = tags.length - 1; at >= 0; at -= 1) {
    const tag = tags[at] ?? '';
    const numbers = LIKE_A_VERSION.exec(tag);
    if (numbers === null || (best !== undefined && isBelow(numbers, best.version))) continue;
    const version = parse(tag.replace(/^v/, ''));
    isAny ||= version !== null;
    const rank = version === null ? -1 : best === undefined ? 1 : compare(version, best.version);
    if (version === null || rank < 0 || !counts(version)) continue;
    if (best === undefined || rank > 0) best = { version, tags: [tag] };
    else best.tags.push(tag);
  }
  return { best, isAny };
}

function bySemver(tags: readonly string[], constraint: string, prereleases: boolean): Found | NotFound {
  if (validRange(readRange(constraint)) === null) return { why: `'${constraint}' is no range of semantic versions` };
  const range = new Range(readRange(constraint), { includePrerelease: prereleases });
  const { best, isAny } = highestOf(
    tags,
    (version) => (prereleases || version.prerelease.length === 0) && range.test(version),
  );
  if (best === undefined) return { why: `none satisfies ${constraint}${isAny ? '' : ', as none is a version'}` };
  const [tag = '', ...equals] = best.tags.sort((one, other) => inBytes(other, one));
  const words = { one: 'is the same version', many: 'are the same version' };
  return { tag, why: `highest that satisfies ${constraint}${tie(equals, words)}` };
}

function byNewest(tags: readonly string[], built: ReadonlyMap<string, Date>): Found | NotFound {
  const dated = tags.flatMap((tag) => {
    const created = built.get(tag);
    return created === undefined ? [] : [{ tag, created }];
  });
  const found = best(
    dated,
    (one, other) => one.created.getTime() - other.created.getTime(),
    ({ tag }) => tag,
  );
  if (found === undefined) return { why: 'none says when it was built' };
  const { tag, created } = found.first;
  const equals = found.equals.map((one) => one.tag);
  const words = { one: 'was built at the same time', many: 'were built at the same time' };
  return { tag, created, why: `newest build, ${created.toISOString()}${tie(equals, words)}` };
}

function byName(tags: readonly string[]): Found | NotFound {
  const found = best(tags, inBytes, (tag) => tag);
  return found === undefined ? { why: 'no tag is left' } : { tag: found.first, why: 'last in byte order' };
}

function choose(
  tags: readonly string[],
  built: ReadonlyMap<string, Date>,
  subscription: Pick<ImageSubscription, 'select'>,
): Found | NotFound {
  const { semver, name, digest } = subscription.select;
  if (semver) return bySemver(tags, semver.constraint, semver.prereleases);
  if (name) return byName(tags);
  if (!digest) return byNewest(tags, built);
  const why = `what ${digest.tag} points to`;
  return tags.includes(digest.tag) ? { tag: digest.tag, why } : { why: `${digest.tag} cannot be used` };
}

/** What tags with a prefix have behind it; others are none of them. */
export const behind = (prefix: string, tags: readonly string[]): readonly string[] =>
  prefix === '' ? tags : tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));

/**
 * Chooses among tags.
 *
 * @param sifted what they have behind the prefix
 * @param built when tags were built; only `newest` needs it
 * @returns the whole tag
 */
export function selectTag(
  sifted: Sifted,
  subscription: Pick<ImageSubscription, 'select'> & { readonly prefix?: string | undefined },
  built: ReadonlyMap<string, Date> = new Map(),
): Selection {
  const found = choose(sifted.tags, built, subscription);
  const { allowTags, ignoreTags } = sifted.leftOut;
  const rest = [
    found.why,
    ...(ignoreTags === 0 ? [] : [`${ignoreTags} ignored by ignoreTags`]),
    ...(allowTags === 0 ? [] : [`${allowTags} not let in by allowTags`]),
  ].join('; ');
  const { prefix = '' } = subscription;
  const which = prefix === '' ? '' : ` with prefix ${prefix}`;
  const of = `of ${sifted.of} tag${sifted.of === 1 ? '' : 's'}${which}: ${rest}`;
  if (!('tag' in found)) return { explanation: `none ${of}` };
  const { created } = found;
  const tag = `${prefix}${found.tag}`;
  return { tag, ...(created && { created }), explanation: `${tag} ${of}` };
}

/** A range that names a pre-release, such as `>=2.0.0-0`, is the way to ask for them that people know from Helm. */
const NAMES_A_PRERELEASE = /\d-[\dA-Za-z]/;

/** Chooses among the versions of a chart. */
export function selectChart(versions: readonly string[], { semver }: Pick<ChartSubscription, 'semver'>): Selection {
  const found = bySemver(versions, semver, NAMES_A_PRERELEASE.test(semver));
  const of = `of ${versions.length} version${versions.length === 1 ? '' : 's'}: ${found.why}`;
  return 'tag' in found ? { tag: found.tag, explanation: `${found.tag} ${of}` } : { explanation: `none ${of}` };
}

/** Whether a version ranks above another one, as any does above what is none. */
export function versionRanksAbove(chosen: string, last: string): boolean {
  const [one, other] = [versionOf(chosen), versionOf(last)];
  return one !== null && (other === null || compare(one, other) > 0);
}

/**
 * Whether a choice ranks above the one ticketed last, in the strategy's own order. For `digest` any difference counts,
 * which its caller tells by the digests.
 */
export function ranksAbove(chosen: TagFact, last: TagFact, subscription: ImageSubscription): boolean {
  const { semver, name, digest } = subscription.select;
  if (digest) return true;
  if (name) return inBytes(chosen.tag, last.tag) > 0;
  if (semver) return versionRanksAbove(chosen.tag, last.tag);
  // A build time that nobody knows any more, as of a tag that vanished, is no reason for a ticket.
  return chosen.created !== undefined && last.created !== undefined && chosen.created > last.created;
}
