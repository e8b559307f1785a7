/** What a ticket has to tell, from its status alone: the same at each look, so that nothing is lost or told as new twice. */

import { hasEnded } from '../../lib/api';
import type { Ticket } from '../../lib/api';
import { changeLine } from '../journey';

export const NEWS = ['arrived', 'approval-wanted', 'failed', 'completed', 'rolled-back'] as const;
export type NewsKind = (typeof NEWS)[number];

/** One thing to tell. Texts may hold whatever a tag or a message of Argo CD holds: who shows them escapes them. */
export interface News {
  /** Of this very thing: whoever hears it twice drops the second. */
  readonly id: string;
  readonly kind: NewsKind;
  /** RFC 3339. */
  readonly time: string;
  readonly namespace: string;
  readonly ticket: string;
  /** Absent for a ticket that visits one station. */
  readonly track?: string;
  readonly station?: string;
  /** In a line, such as `web 1.4.0`. */
  readonly change: string;
  /** One word for programs, of a failure. */
  readonly reason?: string;
  readonly message?: string;
  /** What was put on the branches of the station. */
  readonly commits: readonly { readonly application: string; readonly commit: string }[];
}

/** How far a ticket's news have been told: kept in its status, so that a restart goes on from there. */
type Mark = NonNullable<NonNullable<Ticket['status']>['told']>;

/** Everything that a ticket has to tell by now, in the order in which it happened. */
export function newsOf(ticket: Ticket): News[] {
  return [...arrivals(ticket), ...wait(ticket), ...ending(ticket)];
}

/** What of it has not been told yet. */
export function untold(ticket: Ticket): News[] {
  const { stamps = 0, approval, ended = false } = ticket.status?.told ?? {};
  return [
    ...arrivals(ticket, stamps),
    ...wait(ticket).filter(({ time }) => time !== approval),
    ...(ended ? [] : ending(ticket)),
  ];
}

/** The mark of a ticket of which everything has been told. */
export function markOf(ticket: Ticket): Mark {
  const { status = {} } = ticket;
  const [asked] = wait(ticket);
  return {
    stamps: status.stamps?.length ?? 0,
    // What has been asked stays asked while the ticket goes on.
    ...(asked === undefined ? {} : { approval: asked.time }),
    ended: ending(ticket).length > 0,
  };
}

function facts({ metadata, spec, status }: Ticket): Pick<News, 'namespace' | 'ticket' | 'track' | 'change'> {
  const { namespace, name } = metadata;
  const { track } = spec;
  return {
    namespace,
    ticket: name,
    ...(track === undefined ? {} : { track }),
    change: status?.summary?.change ?? changeLine(spec.change),
  };
}

function arrivals(ticket: Ticket, from = 0): News[] {
  // A rollback is told as one when it has ended.
  if (ticket.spec.rollback !== undefined) return [];
  return (ticket.status?.stamps ?? []).flatMap(({ result, departed, station, commits = [] }, index) => {
    if (index < from || result !== 'Arrived') return [];
    const id = `${ticket.metadata.uid}.arrived.${index}`;
    return [{ ...facts(ticket), id, kind: 'arrived' as const, time: departed, station, commits }];
  });
}

function wait(ticket: Ticket): News[] {
  const { waiting, station } = ticket.status ?? {};
  if (waiting?.reason !== 'Approval' || hasEnded(ticket.status)) return [];
  const { since: time, message } = waiting;
  const id = `${ticket.metadata.uid}.approval-wanted.${time}`;
  return [{ ...facts(ticket), id, kind: 'approval-wanted', time, ...at(station), message, commits: [] }];
}

function ending(ticket: Ticket): News[] {
  const { spec, status } = ticket;
  const kind = endingOf(ticket);
  const time = status?.conditions?.find(({ type }) => type === 'Ended')?.lastTransitionTime;
  if (kind === undefined || time === undefined) return [];
  const { station: last, commits = [] } = status?.stamps?.at(-1) ?? {};
  const id = `${ticket.metadata.uid}.${kind}`;
  const news = { ...facts(ticket), id, kind, time };
  if (kind === 'failed') return [{ ...news, ...at(last), ...status?.failure, commits: [] }];
  return [{ ...news, ...at(spec.rollback?.station ?? last), commits: kind === 'rolled-back' ? commits : [] }];
}

const at = (station: string | undefined): Pick<News, 'station'> => (station === undefined ? {} : { station });

/** An abort and being overtaken are somebody's own word, or the next ticket's news. */
function endingOf({ spec, status }: Ticket): NewsKind | undefined {
  if (status?.phase === 'Failed') return 'failed';
  if (status?.phase !== 'Completed') return undefined;
  return spec.rollback === undefined ? 'completed' : 'rolled-back';
}
