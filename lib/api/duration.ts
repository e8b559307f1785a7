/** Durations as Go writes them: `90s`, `1h30m`, `250ms`. */

import { remembered } from './remembered';

export const DURATION_PATTERN = '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$';

const DURATION = new RegExp(DURATION_PATTERN);

const LONGEST_MS = 10 * 365 * 24 * 3_600_000;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a Go-style duration, ten years at most, so that every time made from it is a date.
 *
 * @throws Error naming the value when it is not one
 */
export const parseDuration: (value: string) => number = remembered(read);

function read(value: string): number {
  if (!DURATION.test(value)) {
    throw new Error(`'${value}' is not a duration: write a number and a unit (ms, s, m, h), such as 30m or 1h30m`);
  }
  let total = 0;
  for (const [, amount = '0', unit = 'ms'] of value.matchAll(/([0-9.]+)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0);
  }
  return Math.min(Math.round(total), LONGEST_MS);
}

/** The shortest Go-style text for a number of milliseconds: `5400000` is `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.max(0, Math.round(milliseconds));
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms']) {
    const size = UNITS[unit] ?? 1;
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}
