/** Going on: releasing what people hold, and ending what waits for a person's word (rules D8, E3, F5, G1, G3). */

import { hasEnded } from '../../lib/api';
import type { Resume, Station, Stop, Ticket, Track } from '../../lib/api';
import { called } from './hold';
import { endingOf, namelessness, nothing, patchOf, refused, situationOf, type Word, type Write, writing } from './word';

/** Resumes that a ticket holds at most. */
const MOST = 100;

/** The tickets that keep a station shut, as far as they are there. */
export type Stops = readonly Ticket[];

export interface Resuming {
  readonly object: Ticket | Station | Track;
  /** The person, as Kubernetes calls them. */
  readonly by: string;
  /** What the person saw that the ticket waits for: `status.waiting.resume`. @default - what the ticket shows */
  readonly seen?: Pick<Resume, 'uid' | 'heads'>;
  /** Of a Station: the tickets that its `status.holdBy` and `status.haltBy` name. */
  readonly stops?: Stops;
}

/** The word that lets the ticket, the station or the track go on. */
export function resume(resuming: Resuming): Word {
  const { object } = resuming;
  switch (object.kind) {
    case 'Ticket':
      return resumeTicket(object, resuming);
    case 'Station':
      return resumeStation(object, resuming);
    case 'Track':
      return object.spec.hold
        ? writing(`track ${object.metadata.name} goes on`, patchOf(object, { hold: false }))
        : nothing(`track ${object.metadata.name} is not held`);
  }
}

function resumeTicket(ticket: Ticket, { by, seen }: Resuming): Word {
  const { name } = ticket.metadata;
  if (hasEnded(ticket.status)) return refused(`${endingOf(ticket)}. To try its change again, retry it`);
  if (ticket.spec.abort)
    return refused(`${name} is being aborted, which cannot be taken back: retry it when it has ended`);
  const wanted = ticket.status?.waiting?.resume;
  if (seen !== undefined && !same(seen, wanted))
    return refused(`${name} does not wait for what was looked at any more. ${situationOf(ticket)}. Look again`);
  if (wanted === undefined) {
    if (ticket.spec.hold) return writing(`${name} is not held any more`, patchOf(ticket, { hold: false }));
    return refused(`${situationOf(ticket)}. It does not wait for anybody to resume it`);
  }
  const resumes = ticket.spec.resumes ?? [];
  if (resumes.some((one) => same(one, wanted))) {
    return ticket.spec.hold
      ? writing(`${name} is not held any more`, patchOf(ticket, { hold: false }))
      : nothing(`${name} has been told to go on already`);
  }
  const full = namelessness(by) ?? overfull(ticket);
  if (full !== undefined) return full;
  const spec = { resumes: [...resumes, { ...wanted, by }], ...(ticket.spec.hold ? { hold: false } : {}) };
  return writing(`${name} goes on, by the word of ${by}`, patchOf(ticket, spec));
}

function resumeStation(station: Station, { by, stops = [] }: Resuming): Word {
  const { spec, status } = station;
  const shut = [status?.haltBy, status?.holdBy].filter((stop) => stop !== undefined);
  const said = shut.flatMap((stop) =>
    stops.filter(({ metadata }) => metadata.uid === stop.uid).map((ticket) => ({ stop, ticket })),
  );
  const problem =
    said.length === 0 ? undefined : (namelessness(by) ?? said.map(({ ticket }) => overfull(ticket)).find(Boolean));
  if (problem !== undefined) return problem;
  const writes: Write[] = [
    ...said.filter(({ stop, ticket }) => !isTold(ticket, stop)).map(({ ticket }) => ending(ticket, by)),
    ...(spec.hold ? [patchOf(station, { hold: false })] : []),
  ];
  const [first, ...others] = writes;
  if (first !== undefined) return writing(`${called(station)} goes on, by the word of ${by}`, first, ...others);
  return nothing(
    shut.length === 0
      ? `${called(station)} is neither held nor halted`
      : `${called(station)} has been told to go on already`,
  );
}

/** The word that ends a stop names its ticket and no head: those with heads speak of a branch. */
const ending = (ticket: Ticket, by: string): Write =>
  patchOf(ticket, { resumes: [...(ticket.spec.resumes ?? []), { uid: ticket.metadata.uid, by }] });

const isTold = (ticket: Ticket, { spent = 0 }: Stop): boolean =>
  (ticket.spec.resumes ?? []).filter((one) => one.uid === ticket.metadata.uid && one.heads === undefined).length >
  spent;

const overfull = (ticket: Ticket): Word | undefined =>
  (ticket.spec.resumes ?? []).length < MOST
    ? undefined
    : refused(`${ticket.metadata.name} holds ${MOST} resumes, and no more fit: delete it, and make a new one`);

type Named = Pick<Resume, 'uid' | 'heads'>;

const same = (one: Named, other: Named | undefined): boolean =>
  other !== undefined && one.uid === other.uid && sorted(one.heads) === sorted(other.heads);

const sorted = (heads: readonly string[] | undefined): string => [...(heads ?? [])].sort().join(' ');
