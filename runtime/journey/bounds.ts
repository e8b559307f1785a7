/** What status keeps of the past, within the size that an object may have (rule H1). The rest is in Git. */

import type { Stamp, StationHistory } from '../../lib/api';
import { without } from './without';

/** What an object may take, in bytes, less what a server adds to it, such as who manages which field. */
const OBJECT_BYTES = 240 * 1024;
/** What earlier arrivals may take of it at most. */
const PAST_BYTES = 96 * 1024;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const roomBeside = (besides: object): number => Math.min(PAST_BYTES, OBJECT_BYTES - bytesOf(besides));

/**
 * The newest entries that fit, the first in any case.
 *
 * @param besides the rest of the object
 */
export function fittingHistory(history: readonly StationHistory[], besides: object): StationHistory[] {
  let left = roomBeside(besides);
  const kept = history.findIndex((entry, index) => {
    left -= bytesOf(entry);
    return left < 0 && index > 0;
  });
  return kept < 0 ? [...history] : history.slice(0, kept);
}

/**
 * Every stamp; the oldest ones without the SHAs of their commits where all of them would not fit.
 *
 * @param besides the rest of the object
 */
export function fittingStamps(stamps: readonly Stamp[], besides: object): Stamp[] {
  let left = roomBeside(besides);
  return stamps
    .toReversed()
    .map((stamp, index): Stamp => {
      left -= bytesOf(stamp.commits ?? []) + bytesOf(stamp.skipped ?? []);
      return left >= 0 || index === 0 ? stamp : without(stamp, 'commits', 'skipped');
    })
    .toReversed();
}
