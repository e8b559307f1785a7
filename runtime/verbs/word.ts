/** What comes of a verb: writes to make, nothing to do, or a refusal. */

import { API_VERSION, type Kind, type Station, type Ticket, type TicketSpec, type Track } from '../../lib/api';

/** What people say about what is there already; a Station and a Track know `hold` alone. */
export type Said = Partial<Pick<TicketSpec, 'hold' | 'abort' | 'approvals' | 'resumes'>>;

/** A JSON merge patch. Its resource version is the one that was judged: another one is a conflict, to be judged anew. */
export interface Patch {
  readonly verb: 'patch';
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly patch: {
    readonly metadata: { readonly uid: string; readonly resourceVersion: string };
    readonly spec: Said;
  };
}

/** A ticket as it is made. */
export interface TicketDraft {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Ticket';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: TicketSpec;
}

/** A ticket to make. Its name is decided: made twice, the second time finds the first. */
export interface Creation {
  readonly verb: 'create';
  readonly kind: 'Ticket';
  readonly object: TicketDraft;
}

export type Write = Patch | Creation;

export interface Refused {
  readonly outcome: 'Refused';
  /** A sentence that names the thing and what would help. */
  readonly says: string;
}

/** What comes of a verb. `says` is a sentence about it: of writes, what is true once they are made. */
export type Word =
  | { readonly outcome: 'Write'; readonly writes: readonly [Write, ...Write[]]; readonly says: string }
  | { readonly outcome: 'Nothing'; readonly says: string }
  | Refused;

export const refused = (says: string): Refused => ({ outcome: 'Refused', says });
export const nothing = (says: string): Word => ({ outcome: 'Nothing', says });
export const writing = (says: string, ...writes: readonly [Write, ...Write[]]): Word => ({
  outcome: 'Write',
  writes,
  says,
});

/** A change of some fields of `spec`, for as long as the object is the one that was judged. */
export const patchOf = ({ kind, metadata }: Ticket | Station | Track, spec: Said): Patch => ({
  verb: 'patch',
  kind,
  namespace: metadata.namespace,
  name: metadata.name,
  patch: { metadata: { uid: metadata.uid, resourceVersion: metadata.resourceVersion }, spec },
});

/** A ticket that a person makes. */
export const creationOf = (namespace: string, name: string, spec: Omit<TicketSpec, 'hold' | 'abort'>): Creation => ({
  verb: 'create',
  kind: 'Ticket',
  object: {
    apiVersion: API_VERSION,
    kind: 'Ticket',
    metadata: { name, namespace },
    spec: { ...spec, hold: false, abort: false },
  },
});

/** How a ticket ended, in a sentence; only of one that has. */
export function endingOf({ metadata: { name }, status }: Ticket): string {
  const { phase = 'Completed', failure, supersededBy } = status ?? {};
  if (supersededBy !== undefined) return `${name} went along with ${supersededBy.ticket}`;
  const where = failure?.station === undefined ? '' : ` at ${failure.station}`;
  return `${name} has ended: ${phase}${where}`;
}

/** What an unfinished ticket does, in a sentence. */
export function situationOf({ metadata: { name }, status }: Ticket): string {
  const { phase, station, waiting } = status ?? {};
  if (phase === undefined) return `${name} has not boarded yet`;
  const doing = { Arriving: 'arrives at', Suspended: 'is suspended at' }[phase as string] ?? 'stands before';
  const where = station === undefined ? `${name} is ${phase}` : `${name} ${doing} ${station}`;
  return waiting === undefined ? where : `${where}, ${waiting.reason}: ${waiting.message.replace(/\.$/, '')}`;
}

/** Characters of a person's name that a ticket can hold. */
const LONGEST_NAME = 253;

/** Why a person cannot be named, if so. */
export function namelessness(by: string): Refused | undefined {
  if (by === '') return refused('nobody is named: say who does it');
  return by.length <= LONGEST_NAME
    ? undefined
    : refused(`the name of whoever does it has ${by.length} characters, and a ticket holds ${LONGEST_NAME}`);
}
