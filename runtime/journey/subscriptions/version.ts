/** Semantic versions in tags. */

import { parse, type SemVer } from 'semver';

/** Most tags that are no versions end here: the parser throws and catches an error for each. */
export const LIKE_A_VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+]|$)/;

/** Whether the three numbers alone make it a lower version. */
export function isBelow([, major, minor, patch]: RegExpExecArray, other: SemVer): boolean {
  const higher = Number(major) - other.major || Number(minor) - other.minor || Number(patch) - other.patch;
  return higher < 0;
}

/** The version in a tag; a leading `v` is allowed, and all three numbers are needed. */
export const versionOf = (tag: string): SemVer | null =>
  LIKE_A_VERSION.test(tag) ? parse(tag.replace(/^v/, '')) : null;
