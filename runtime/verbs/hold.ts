/** Stopping what has not begun: a ticket, a station, or a whole track (rule G1). */

import { hasEnded } from '../../lib/api';
import type { Station, Ticket, Track } from '../../lib/api';
import { endingOf, nothing, patchOf, refused, type Word, writing } from './word';

/** From here on the ticket takes no station, the station takes no ticket, or nothing of the track moves or boards. */
export function hold(object: Ticket | Station | Track): Word {
  const { name } = object.metadata;
  if (object.kind === 'Ticket') {
    if (hasEnded(object.status)) return refused(`${endingOf(object)}. There is nothing left to hold`);
    if (object.spec.rollback)
      return refused(`${name} is a rollback, which no hold stops: abort it, if it must not go on`);
    if (object.spec.abort) return refused(`${name} is being aborted. There is nothing left to hold`);
  }
  if (object.spec.hold) return nothing(`${called(object)} is held already`);
  return writing(`${called(object)} is held. ${EFFECT[object.kind]}`, patchOf(object, { hold: true }));
}

/** Ticket `main-7`: by its name; others with their kind. */
export const called = ({ kind, metadata: { name } }: Ticket | Station | Track): string =>
  kind === 'Ticket' ? name : `${kind.toLowerCase()} ${name}`;

const EFFECT = {
  Ticket: 'It takes no further station; an arrival under way goes on',
  Station: 'No ticket but a rollback takes it; an arrival under way goes on',
  Track: 'Nothing boards it, and its tickets take no station; arrivals under way go on',
} as const;
