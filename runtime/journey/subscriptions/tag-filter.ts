/**
 * Which tags a subscription lets through, and what that costs. RE2 takes time that is linear in the text, whatever the
 * expression; how much a tag takes is known beforehand, so that whoever sifts many can stop to breathe.
 */

import { RE2JS } from 're2js';
import type { ImageSubscription } from '../../../lib/api';

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

/** Instructions of an expression; a list of names takes a few hundred. */
const LARGEST_PROGRAM = 500;
const LONGEST_EXPRESSION = 256;

/** @throws Error naming an expression that RE2 does not take, or that is too large */
function compile(text: string, field: string): RE2JS {
  if (text.length > LONGEST_EXPRESSION) {
    throw new Error(`${field} has ${text.length} characters: at most ${LONGEST_EXPRESSION} are taken`);
  }
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${field} '${text}' is no RE2 expression: ${why}`, { cause: error });
  }
  if (expression.programSize() > LARGEST_PROGRAM) {
    throw new Error(`${field} '${text}' is too large: with its repetitions it has ${expression.programSize()} steps`);
  }
  return expression;
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
