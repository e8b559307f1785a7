/** Windows of time before a station: open when some allowing window is, or there is none, and no denying one (rule F1). */

import { Cron } from 'croner';
import { parseDuration, type Window } from '../../../lib/api';
import type { Obstacle } from '../plan/obstacle';

/** Openings that run into each other are followed this far; the gate is looked at again at the end of the last. */
const MOST_JOINED = 100;

/** Windows that were found never to open: looking that far ahead takes long, and the answer does not change. */
const NEVER = new WeakSet<Window>();

/** Reading an expression costs more than asking it, and a window is asked at every decision before it. */
const CRONS = new WeakMap<Window, Cron>();

function cronOf(window: Window): Cron {
  const known = CRONS.get(window);
  if (known !== undefined) return known;
  const cron = new Cron(window.allow ?? window.deny ?? '', { timezone: window.timeZone });
  CRONS.set(window, cron);
  return cron;
}

/** One window by itself. */
export interface WindowState {
  /** Whether its time is now: it allows, or denies. One that cannot be read keeps the gate shut. */
  readonly open: boolean;
  /** When that changes. @default - never */
  readonly changes?: Date;
}

/** What was last found of a window, and since when that holds: until it changes it is not worked out again. */
const PHASES = new WeakMap<
  Window,
  { readonly since: Date; readonly phase: WindowState & { readonly changes: Date } }
>();

/** Whether a window is open now, and when that changes. @throws Error where expression or time zone cannot be read */
function phaseOf(window: Window, now: Date): WindowState {
  if (NEVER.has(window)) return { open: false };
  const known = PHASES.get(window);
  if (known !== undefined && known.since <= now && now < known.phase.changes) return known.phase;
  const phase = workedOut(window, now);
  const { changes } = phase;
  if (changes === undefined) NEVER.add(window);
  else PHASES.set(window, { since: now, phase: { ...phase, changes } });
  return phase;
}

function workedOut(window: Window, now: Date): WindowState {
  const cron = cronOf(window);
  const length = parseDuration(window.duration);
  const end = (opening: Date): Date => new Date(opening.getTime() + length);
  let opening = cron.nextRun(new Date(now.getTime() - length - 1));
  while (opening !== null && end(opening) <= now) opening = cron.nextRun(opening);
  if (opening === null) return { open: false };
  if (opening > now) return { open: false, changes: opening };
  for (let joined = 0; joined < MOST_JOINED; joined += 1) {
    const next: Date | null = cron.nextRun(opening);
    if (next === null || next > end(opening)) break;
    opening = next;
  }
  return { open: true, changes: end(opening) };
}

const wordsOf = ({ allow, deny, timeZone }: Window): string => `'${allow ?? deny}' in time zone '${timeZone}'`;

/** What makes a window one that cannot be read; the schema lets any text through. */
function fault(window: Window, now: Date): string | undefined {
  try {
    phaseOf(window, now);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `entry.windows: ${wordsOf(window)} cannot be read: ${why}`;
  }
}

/** What the station has to say of its windows: those that cannot be read, and those that allow at no time. */
export function windowProblems(windows: readonly Window[], now: Date): string[] {
  return windows.flatMap((window) => {
    const unreadable = fault(window, now);
    if (unreadable !== undefined) return [`${unreadable}.`];
    const { open, changes } = phaseOf(window, now);
    if (window.allow === undefined || open || changes !== undefined) return [];
    return [`entry.windows: ${wordsOf(window)} never opens.`];
  });
}

const earliest = (dates: readonly (Date | undefined)[]): Date | undefined =>
  dates.filter((date) => date !== undefined).sort((one, other) => one.getTime() - other.getTime())[0];

/** Each window at a moment, in their order. */
export const windowStates = (windows: readonly Window[], now: Date): WindowState[] =>
  windows.map((window) =>
    fault(window, now) === undefined ? phaseOf(window, now) : { open: window.allow === undefined },
  );

/** What the windows say now. */
export function windowObstacle(windows: readonly Window[], now: Date): Obstacle | undefined {
  if (windows.length === 0) return undefined;
  const unreadable = windows.map((window) => fault(window, now)).find((words) => words !== undefined);
  if (unreadable !== undefined) return { reason: 'Window', message: `${unreadable}; the gate stays shut` };
  const denying = windows.filter((window) => window.deny !== undefined).map((window) => phaseOf(window, now));
  const allowing = windows.filter((window) => window.allow !== undefined).map((window) => phaseOf(window, now));
  const denied = denying.find((phase) => phase.open);
  if (denied) {
    return {
      reason: 'Window',
      message: 'waits for a denying window to close',
      ...(denied.changes ? { until: denied.changes } : {}),
    };
  }
  if (allowing.length === 0 || allowing.some((phase) => phase.open)) return undefined;
  const until = earliest(allowing.map((phase) => phase.changes));
  return until === undefined
    ? { reason: 'Window', message: 'waits for a window that never opens: change entry.windows of the station' }
    : { reason: 'Window', message: 'waits for its window to open', until };
}
