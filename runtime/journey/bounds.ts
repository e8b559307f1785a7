/** What status keeps of the past, within the size that an object may have (rule H1). The rest is in Git. */

import type { Stamp, StationHistory } from '../../lib/api';
import { without } from './without';

/** What earlier arrivals may take in one object, in bytes; the present one and the good states need the rest. */
const PAST_BYTES = 96 * 1024;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The newest entries that fit, the first in any case. */
export function fittingHistory(history: readonly StationHistory[]): StationHistory[] {
  let left = PAST_BYTES;
  const kept = history.findIndex((entry, index) => {
    left -= bytesOf(entry);
    return left < 0 && index > 0;
  });
  return kept < 0 ? [...history] : history.slice(0, kept);
}

/** Every stamp; the oldest ones without the SHAs of their commits where all of them would not fit. */
export function fittingStamps(stamps: readonly Stamp[]): Stamp[] {
  let left = PAST_BYTES;
  return stamps
    .toReversed()
    .map((stamp, index): Stamp => {
      left -= bytesOf(stamp.commits ?? []) + bytesOf(stamp.skipped ?? []);
      return left >= 0 || index === 0 ? stamp : without(stamp, 'commits', 'skipped');
    })
    .toReversed();
}
