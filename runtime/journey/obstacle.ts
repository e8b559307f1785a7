/** What keeps a ticket where it is. */

import type { Ticket, Waiting, WaitingReason } from '../../lib/api';

/** A reason not to go on, in words, and when it ends by itself where that is known. */
export interface Obstacle {
  readonly reason: WaitingReason;
  readonly message: string;
  readonly until?: Date;
}

/** What status holds of a message at most; the schema allows no more. */
const MESSAGE_LIMIT = 4_000;

/** Cuts words of others to what status can hold. */
export const shorten = (message: string): string =>
  message.length <= MESSAGE_LIMIT ? message : `${message.slice(0, MESSAGE_LIMIT)}...`;

/** An obstacle as status says it; an obstacle that was there before keeps its beginning (rule E4). */
export function waitingFor(obstacle: Obstacle, ticket: Ticket, station: string, now: Date): Waiting {
  const before = (ticket.status?.station ?? '') === station ? ticket.status?.waiting : undefined;
  return {
    reason: obstacle.reason,
    since: before?.reason === obstacle.reason ? before.since : now.toISOString(),
    ...(obstacle.until === undefined ? {} : { until: obstacle.until.toISOString() }),
    message: shorten(obstacle.message),
  };
}
