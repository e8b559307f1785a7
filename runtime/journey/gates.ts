/** Entry gates: what a ticket waits for before it may arrive (rules F1, F4). A gate that this version cannot open stays shut. */

import { Cron } from 'croner';
import { parseDuration, type Station, type Window } from '../../lib/api';
import { approvalObstacle } from './approval';
import type { Obstacle } from './obstacle';
import type { Stop } from './prepare-job';

/** A year and a day: a window that does not change within it is treated as one that never does. */
const HORIZON_MS = 366 * 24 * 3_600_000;

interface Phase {
  readonly open: boolean;
  /** When it opens or closes next; absent when it never does. */
  readonly changes?: Date;
}

/** Reading an expression costs more than asking it, and a window is asked at every decision before it. */
const crons = new WeakMap<Window, Cron>();

function cronOf(window: Window): Cron {
  const known = crons.get(window);
  if (known !== undefined) return known;
  const cron = new Cron(window.allow ?? window.deny ?? '', { timezone: window.timeZone });
  crons.set(window, cron);
  return cron;
}

/** Whether a window is open now, and when that changes. */
function phaseOf(window: Window, now: Date): Phase {
  const cron = cronOf(window);
  const length = parseDuration(window.duration);
  const opened = cron.nextRun(new Date(now.getTime() - length - 1));
  if (opened !== null && opened <= now && now.getTime() < opened.getTime() + length) {
    return { open: true, changes: new Date(opened.getTime() + length) };
  }
  const next = cron.nextRun(now);
  return next === null || next.getTime() - now.getTime() > HORIZON_MS
    ? { open: false }
    : { open: false, changes: next };
}

/** What makes a window one that cannot be read; the schema lets any text through. */
export function windowFault(windows: readonly Window[], now: Date): string | undefined {
  for (const window of windows) {
    try {
      phaseOf(window, now);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `entry.windows: '${window.allow ?? window.deny}' in time zone '${window.timeZone}' cannot be read: ${why}`;
    }
  }
  return undefined;
}

const earliest = (dates: readonly (Date | undefined)[]): Date | undefined =>
  dates.filter((date) => date !== undefined).sort((one, other) => one.getTime() - other.getTime())[0];

/** What the windows say: open when some allow window is, or there is none, and no deny window is. */
function windowObstacle(windows: readonly Window[], now: Date): Obstacle | undefined {
  const fault = windowFault(windows, now);
  if (fault !== undefined) return { reason: 'Window', message: `${fault}; the gate stays shut` };
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

/** The first entry gate of the station that is shut for the ticket, if any. */
export function entryObstacle({ station, ticket, snapshot: { now } }: Stop): Obstacle | undefined {
  const entry = station.spec.entry;
  const name = station.metadata.name;
  if (station.spec.via === 'PullRequest') {
    return {
      reason: 'PullRequest',
      message: `this version opens no pull requests yet, and ${name} asks for one: nothing is pushed past it`,
    };
  }
  if (entry?.completed) {
    return {
      reason: 'Completed',
      message: `waits for its children on ${entry.completed.tracks.join(', ')}; this version makes no junction tickets, so the gate stays shut`,
    };
  }
  return (
    approvalObstacle(ticket, station) ?? (entry?.windows === undefined ? undefined : windowObstacle(entry.windows, now))
  );
}

/** The gates of a station in a line, for the column of that name. */
export function describeGates(station: Station): string {
  const { entry, exit } = station.spec;
  return [
    ...(entry?.approval ? ['approval'] : []),
    ...(entry?.windows?.length ? ['window'] : []),
    ...(entry?.completed ? ['completed'] : []),
    ...(exit?.soak ? [`soak ${exit.soak}`] : []),
    ...(exit?.analyses ?? []).map((analysis) => `analysis ${analysis.template}`),
  ].join(', ');
}
