/** Where a ticket is and what would move it: the words of the decision itself, and what else there is to see. */

import { hasEnded } from '../../../lib/api';
import type { Ticket } from '../../../lib/api';
import { between } from '../view/snapshot';
import { span } from '../view/text';
import type { Entry } from './sections';

export function reasonsOf(ticket: Ticket, now: Date): Entry[] {
  const { phase } = ticket.status ?? {};
  if (phase === undefined) return ['it has not been looked at: does a runtime carry its track? k8sta doctor says'];
  return hasEnded(ticket.status) ? endingOf(ticket) : waitOf(ticket, now);
}

function endingOf({ status }: Ticket): Entry[] {
  const { phase, failure, supersededBy } = status ?? {};
  return [
    ['phase', phase],
    ['at', failure?.station],
    ['why', failure && `${failure.reason}: ${failure.message}`],
    ['went with', supersededBy?.ticket],
  ];
}

function waitOf(ticket: Ticket, now: Date): Entry[] {
  const { status } = ticket;
  const { phase = '', station, waiting } = status ?? {};
  const entry = status?.entry?.station === station ? status?.entry : undefined;
  return [
    ['phase', station === undefined ? phase : `${phase}, ${station}`],
    ['waits for', waiting?.reason],
    ['why', waiting?.message],
    ['since', moment(waiting?.since, now, 'ago')],
    ['until', moment(waiting?.until, now, 'left')],
    ['behind', entry?.behind?.join(', ')],
    ['void', entry?.voided],
    ...saidOf(ticket),
  ];
}

/** What people have said, and could say. */
const saidOf = (ticket: Ticket): Entry[] => [
  ['held', ticket.spec.hold ? 'by people' : undefined],
  ['aborting', ticket.spec.abort ? 'it ends as soon as nothing of it is under way' : undefined],
  ['next', nextStep(ticket, ticket.metadata.name)],
];

/** A time, and how far it is from now. */
function moment(time: string | undefined, now: Date, side: 'ago' | 'left'): string | undefined {
  const away = side === 'ago' ? between(time, now.toISOString()) : between(now.toISOString(), time);
  return away === undefined || away < 0 ? time : `${time ?? ''}, ${span(away)} ${side}`;
}

/** The command that would end the wait, where a person can. */
function nextStep({ status, spec }: Ticket, name: string): string | undefined {
  const { waiting, station = '', entry } = status ?? {};
  if (waiting === undefined || spec.abort) return undefined;
  if (waiting.reason === 'Approval' && entry?.digest !== undefined) return `k8sta approve ${name}`;
  if (waiting.resume !== undefined) return `k8sta resume ${name}, or k8sta abort ${name}`;
  if (waiting.reason === 'Halted') return `k8sta resume station/${station}`;
  if (waiting.reason === 'Held')
    return spec.hold ? `k8sta resume ${name}` : `k8sta resume station/${station}, or its track`;
  return undefined;
}
