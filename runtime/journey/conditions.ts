/** Conditions: what `kubectl wait` and other programs read. Derived from the rest of a status, never decided by. */

import type { Condition, Station, Ticket, TicketStatus, Track } from '../../lib/api';
import { hasEnded } from './ride';

/** A condition before it is known when it last changed. */
export interface Finding {
  readonly type: string;
  readonly status: Condition['status'];
  readonly reason: string;
  readonly message: string;
}

/** Puts findings into conditions; the transition time moves if and only if the status changes. */
function conditionsFrom(
  present: readonly Condition[] | undefined,
  findings: readonly Finding[],
  generation: number | undefined,
  now: Date,
): Condition[] {
  return findings.map((finding) => {
    const before = present?.find((condition) => condition.type === finding.type);
    const lastTransitionTime = before?.status === finding.status ? before.lastTransitionTime : now.toISOString();
    return { ...finding, lastTransitionTime, ...(generation === undefined ? {} : { observedGeneration: generation }) };
  });
}

const readiness = (status: TicketStatus): Finding => {
  const type = 'Ready';
  if (status.phase === 'Completed') {
    return { type, status: 'True', reason: 'Completed', message: 'The change is at the end of its line.' };
  }
  if (status.failure) {
    return { type, status: 'False', reason: status.failure.reason, message: status.failure.message };
  }
  if (status.phase === 'Aborted' || status.phase === 'Superseded') {
    return { type, status: 'False', reason: status.phase, message: `The ticket ended ${status.phase}.` };
  }
  if (status.waiting) return { type, status: 'False', reason: status.waiting.reason, message: status.waiting.message };
  return { type, status: 'False', reason: 'Riding', message: 'The ticket is on its way.' };
};

const ended = (status: TicketStatus): Finding =>
  hasEnded(status)
    ? {
        type: 'Ended',
        status: 'True',
        reason: status.phase ?? 'Completed',
        message: `The ticket ended ${status.phase}.`,
      }
    : { type: 'Ended', status: 'False', reason: 'Riding', message: 'The ticket has not ended.' };

/** A ticket's status with the conditions that it implies. */
export function withConditions(ticket: Ticket, status: TicketStatus, now: Date): TicketStatus {
  const generation = ticket.metadata.generation;
  return {
    ...status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: conditionsFrom(ticket.status?.conditions, [readiness(status), ended(status)], generation, now),
  };
}

/** The one condition of a Track or Station: whether all that its spec says is in force. */
export function readyCondition(
  resource: Track | Station,
  problems: readonly string[],
  wellWords: string,
  now: Date,
): Condition[] {
  const finding: Finding =
    problems.length === 0
      ? { type: 'Ready', status: 'True', reason: 'InService', message: wellWords }
      : { type: 'Ready', status: 'False', reason: 'NotHonoured', message: problems.join(' ').slice(0, 32_000) };
  return conditionsFrom(resource.status?.conditions, [finding], resource.metadata.generation, now);
}
