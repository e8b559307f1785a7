/** What changed between two statuses of a ticket, as Kubernetes Events tell it: on transition only. */

import type { Stamp, TicketStatus } from '../../../lib/api';
import { shortCommit } from '../../../lib/api/words';

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
    .map(({ application, commit }) => `${application} ${shortCommit(commit)}`)
    .join(', ');
  return `${stamp.station}${commits === '' ? '' : `: ${commits}`}${stamp.message === undefined ? '' : `: ${stamp.message}`}`;
};

const boarded = (before: TicketStatus | undefined, after: TicketStatus): Transition[] =>
  before?.sequence === undefined && after.sequence !== undefined
    ? [{ reason: 'Boarded', message: `boarded as number ${after.sequence}`, warning: false }]
    : [];

const stamped = (before: TicketStatus | undefined, after: TicketStatus): Transition[] =>
  (after.stamps ?? [])
    .slice(before?.stamps?.length ?? 0)
    .map((stamp) => ({ reason: stamp.result, message: wordsOf(stamp), warning: BAD.includes(stamp.result) }));

function waits(before: TicketStatus | undefined, after: TicketStatus): Transition[] {
  const { waiting, station, phase } = after;
  if (waiting === undefined || waiting.reason === before?.waiting?.reason) return [];
  const where = station === undefined ? '' : `${station}: `;
  return [{ reason: waiting.reason, message: `${where}${waiting.message}`, warning: phase === 'Suspended' }];
}

const ended = (before: TicketStatus | undefined, after: TicketStatus): Transition[] =>
  after.phase !== before?.phase && (after.phase === 'Completed' || after.phase === 'Superseded')
    ? [{ reason: after.phase, message: `the ticket ended ${after.phase}`, warning: false }]
    : [];

/** The transitions from one status to the next, in order. */
export const transitionsOf = (before: TicketStatus | undefined, after: TicketStatus): Transition[] =>
  [boarded, stamped, waits, ended].flatMap((kind) => kind(before, after));
