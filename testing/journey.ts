/** What came of a simulated ride, for assertions and for reading. */

import { hasEnded } from '../lib/api';
import type { Phase, Ticket, WaitingReason } from '../lib/api';

export class Journey {
  /** The tickets of the ride, in the order in which they boarded. */
  readonly tickets: readonly Ticket[];

  constructor(tickets: readonly Ticket[]) {
    this.tickets = [...tickets].sort((one, other) => (one.status?.sequence ?? 0) - (other.status?.sequence ?? 0));
  }

  /** Stations that some ticket arrived at, in the order of the arrivals. */
  visited(): string[] {
    return this.tickets
      .flatMap((ticket) => ticket.status?.stamps ?? [])
      .filter(
        (stamp) => stamp.result === 'Arrived' || stamp.result === 'NoChange' || stamp.result === 'AlreadyContained',
      )
      .map((stamp) => stamp.station);
  }

  /** Where tickets that have not ended wait, and why. */
  waits(): {
    readonly ticket: string;
    readonly station: string;
    readonly reason: WaitingReason;
    readonly message: string;
  }[] {
    return this.tickets.flatMap((ticket) => {
      const { station = '', waiting } = ticket.status ?? {};
      if (waiting === undefined || hasEnded(ticket.status)) return [];
      return [{ ticket: ticket.metadata.name, station, reason: waiting.reason, message: waiting.message }];
    });
  }

  /** Whether a commit with this image was put on a branch of the station, whatever became of it then. */
  committed(
    station: string,
    image: { readonly repoURL: string; readonly tag?: string; readonly digest?: string },
  ): boolean {
    const carries = (ticket: Ticket): boolean =>
      [ticket.spec.change, ...(ticket.status?.absorbed ?? []).map((one) => one.change)]
        .flatMap((change) => change?.images ?? [])
        .some((one) => one.repoURL === image.repoURL && one.tag === image.tag && one.digest === image.digest);
    const pushed = ({ status }: Ticket): boolean =>
      (status?.stamps ?? []).some(
        (stamp) => stamp.station === station && stamp.result !== 'NoChange' && (stamp.commits ?? []).length > 0,
      ) ||
      (status?.arrival?.station === station && status.arrival.pushed !== undefined);
    return this.tickets.some((ticket) => carries(ticket) && pushed(ticket));
  }

  /** How each ticket ended, or where it is in its life. */
  phases(): Phase[] {
    return this.tickets.flatMap((ticket) => ticket.status?.phase ?? []);
  }

  /** A picture in text, stable enough for a snapshot: a line for each ticket. */
  toString(): string {
    return this.tickets.map(drawn).join('\n');
  }
}

function drawn(ticket: Ticket): string {
  const status = ticket.status ?? {};
  const stops = (status.stamps ?? []).map((stamp) => `${stamp.station} (${stamp.result})`);
  const here =
    hasEnded(status) || status.waiting === undefined ? [] : [`${status.station ?? ''} [${status.waiting.reason}]`];
  return `${ticket.metadata.name} ${status.summary?.change ?? ''}: ${[...stops, ...here, status.phase ?? ''].join(' -> ')}`;
}
