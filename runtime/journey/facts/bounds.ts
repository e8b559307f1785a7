/** What status keeps of the past, within the size that an object may have (rule H1). The rest is in Git. */

import type { Arrival, Stamp, Station, StationHistory, Ticket } from '../../../lib/api';
import { without } from './without';

/** What an object may take, in bytes, less what a server adds to it, such as who manages which field. */
const OBJECT_BYTES = 240 * 1024;
/** What one entry of the past takes at most: the SHAs of two hundred Applications. */
const ENTRY_BYTES = 32 * 1024;
/** What earlier arrivals may take of it at most. */
const PAST_BYTES = 96 * 1024;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** What a character takes at most, escaped as JSON does it. */
const CHARACTER_BYTES = 6;
/** What a number, a truth value or nothing takes at most. */
const SCALAR_BYTES = 24;

/** More than a value takes, told without writing it: nearly everything is far from what is allowed. */
function atMost(value: unknown): number {
  if (typeof value === 'string') return value.length * CHARACTER_BYTES + 3;
  if (typeof value !== 'object' || value === null) return SCALAR_BYTES;
  let sum = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) sum += atMost(item) + 1;
    return sum;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name in fields) sum += name.length * CHARACTER_BYTES + 4 + atMost(fields[name]);
  return sum;
}

/** Whether the past and the rest of the object are so small that nobody has to count. */
const fitsAnyhow = (past: number, besides: object): boolean =>
  past <= PAST_BYTES && atMost(besides) <= OBJECT_BYTES - PAST_BYTES;

const roomBeside = (besides: object): number => Math.min(PAST_BYTES, OBJECT_BYTES - bytesOf(besides));

/**
 * Whether the station can keep the states of an arrival once it is complete, and the ticket the arrival; of the past one
 * entry at least has to fit beside them.
 */
export function statesFit(station: Station, ticket: Ticket, arrival: Arrival): boolean {
  const status = { ...without(station.status ?? {}, 'history'), states: arrival.states ?? [] };
  const stamps = (ticket.status?.stamps ?? []).map((stamp) => without(stamp, 'commits', 'skipped'));
  const wholes = [
    { ...station, status },
    { ...ticket, status: { ...ticket.status, stamps, arrival } },
  ];
  return wholes.every((whole) => atMost(whole) <= OBJECT_BYTES || bytesOf(whole) <= OBJECT_BYTES - ENTRY_BYTES);
}

/**
 * The newest entries that fit, the first in any case.
 *
 * @param besides the rest of the object
 */
export function fittingHistory(history: readonly StationHistory[], besides: object): StationHistory[] {
  if (fitsAnyhow(atMost(history), besides)) return [...history];
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
  const past = stamps.reduce((sum, { commits, skipped }) => sum + atMost(commits) + atMost(skipped), 0);
  if (fitsAnyhow(past, besides)) return [...stamps];
  let left = roomBeside(besides);
  return stamps
    .toReversed()
    .map((stamp, index): Stamp => {
      left -= bytesOf(stamp.commits ?? []) + bytesOf(stamp.skipped ?? []);
      return left >= 0 || index === 0 ? stamp : without(stamp, 'commits', 'skipped');
    })
    .toReversed();
}
