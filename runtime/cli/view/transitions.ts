/** What happened between two looks at a network, one sentence for each transition: the view for logs and pipes. */

import { describeTicket, shortCommit } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api';
import type { Ticket } from '../../../lib/api';
import { between, endOf, inOrder, startOf, type Snapshot } from './snapshot';
import { oneLine, span } from './text';

export interface Transition {
  /** `<namespace>/<name>` of the ticket. */
  readonly ticket: string;
  /** The sentence, without time, of one line. */
  readonly text: string;
}

/** The sentences for everything that is in `after` and was not in `before`, older tickets first. */
export function transitions(before: Snapshot | undefined, after: Snapshot): Transition[] {
  const known = new Map((before?.tickets ?? []).map((ticket) => [ticket.metadata.uid, ticket]));
  return inOrder(after.tickets).flatMap((ticket) =>
    sentences(known.get(ticket.metadata.uid), ticket).map((text) => ({
      ticket: `${ticket.metadata.namespace}/${ticket.metadata.name}`,
      text: oneLine(`${ticket.metadata.name} ${text}`),
    })),
  );
}

function sentences(before: Ticket | undefined, after: Ticket): string[] {
  return [
    ...boarding(before, after),
    ...stamps(before, after),
    ...position(before, after),
    ...commits(before, after),
    ...waiting(before, after),
    ...ending(before, after),
  ];
}

function boarding(before: Ticket | undefined, after: Ticket): string[] {
  const sequence = after.status?.sequence;
  const said: string[] = [];
  if (before === undefined) said.push(`carries ${describeTicket(after)}`);
  if (sequence !== undefined && before?.status?.sequence === undefined) {
    const line = after.spec.track ?? 'its station';
    said.push(`boarded ${line} as number ${sequence}`);
  }
  return said;
}

function stamps(before: Ticket | undefined, after: Ticket): string[] {
  const old = before?.status?.stamps?.length ?? 0;
  return (after.status?.stamps ?? []).slice(old).map((stamp) => {
    const took = between(stamp.arrived, stamp.departed);
    const time = took === undefined ? '' : ` after ${span(took)}`;
    const words = stamp.message === undefined ? '' : `: ${stamp.message}`;
    return stamp.result === 'Arrived' || stamp.result === 'NoChange'
      ? `departed ${stamp.station}${time}${stamp.result === 'NoChange' ? ', nothing to change' : ''}`
      : `left ${stamp.station}${time}: ${stamp.result}${words}`;
  });
}

function position(before: Ticket | undefined, after: Ticket): string[] {
  const { phase, station } = after.status ?? {};
  if (phase === undefined || station === undefined || hasEnded(after.status)) return [];
  if (before?.status?.phase === phase && before.status.station === station) return [];
  if (phase === 'Arriving') return [`arrives at ${station}`];
  if (phase === 'Suspended') return [`is suspended at ${station}`];
  return [`stands before ${station}`];
}

function commits(before: Ticket | undefined, after: Ticket): string[] {
  const known = new Set((before?.status?.arrival?.applications ?? []).map(({ commit }) => commit));
  const station = after.status?.arrival?.station ?? '?';
  return (after.status?.arrival?.applications ?? []).flatMap(({ commit, name, branch, result }) =>
    commit === undefined || known.has(commit) || result !== 'Commit'
      ? []
      : [`at ${station}: commit ${shortCommit(commit)} for ${name}${branch === undefined ? '' : `, branch ${branch}`}`],
  );
}

function waiting(before: Ticket | undefined, after: Ticket): string[] {
  const now = after.status?.waiting;
  if (now === undefined || hasEnded(after.status)) return [];
  const same = before?.status?.waiting?.reason === now.reason && before.status.station === after.status?.station;
  return same ? [] : [`waits, ${now.reason}: ${now.message}`];
}

function ending(before: Ticket | undefined, after: Ticket): string[] {
  if (!hasEnded(after.status) || (before !== undefined && hasEnded(before.status))) return [];
  const { phase = '', failure, supersededBy } = after.status ?? {};
  const took = between(startOf(after), endOf(after));
  const time = took === undefined ? '' : ` after ${span(took)}`;
  if (failure !== undefined) {
    const where = failure.station === undefined ? '' : ` at ${failure.station}`;
    return [`failed${where}${time}, ${failure.reason}: ${failure.message}`];
  }
  if (supersededBy !== undefined) return [`superseded by ${supersededBy.ticket}${time}`];
  return [`${phase.toLowerCase()}${time}`];
}
