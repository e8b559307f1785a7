const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** One stretch of ages: up to `below` seconds, shown in `unit` and, where it is set, the remainder in `rest`. */
const STRETCHES = [
  { below: 2 * MINUTE, unit: SECOND, letter: 's', rest: 0, restLetter: '' },
  { below: 10 * MINUTE, unit: MINUTE, letter: 'm', rest: SECOND, restLetter: 's' },
  { below: 3 * HOUR, unit: MINUTE, letter: 'm', rest: 0, restLetter: '' },
  { below: 8 * HOUR, unit: HOUR, letter: 'h', rest: MINUTE, restLetter: 'm' },
  { below: 2 * DAY, unit: HOUR, letter: 'h', rest: 0, restLetter: '' },
  { below: 8 * DAY, unit: DAY, letter: 'd', rest: HOUR, restLetter: 'h' },
  { below: 2 * YEAR, unit: DAY, letter: 'd', rest: 0, restLetter: '' },
  { below: 8 * YEAR, unit: YEAR, letter: 'y', rest: DAY, restLetter: 'd' },
  { below: Number.POSITIVE_INFINITY, unit: YEAR, letter: 'y', rest: 0, restLetter: '' },
] as const;

/**
 * How long ago a moment was, as kubectl writes it: `5s`, `3m20s`, `4h`, `12d`.
 *
 * @param time RFC 3339; `<unknown>` without one, `<invalid>` when it does not parse or lies ahead
 */
export function ageOf(time: string | undefined, now: Date): string {
  if (time === undefined || time === '') return '<unknown>';
  const seconds = Math.floor((now.getTime() - Date.parse(time)) / 1000);
  // Clocks may be a second or two apart.
  if (Number.isNaN(seconds) || seconds < -2) return '<invalid>';
  return durationOf(Math.max(0, seconds));
}

function durationOf(seconds: number): string {
  for (const { below, unit, letter, rest, restLetter } of STRETCHES) {
    if (seconds >= below) continue;
    const remainder = rest === 0 ? 0 : Math.floor((seconds % unit) / rest);
    return `${Math.floor(seconds / unit)}${letter}${remainder > 0 ? `${remainder}${restLetter}` : ''}`;
  }
  return '<invalid>';
}
