/** What changed between two statuses of a ticket, as Kubernetes Events tell it: on transition only. */

import type { Stamp, TicketStatus } from '../../lib/api';

export interface Transition {
  /** A word of the API's unions. */
  readonly reason: string;
  readonly message: string;
  readonly warning: boolean;
}

/** Results that somebody should look at. */
const BAD: readonly Stamp['result'][] = ['Failed', 'Aborted', 'RolledBack'];

const wordsOf = (stamp: Stamp): string => {
  const commits = (stamp.commits ?? [])
    .map(({ application, commit }) => `${application} ${commit.slice(0, 7)}`)
    .join(', ');
  return `${stamp.station}${commits === '' ? '' : `: ${commits}`}${stamp.message === undefined ? '' : `: ${stamp.message}`}`;
};

/** The transitions from one status to the next, in order. */
export function transitionsOf(before: TicketStatus | undefined, after: TicketStatus): Transition[] {
  const found: Transition[] = [];
  if (before?.sequence === undefined && after.sequence !== undefined) {
    found.push({ reason: 'Boarded', message: `boarded as number ${after.sequence}`, warning: false });
  }
  for (const stamp of (after.stamps ?? []).slice(before?.stamps?.length ?? 0)) {
    found.push({ reason: stamp.result, message: wordsOf(stamp), warning: BAD.includes(stamp.result) });
  }
  if (after.waiting !== undefined && after.waiting.reason !== before?.waiting?.reason) {
    found.push({
      reason: after.waiting.reason,
      message: `${after.station ?? ''}: ${after.waiting.message}`,
      warning: after.phase === 'Suspended',
    });
  }
  if (after.phase !== before?.phase && (after.phase === 'Completed' || after.phase === 'Superseded')) {
    found.push({ reason: after.phase, message: `the ticket ended ${after.phase}`, warning: false });
  }
  return found;
}
