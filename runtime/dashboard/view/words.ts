/** Things in words for people. */

import type { WaitingReason } from '../../../lib/api';
import type { Phase } from '../../../lib/api/reasons';
import { span } from '../../../lib/api/words';
import type { StreamedTicket } from '../protocol';

export const isArriving = (ticket: StreamedTicket): boolean =>
  ticket.status?.phase === 'Arriving' || ticket.status?.phase === 'Suspended';

export type Tone = 'calm' | 'busy' | 'asks' | 'good' | 'bad';

/** Reasons that end when a person does something. */
const ASKS: ReadonlySet<WaitingReason> = new Set<WaitingReason>([
  'Approval',
  'Held',
  'Halted',
  'Suspended',
  'NotConsented',
  'WrongBranch',
  'SharedBranch',
  'SharedStation',
  'ForeignCommit',
  'HistoryRewritten',
  'BranchDeleted',
  'ForeignBranch',
  'StationMissing',
  'ApplicationMissing',
  'PullRequest',
]);
const TROUBLES: ReadonlySet<WaitingReason> = new Set<WaitingReason>([
  'Degraded',
  'GitUnavailable',
  'RendererUnavailable',
  'ArgoCDUnavailable',
]);

/** How urgent a ticket is: whether it goes by itself, asks for a person, or is in trouble. */
export function toneOf(ticket: StreamedTicket): Tone {
  const { phase, waiting } = ticket.status ?? {};
  if (phase === 'Completed') return 'good';
  if (phase === 'Failed' || phase === 'Suspended') return 'bad';
  if (phase === 'Aborted' || phase === 'Superseded') return 'calm';
  if (waiting !== undefined && TROUBLES.has(waiting.reason)) return 'bad';
  if (ticket.spec.hold || (waiting !== undefined && ASKS.has(waiting.reason))) return 'asks';
  return phase === 'Arriving' ? 'busy' : 'calm';
}

const PLACES: Readonly<Record<Phase, (station: string) => string>> = {
  Standing: (station) => `stands before ${station}`,
  Arriving: (station) => `is arriving at ${station}`,
  Suspended: (station) => `is suspended at ${station}`,
  Completed: () => 'has completed its ride',
  Failed: (station) => `failed at ${station}`,
  Aborted: () => 'was aborted',
  Superseded: () => 'rides on with a newer ticket',
};

/** Where a ticket is, as the end of a sentence that begins with its name. */
export function placeOf(ticket: StreamedTicket): string {
  const { phase, station, failure } = ticket.status ?? {};
  if (phase === undefined) return 'is boarding';
  return PLACES[phase](failure?.station ?? station ?? 'its first station');
}

/** How long ago, without the seconds that nobody needs: `just now`, `5 min ago`, `2 d ago`. */
export function ago(time: string, now: number): string {
  const passed = now - Date.parse(time);
  if (Number.isNaN(passed)) return time;
  if (passed < 45_000) return 'just now';
  return `${(span(passed).match(/^\d+ \S+/) ?? [''])[0]} ago`;
}

/** A moment as the reader's clock shows it. */
export function moment(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
