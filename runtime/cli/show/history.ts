/** `k8sta history`: what has arrived at a station, when, by whose word, and what it can go back to. */

import { shortCommit } from '../../../lib/api/words';
import type { Station, Ticket } from '../../../lib/api';
import { isRaw, printData, table, type Format } from '../output';
import { nameOf, Reach, type ReachOptions } from '../reach';
import { EXIT, type ExitCode, print, type Terminal } from '../terminal';

export interface HistoryOptions extends ReachOptions {
  readonly station: string;
  readonly output?: Format;
}

/** One arrival, the newest first. */
interface Arrived {
  readonly ticket: string;
  readonly time: string;
  readonly change?: string;
  readonly commits: readonly { readonly application: string; readonly commit: string }[];
  /** Nothing where the ticket is gone: what Git keeps says so. */
  readonly approvedBy?: readonly string[];
  readonly madeBy?: string;
}

export async function history(terminal: Terminal, options: HistoryOptions): Promise<ExitCode> {
  const reach = new Reach(terminal, options);
  const [station, tickets] = await Promise.all([
    reach.need({ kind: 'Station', name: nameOf(options.station, 'Station') }),
    reach.list('Ticket', reach.namespace),
  ]);
  const arrivals = arrivalsAt(station, tickets);
  if (isRaw(options.output)) {
    if (options.output === 'name') print(terminal.out, ...arrivals.map(({ ticket }) => ticket));
    else printData(terminal, options.output, arrivals);
    return EXIT.done;
  }
  if (arrivals.length === 0) {
    print(terminal.err, `no arrival has completed at ${options.station}`);
    return EXIT.done;
  }
  const wide = options.output === 'wide';
  const rows = arrivals.map((one, index) => [
    one.ticket,
    one.time,
    one.change ?? '',
    one.approvedBy?.join(', ') ?? '',
    ...(wide ? [one.madeBy ?? ''] : []),
    one.commits.map(({ application, commit }) => (wide ? `${application} ${commit}` : shortCommit(commit))).join(', '),
    index === 0 ? 'shown now' : '',
  ]);
  const headings = ['TICKET', 'ARRIVED', 'CHANGE', 'APPROVED BY', ...(wide ? ['MADE BY'] : []), 'COMMITS', ''];
  print(terminal.out, ...table(headings, rows).map((line) => line.replace(/ +-$/, '')));
  return EXIT.done;
}

function arrivalsAt({ metadata, status }: Station, tickets: readonly Ticket[]): Arrived[] {
  return (status?.history ?? []).map(({ ticket, uid, time, change, commits }) => {
    const known = tickets.find((one) => one.metadata.uid === uid);
    const stamp = known?.status?.stamps?.findLast((one) => one.station === metadata.name);
    const approvedBy = stamp === undefined ? undefined : (stamp.approvals ?? []).map(({ by }) => by);
    const madeBy = known?.spec.origin?.person ?? known?.spec.origin?.subscription;
    return {
      ticket,
      time,
      ...(change === undefined ? {} : { change }),
      commits,
      ...(approvedBy === undefined ? {} : { approvedBy }),
      ...(madeBy === undefined ? {} : { madeBy }),
    };
  });
}
