/** Trying the change of an ended ticket once more, as a ticket of its own (rule G2). */

import { hasEnded } from '../../lib/api';
import type { Origin, Ticket } from '../../lib/api';
import { creationOf, endingOf, namelessness, refused, situationOf, type Word, writing } from './word';

export interface Retrying {
  readonly ticket: Ticket;
  /** The tickets of its namespace: whether it is tried again already, and which names are taken. */
  readonly others: readonly Ticket[];
  /** The person, as Kubernetes calls them. */
  readonly by: string;
}

/** Names of objects have so many characters at most. */
const LONGEST = 253;

/** A new ticket with the same change, on the same way; it boards behind all others. */
export function retry({ ticket, others, by }: Retrying): Word {
  const { name, namespace, uid } = ticket.metadata;
  const { track, express, rollback, change, origin } = ticket.spec;
  if (!hasEnded(ticket.status)) return refused(`${situationOf(ticket)}. Only a ticket that has ended is tried again`);
  if (rollback !== undefined)
    return refused(`${name} is a rollback of ${rollback.station}: make a new one, which looks at what is there now`);
  const { supersededBy } = ticket.status ?? {};
  if (supersededBy !== undefined)
    return refused(`${endingOf(ticket)}, which carries its change: retry that one, should it have failed`);
  const present = others.find((one) => one.spec.origin?.retryOf?.uid === uid && !hasEnded(one.status));
  if (present !== undefined) return refused(`${present.metadata.name} tries ${name} again already`);
  const from: Origin = {
    // An express ticket stops where the track does that it was made for.
    ...(origin?.track === undefined ? {} : { track: origin.track }),
    retryOf: { name, uid },
    person: by,
  };
  const spec = {
    ...(track === undefined ? {} : { track }),
    ...(express === undefined ? {} : { express }),
    ...(change === undefined ? {} : { change }),
    origin: from,
  };
  const free = freeName(name, new Set(others.map(({ metadata }) => metadata.name)));
  return namelessness(by) ?? writing(`${free} tries ${name} again`, creationOf(namespace, free, spec));
}

/** `main-7-retry`, `main-7-retry-2`, ...: the second of two people who retry at once finds the first one's. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/-retry(-\d+)?$/, '').slice(0, LONGEST - '-retry-000000'.length);
  for (let number = 1; ; number++) {
    const candidate = `${stem}-retry${number === 1 ? '' : `-${number}`}`;
    if (!taken.has(candidate)) return candidate;
  }
}
