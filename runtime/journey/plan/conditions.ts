/** Conditions: what `kubectl wait` and other programs read. Derived from the rest of a status, never decided by. */

import { hasEnded } from '../../../lib/api';
import type { Approval, Condition, Station, Ticket, TicketStatus, Track } from '../../../lib/api';
import { passedStations } from '../facts/ride';

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
  now: string,
): Condition[] {
  return findings.map((finding) => {
    const { type, status, reason, message } = finding;
    const before = present?.find((condition) => condition.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
    const isPresent =
      before?.status === status &&
      before.reason === reason &&
      before.message === message &&
      before.observedGeneration === generation;
    if (isPresent) return before;
    return { type, status, reason, message, lastTransitionTime, observedGeneration: generation };
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

/** What became of the approvals that a ticket carries (rule F3); none where nobody has approved anything. */
function approved(ticket: Ticket, status: TicketStatus): Finding[] {
  const given = ticket.spec.approvals ?? [];
  if (given.length === 0) return [];
  const fates = given.map((approval) => ({ approval, fate: fateOf(approval, status) }));
  const useless = fates.find(({ fate }) => fate.reason !== 'Approved');
  const effective = fates.some(
    ({ approval, fate }) => fate.reason === 'Approved' && approval.station === status.station,
  );
  const told =
    effective || useless === undefined ? { reason: 'Approved', message: 'The approvals hold.' } : useless.fate;
  return [{ type: 'Approved', status: told.reason === 'Approved' ? 'True' : 'False', ...told }];
}

function fateOf({ station, digest, by }: Approval, status: TicketStatus): { reason: string; message: string } {
  const of = `The approval of ${station} by ${by}`;
  const stamps = (status.stamps ?? []).filter((stamp) => stamp.station === station);
  if (stamps.some((stamp) => stamp.approvals?.some((one) => one.by === by && one.digest === digest))) {
    return { reason: 'Approved', message: `${of} let the ticket in.` };
  }
  if (hasEnded(status)) return { reason: 'Ended', message: `${of} has no effect: the ticket ended ${status.phase}.` };
  if (passedStations(status).includes(station)) {
    return { reason: 'Passed', message: `${of} has no effect: the ticket has passed ${station}.` };
  }
  if (status.station !== station) {
    return { reason: 'NotThere', message: `${of} has no effect: the ticket does not stand before ${station}.` };
  }
  const shown = status.entry?.station === station ? status.entry.digest : undefined;
  const present = status.arrival?.station === station ? status.arrival.approvals : undefined;
  if (digest === shown || present?.some((one) => one.by === by && one.digest === digest)) {
    return { reason: 'Approved', message: `${of} holds.` };
  }
  const now = shown === undefined ? 'what the ticket would change there is not known' : `these are now ${shown}`;
  return { reason: 'Void', message: `${of} does not hold: it names other trees, and ${now}.` };
}

/** A ticket's status with the conditions that it implies. */
export function withConditions(ticket: Ticket, status: TicketStatus, now: string): TicketStatus {
  const generation = ticket.metadata.generation;
  const findings = [readiness(status), ended(status)];
  if (ticket.spec.approvals !== undefined) findings.push(...approved(ticket, status));
  return {
    ...status,
    observedGeneration: generation ?? status.observedGeneration,
    conditions: conditionsFrom(ticket.status?.conditions, findings, generation, now),
  };
}

/** Why a Track or a Station is not ready. */
export interface Unready {
  readonly reason: 'NotHonoured' | 'NetworkProblem' | 'SubscriptionProblem';
  /** A sentence for each thing that is wrong; none where all is well. */
  readonly problems: readonly string[];
}

/** The one condition of a Track or Station: whether all that its spec says is in force. */
export function readyCondition(
  resource: Track | Station,
  { reason, problems }: Unready,
  wellWords: string,
  now: string,
): Condition[] {
  const finding: Finding =
    problems.length === 0
      ? { type: 'Ready', status: 'True', reason: 'InService', message: wellWords }
      : { type: 'Ready', status: 'False', reason, message: problems.join(' ').slice(0, 32_000) };
  return conditionsFrom(resource.status?.conditions, [finding], resource.metadata.generation, now);
}
