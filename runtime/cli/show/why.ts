/** `k8sta why`: why a ticket is where it is. */

import { describeTicket } from '../../../lib/api/words';
import { hasEnded } from '../../../lib/api';
import type { Ticket } from '../../../lib/api';
import { isRaw, printData, type Format } from '../output';
import { nameOf, Reach, type ReachOptions } from '../reach';
import { EXIT, type ExitCode, print, type Terminal } from '../terminal';
import { inOrder } from '../view/snapshot';
import { reasonsOf } from './reasons';
import { section, sections } from './sections';

export interface WhyOptions extends ReachOptions {
  readonly ticket: string;
  readonly output?: Format;
}

export async function why(terminal: Terminal, options: WhyOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const ticket = await reach.need({ kind: 'Ticket', name: nameOf(options.ticket, 'Ticket') });
  if (isRaw(options.output)) {
    const { phase, station, waiting, failure, entry } = ticket.status ?? {};
    const said = { ticket: ticket.metadata.name, phase, station, waiting, failure, entry };
    printData(terminal, options.output === 'yaml' ? 'yaml' : 'json', said);
    return EXIT.done;
  }
  const others = hasEnded(ticket.status) ? [] : await reach.list('Ticket', reach.namespace);
  const now = new Date();
  print(
    terminal.out,
    ...sections(
      section(`${ticket.metadata.name}, ${describeTicket(ticket)}`, reasonsOf(ticket, now)),
      ...inTheWay(ticket, others).map((other) =>
        section(`In its way: ${other.metadata.name}, ${describeTicket(other)}`, reasonsOf(other, now)),
      ),
    ),
  );
  return EXIT.done;
}

/** Tickets that are told at length; a queue is told by its head. */
const MOST = 3;

/** Those for whose passing it waits: what is in its station, and what boarded its track before it. */
function inTheWay(ticket: Ticket, others: readonly Ticket[]): Ticket[] {
  const { status, spec, metadata } = ticket;
  const reason = status?.waiting?.reason;
  if (reason !== 'OlderTicket' && reason !== 'StationOccupied') return [];
  const unfinished = others.filter((other) => other.metadata.uid !== metadata.uid && !hasEnded(other.status));
  const inside = unfinished.filter(
    (other) => other.status?.station === status?.station && other.status?.phase !== 'Standing',
  );
  const older = unfinished.filter(
    (other) =>
      spec.track !== undefined &&
      other.spec.track === spec.track &&
      (other.status?.sequence ?? Infinity) < (status?.sequence ?? Infinity),
  );
  return inOrder([...new Set([...inside, ...older])]).slice(0, MOST);
}
