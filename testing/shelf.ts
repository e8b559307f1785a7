/** Resources by their keys, and by what they are asked for: a decision must not look through all of them. */

import { hasEnded } from '../lib/api';
import { once } from '../runtime/journey';
import type { Metadata, Station, Ticket, Track } from '../lib/api';

interface Resource {
  readonly metadata: Metadata;
}

/** `<namespace>/<name>`. */
export const keyOf = ({
  metadata,
}: {
  readonly metadata: { readonly namespace: string; readonly name: string };
}): string => `${metadata.namespace}/${metadata.name}`;

/** Resources of one kind, by `<namespace>/<name>`. */
class Shelf<T extends Resource> extends Map<string, T> {
  /** Grows whenever a resource comes or goes; a new version of one that is there leaves it as it is. */
  membership = 0;
  private readonly uids = new Map<string, T>();

  byUid(uid: string): T | undefined {
    return this.uids.get(uid);
  }

  override set(key: string, resource: T): this {
    const before = this.get(key);
    if (before === undefined) this.membership += 1;
    else if (before.metadata.uid !== resource.metadata.uid) this.uids.delete(before.metadata.uid);
    this.uids.set(resource.metadata.uid, resource);
    return super.set(key, resource);
  }

  override delete(key: string): boolean {
    const before = this.get(key);
    if (before !== undefined) {
      this.membership += 1;
      this.uids.delete(before.metadata.uid);
    }
    return super.delete(key);
  }
}

export class Tracks extends Shelf<Track> {
  /** By station: the keys of the tracks that stop there, as long as no spec changes. */
  private stopping: ReadonlyMap<string, readonly string[]> | undefined;

  /** Those that stop at the station of this key. */
  through(station: string): Track[] {
    this.stopping ??= this.stops();
    const keys = this.stopping.get(station) ?? [];
    return keys.map((key) => this.get(key)).filter((track) => track !== undefined);
  }

  override set(key: string, track: Track): this {
    if (this.get(key)?.spec !== track.spec) this.stopping = undefined;
    return super.set(key, track);
  }

  override delete(key: string): boolean {
    this.stopping = undefined;
    return super.delete(key);
  }

  private stops(): Map<string, string[]> {
    const stopping = new Map<string, string[]>();
    for (const [key, { metadata, spec }] of this) {
      const stations = new Set(spec.stations.map(({ name }) => `${metadata.namespace}/${name}`));
      for (const station of stations) stopping.set(station, [...(stopping.get(station) ?? []), key]);
    }
    return stopping;
  }
}

/** A branch of a repository. */
interface Branch {
  readonly repoURL: string;
  readonly branch: string;
}

/** Put together once for each application: most that happens to a branch is asked for by it. */
export const branchKey = once(({ repoURL, branch }: Branch): string => `${repoURL} ${branch}`);

export class Stations extends Shelf<Station> {
  private readonly seats = new Map<string, Station>();
  /** By branch: the stations with an Application that it is rendered for. */
  private readonly rendered = new Map<string, Set<string>>();

  /** Whether the branch is rendered for any Application. */
  isRendered(branch: Branch): boolean {
    return (this.rendered.get(branchKey(branch))?.size ?? 0) > 0;
  }

  /** The station that names the ticket as its occupant. */
  seat(ticketUid: string): Station | undefined {
    return this.seats.get(ticketUid);
  }

  override set(key: string, station: Station): this {
    const before = this.get(key);
    this.empty(before);
    const occupant = station.status?.occupant;
    if (occupant !== undefined) this.seats.set(occupant.uid, station);
    if (before?.spec !== station.spec) {
      this.forget(key, before);
      for (const branch of station.spec.applications.map(branchKey)) {
        this.rendered.set(branch, (this.rendered.get(branch) ?? new Set()).add(key));
      }
    }
    return super.set(key, station);
  }

  override delete(key: string): boolean {
    const before = this.get(key);
    this.empty(before);
    this.forget(key, before);
    return super.delete(key);
  }

  /** Nobody sits there any more. */
  private empty(before: Station | undefined): void {
    const uid = before?.status?.occupant?.uid;
    if (uid !== undefined && this.seats.get(uid) === before) this.seats.delete(uid);
  }

  /** Nothing is rendered for it any more. */
  private forget(key: string, before: Station | undefined): void {
    for (const one of before?.spec.applications ?? []) this.rendered.get(branchKey(one))?.delete(key);
  }
}

const NONE: readonly Ticket[] = [];

export class Tickets extends Shelf<Ticket> {
  private readonly groups = new Map<string, Map<string, Ticket>>();
  private readonly lists = new Map<string, readonly Ticket[]>();
  private readonly unfinished = new Map<string, readonly Ticket[]>();

  /** Every ticket of a group; the same list while none of them changes. */
  of(group: string): readonly Ticket[] {
    const known = this.lists.get(group);
    if (known !== undefined) return known;
    const tickets = this.groups.get(group);
    const list = tickets === undefined ? NONE : [...tickets.values()];
    this.lists.set(group, list);
    return list;
  }

  /** Those of a group that have not ended; the same list while none of the group changes. */
  ridingOf(group: string): readonly Ticket[] {
    const known = this.unfinished.get(group);
    if (known !== undefined) return known;
    const list = this.of(group).filter((ticket) => !hasEnded(ticket.status));
    this.unfinished.set(group, list);
    return list;
  }

  override set(key: string, ticket: Ticket): this {
    const before = this.get(key);
    if (before !== undefined && before.spec !== ticket.spec) this.leave(key, before);
    for (const group of groupsOf(ticket)) {
      const tickets = this.groups.get(group) ?? new Map<string, Ticket>();
      this.groups.set(group, tickets.set(key, ticket));
      this.changed(group);
    }
    return super.set(key, ticket);
  }

  override delete(key: string): boolean {
    const before = this.get(key);
    if (before !== undefined) this.leave(key, before);
    return super.delete(key);
  }

  private leave(key: string, ticket: Ticket): void {
    for (const group of groupsOf(ticket)) {
      const tickets = this.groups.get(group);
      tickets?.delete(key);
      if (tickets?.size === 0) this.groups.delete(group);
      this.changed(group);
    }
  }

  private changed(group: string): void {
    this.lists.delete(group);
    this.unfinished.delete(group);
  }
}

/** The group of the tickets that were made for a track of this name. */
export const onTrack = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `track ${namespace}/${name}`;

/** The group of the tickets that visit this station alone. */
export const aloneAt = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `station ${namespace}/${name}`;

/** The group of the tickets that branched off this one. */
export const childrenOf = (uid: string): string => `parent ${uid}`;

/** The group of the rollbacks that the failure of this ticket has made. */
export const rollbacksOf = (uid: string): string => `failed ${uid}`;

const known = new WeakMap<Ticket['spec'], readonly string[]>();

/** The groups that a ticket is in: its spec says so. */
function groupsOf({ metadata: { namespace }, spec }: Ticket): readonly string[] {
  const before = known.get(spec);
  if (before !== undefined) return before;
  const station = (spec.rollback ?? spec.express)?.station;
  const { parent, failed } = spec.origin ?? {};
  const groups = [
    ...(spec.track === undefined ? [] : [onTrack({ namespace, name: spec.track })]),
    ...(station === undefined ? [] : [aloneAt({ namespace, name: station })]),
    ...(parent === undefined ? [] : [childrenOf(parent.uid)]),
    ...(failed === undefined ? [] : [rollbacksOf(failed.uid)]),
  ];
  known.set(spec, groups);
  return groups;
}
