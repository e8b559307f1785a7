/** The resources of a network as an API server would keep them: versions, and writes that are refused when stale. */

import { hasEnded, API_VERSION, type Metadata, type Station, type Ticket, type Track } from '../lib/api';
import { parseTicket } from '../lib/api/validation';
import { numberedTicketName } from '../lib/network/ticket-name';
import { isSameTicket, type Line, type Step } from '../runtime/journey';
import { aloneAt, keyOf, onTrack, Stations, Tickets, Tracks } from './shelf';

interface Resource {
  readonly metadata: Metadata;
}

export class Resources {
  readonly tracks = new Tracks();
  readonly stations = new Stations();
  readonly tickets = new Tickets();
  private readonly lines = new Map<string, Line>();
  private version = 1;

  constructor(private readonly now: () => Date) {}

  /** Takes over everything that others hold. */
  become(other: Resources): void {
    copyInto(this.tracks, other.tracks);
    copyInto(this.stations, other.stations);
    copyInto(this.tickets, other.tickets);
    this.version = other.version;
  }

  /** A track with its unfinished tickets. */
  line(track: Track): Line {
    const tickets = this.tickets.ridingOf(onTrack(track.metadata));
    const before = this.lines.get(track.metadata.uid);
    if (before?.track === track && before.tickets === tickets) return before;
    const line = { track, tickets };
    this.lines.set(track.metadata.uid, line);
    return line;
  }

  /** Unfinished tickets that visit this station alone. */
  singlesAt({ metadata }: Station): readonly Ticket[] {
    return this.tickets.ridingOf(aloneAt(metadata));
  }

  where(holds: (ticket: Ticket) => boolean): Ticket[] {
    return [...this.tickets.values()].filter(holds);
  }

  /** Whether a station, or a ticket that has not ended, names the ticket. */
  isNamed(uid: string): boolean {
    const stations = [...this.stations.values()].flatMap(({ status }) => {
      const { occupant, holdBy, haltBy } = status ?? {};
      return [occupant, holdBy, haltBy, ...(occupant?.displaced ?? [])];
    });
    const tickets = this.where(({ status }) => !hasEnded(status)).flatMap(({ spec: { origin }, status }) => [
      origin?.parent,
      origin?.retryOf,
      origin?.failed,
      ...(status?.absorbed ?? []),
    ]);
    return [...stations, ...tickets].some((one) => one?.uid === uid);
  }

  /** Puts a status; without a word where the decision was made on an older version, as an API server refuses it. */
  write<T extends Resource & { readonly status?: unknown }>(
    kept: Map<string, T>,
    object: T,
    status: T['status'],
  ): void {
    const key = keyOf(object);
    const stored = kept.get(key)?.metadata;
    const { uid, resourceVersion } = object.metadata;
    if (stored?.uid !== uid || stored.resourceVersion !== resourceVersion) return;
    kept.set(key, {
      ...object,
      metadata: { ...object.metadata, resourceVersion: this.nextVersion() },
      status,
    });
  }

  /** Makes a ticket, or adopts the one that has this identity. */
  create({ namespace, names, labels, spec }: Extract<Step, { step: 'CreateTicket' }>): void {
    const numbers = Array.from({ length: this.tickets.size + 1 }, (_, index) => index);
    const candidates =
      'number' in names ? numbers.map((more) => numberedTicketName(names.track, names.number + more)) : names;
    for (const name of candidates) {
      const present = this.tickets.get(`${namespace}/${name}`);
      if (present !== undefined && isSameTicket(present, spec)) return;
      if (present !== undefined) continue;
      this.add(namespace, name, labels, spec);
      return;
    }
    throw new Error(`no name is free for a ticket in ${namespace}`);
  }

  /** @throws Error where the spec is not one of a Ticket */
  add(namespace: string, name: string, labels: Readonly<Record<string, string>>, spec: object): Ticket {
    const parsed = parseTicket({
      apiVersion: API_VERSION,
      kind: 'Ticket',
      metadata: {
        name,
        namespace,
        uid: `uid-of-ticket-${namespace}-${name}`,
        resourceVersion: this.nextVersion(),
        generation: 1,
        creationTimestamp: this.now().toISOString(),
        labels: { ...labels },
      },
      spec,
    });
    if ('problems' in parsed) throw new Error(parsed.problems.join(' '));
    this.tickets.set(keyOf(parsed.resource), parsed.resource);
    return parsed.resource;
  }

  private nextVersion(): string {
    this.version += 1;
    return String(this.version);
  }
}

export function copyInto<V>(target: Map<string, V>, source: ReadonlyMap<string, V>): void {
  for (const [key, value] of source) target.set(key, value);
}
