/** What status keeps of the past, within the size that an object may have (rule H1). The rest is in Git. */

import type { Arrival, Stamp, Station, StationHistory, Ticket, TicketStatus } from '../../../lib/api';
import { once } from './once';
import { without } from './without';

/** What an object may take, in bytes, less what a server adds to it, such as who manages which field. */
const OBJECT_BYTES = 240 * 1024;
/** What one entry of the past takes at most: the SHAs of two hundred Applications. */
const ENTRY_BYTES = 32 * 1024;
/** What the names of its parts take, and its kind and version. */
const KEYS_BYTES = 256;
/** What earlier arrivals may take of it at most. */
const PAST_BYTES = 96 * 1024;
/** What all the rest may take beside that. */
const BESIDE_BYTES = OBJECT_BYTES - PAST_BYTES - KEYS_BYTES;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** What a character takes at most, escaped as JSON does it. */
const CHARACTER_BYTES = 6;
/** What a number, a truth value or nothing takes at most. */
const SCALAR_BYTES = 24;

/** More than a value takes, told without writing it: nearly everything is far from what is allowed. */
function atMost(value: unknown): number {
  if (typeof value === 'string') return value.length * CHARACTER_BYTES + 3;
  if (typeof value !== 'object' || value === null) return SCALAR_BYTES;
  if (!Array.isArray(value)) return fieldsAtMost(value);
  let sum = 2;
  for (const item of value as readonly unknown[]) sum += atMost(item) + 1;
  return sum;
}

/** The same of an object, of which one field may be left aside. */
function fieldsAtMost(object: object, aside?: string): number {
  const fields = object as Readonly<Record<string, unknown>>;
  let sum = 2;
  for (const name in fields) {
    const field = fields[name];
    if (field !== undefined && name !== aside) sum += name.length * CHARACTER_BYTES + 4 + atMost(field);
  }
  return sum;
}

/**
 * More than lists of the past take. A list is the one before it with an entry more, so that each entry is counted once in
 * its life and not with every decision.
 */
class Sizes<T extends object> {
  private readonly known = new WeakMap<readonly T[], number>();

  of(list: readonly T[]): number {
    const before = this.known.get(list);
    if (before !== undefined) return before;
    const size = atMost(list);
    this.known.set(list, size);
    return size;
  }

  /** Notes the size of a list that was made of another one. */
  note(list: readonly T[], size: number): void {
    this.known.set(list, size);
  }
}

const stampSizes = new Sizes<Stamp>();
const historySizes = new Sizes<StationHistory>();

/** An object, or what there is of it besides its past. */
interface Whole {
  readonly metadata?: object;
  readonly spec: object;
  readonly status: object;
}

/** What is wanted of an object hardly ever changes. */
const specSize = once(atMost);

const wholeAtMost = ({ metadata = {}, spec, status }: Whole): number =>
  atMost(metadata) + specSize(spec) + atMost(status);

/** Whether the past and the rest of the object are so small that nobody has to count. */
const fitsAnyhow = (past: number, besides: Whole): boolean =>
  past <= PAST_BYTES && wholeAtMost(besides) <= BESIDE_BYTES;

const roomBeside = (besides: Whole): number => Math.min(PAST_BYTES, OBJECT_BYTES - bytesOf(besides));

/**
 * Whether the station can keep the states of an arrival once it is complete, and the ticket the arrival; of the past one
 * entry at least has to fit beside them.
 */
export function statesFit(station: Station, ticket: Ticket, arrival: Arrival): boolean {
  return stationFits(station, arrival) && arrivalFits(ticket, arrival);
}

/** Whether a value is so small beside an object without its past that nobody has to count. */
const fitsBeside = (value: unknown, { metadata, spec, status = {} }: Station | Ticket, past: string): boolean =>
  atMost(value) + atMost(metadata) + specSize(spec) + fieldsAtMost(status, past) <= BESIDE_BYTES;

function stationFits(station: Station, { states = [] }: Arrival): boolean {
  if (fitsBeside(states, station, 'history')) return true;
  return fits({ ...station, status: { ...without(station.status ?? {}, 'history'), states } });
}

function arrivalFits(ticket: Ticket, arrival: Arrival): boolean {
  const { stamps } = ticket.status ?? {};
  const past = stamps === undefined ? 0 : stampSizes.of(stamps);
  if (past <= PAST_BYTES && fitsBeside(arrival, ticket, 'stamps')) return true;
  const riding = { ...ticket, status: { ...without(ticket.status ?? {}, 'stamps'), arrival } };
  const bare = (stamps ?? []).map((stamp) => without(stamp, 'commits', 'skipped'));
  return fits({ ...riding, status: { ...riding.status, stamps: bare } });
}

const fits = (whole: Whole): boolean =>
  wholeAtMost(whole) <= OBJECT_BYTES - KEYS_BYTES || bytesOf(whole) <= OBJECT_BYTES - ENTRY_BYTES;

/**
 * The newest entries that fit, the first in any case.
 *
 * @param entry the new one
 * @param before those that there are, the newest first
 * @param most how many are kept at most
 * @param besides the rest of the object
 */
export function fittingHistory(
  entry: StationHistory,
  before: readonly StationHistory[],
  most: number,
  besides: Whole,
): StationHistory[] {
  const history = [entry, ...before.slice(0, most - 1)];
  let size = historySizes.of(before) + atMost(entry) + 1;
  for (let at = most - 1; at < before.length; at += 1) size -= atMost(before[at]) + 1;
  if (fitsAnyhow(size, besides)) {
    historySizes.note(history, size);
    return history;
  }
  let left = roomBeside(besides);
  const kept = history.findIndex((one, index) => {
    left -= bytesOf(one);
    return left < 0 && index > 0;
  });
  return kept < 0 ? history : history.slice(0, kept);
}

/**
 * Every stamp; the oldest ones without the SHAs of their commits where all of them would not fit.
 *
 * @param before those that there are, the oldest first
 * @param stamp the new one
 * @param spec of the ticket
 * @param status of the ticket, whose own stamps do not count
 */
export function fittingStamps(
  before: readonly Stamp[],
  stamp: Stamp,
  { spec, status }: { readonly spec: object; readonly status: TicketStatus },
): Stamp[] {
  const stamps = [...before, stamp];
  const size = stampSizes.of(before) + atMost(stamp) + 1;
  if (size <= PAST_BYTES && specSize(spec) + fieldsAtMost(status, 'stamps') <= BESIDE_BYTES) {
    stampSizes.note(stamps, size);
    return stamps;
  }
  let left = roomBeside({ spec, status: without(status, 'stamps') });
  return stamps
    .toReversed()
    .map((one, index): Stamp => {
      left -= bytesOf(one.commits ?? []) + bytesOf(one.skipped ?? []);
      return left >= 0 || index === 0 ? one : without(one, 'commits', 'skipped');
    })
    .toReversed();
}
