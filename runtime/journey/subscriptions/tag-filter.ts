/**
 * Which tags a subscription lets through, and what that costs. RE2 takes time that is linear in the text, whatever the
 * expression; how much a tag takes is known beforehand, so that whoever sifts many can stop to breathe.
 */

import type { RE2JS } from 're2js';
import type { ImageSubscription } from '../../../lib/api';
import { tagExpression } from '../../../lib/network/tag-expression';

/** RE2 expressions of tags that are let through, and that are left out. */
export type TagFilters = Pick<ImageSubscription, 'allowTags' | 'ignoreTags'>;

export interface TagFilter {
  /** Why a tag is left out; nothing when it is let through. */
  leavesOut(tag: string): 'allowTags' | 'ignoreTags' | undefined;
  /** What it takes to look at a tag: at worst, and on a slow machine, two microseconds for each. */
  cost(tag: string): number;
}

export interface Sifted {
  readonly tags: readonly string[];
  /** How many there were before. */
  readonly of: number;
  readonly leftOut: { readonly allowTags: number; readonly ignoreTags: number };
}

/** @throws Error naming an expression that cannot be used */
function compile(text: string, field: string): RE2JS {
  const read = tagExpression(text);
  if ('problem' in read) throw new Error(`${field} '${text}' ${read.problem}`);
  return read.expression;
}

/** @throws Error naming an expression that cannot be used */
export function tagFilter({ allowTags, ignoreTags }: TagFilters): TagFilter {
  const allow = allowTags === undefined ? undefined : compile(allowTags, 'allowTags');
  const ignore = ignoreTags === undefined ? undefined : compile(ignoreTags, 'ignoreTags');
  const size = (allow?.programSize() ?? 0) + (ignore?.programSize() ?? 0);
  return {
    leavesOut(tag) {
      if (ignore?.test(tag)) return 'ignoreTags';
      return allow === undefined || allow.test(tag) ? undefined : 'allowTags';
    },
    cost: (tag) => 1 + size * (tag.length + 1),
  };
}

/** Sifts tags all at once. */
export function siftTags(tags: readonly string[], filter: TagFilter): Sifted {
  const leftOut = { allowTags: 0, ignoreTags: 0 };
  const kept = tags.filter((tag) => {
    const why = filter.leavesOut(tag);
    if (why !== undefined) leftOut[why] += 1;
    return why === undefined;
  });
  return { tags: kept, of: tags.length, leftOut };
}

/** Two sifted lists as one. */
export function together(one: Sifted, other: Sifted): Sifted {
  return {
    tags: [...one.tags, ...other.tags],
    of: one.of + other.of,
    leftOut: {
      allowTags: one.leftOut.allowTags + other.leftOut.allowTags,
      ignoreTags: one.leftOut.ignoreTags + other.leftOut.ignoreTags,
    },
  };
}
