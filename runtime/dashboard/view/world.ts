/** What the page knows of the cluster, kept from the events of the stream. */

import type {
  AllEvent,
  ChangeEvent,
  StreamedApplication,
  StreamedStation,
  StreamedTicket,
  StreamedTrack,
} from '../protocol';

/** Objects by `<namespace>/<name>`. A change makes a new world; what it leaves alone is the same object as before. */
export interface World {
  readonly tracks: ReadonlyMap<string, StreamedTrack>;
  readonly stations: ReadonlyMap<string, StreamedStation>;
  readonly tickets: ReadonlyMap<string, StreamedTicket>;
  readonly applications: ReadonlyMap<string, StreamedApplication>;
}

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export const keyOf = ({ namespace, name }: Named): string => `${namespace}/${name}`;

const byMetadata = <T extends { readonly metadata: Named }>(objects: readonly T[]): Map<string, T> =>
  new Map(objects.map((object) => [keyOf(object.metadata), object]));

export const worldOf = ({ tracks, stations, tickets, applications }: AllEvent): World => ({
  tracks: byMetadata(tracks),
  stations: byMetadata(stations),
  tickets: byMetadata(tickets),
  applications: new Map(applications.map((application) => [keyOf(application), application])),
});

const KINDS = { Track: 'tracks', Station: 'stations', Ticket: 'tickets', Application: 'applications' } as const;

export function change(world: World, { set, gone }: ChangeEvent): World {
  const lost = (kind: keyof World): string[] => gone.filter((each) => KINDS[each.kind] === kind).map(keyOf);
  return {
    tracks: merge(world.tracks, byMetadata(set.tracks ?? []), lost('tracks')),
    stations: merge(world.stations, byMetadata(set.stations ?? []), lost('stations')),
    tickets: merge(world.tickets, byMetadata(set.tickets ?? []), lost('tickets')),
    applications: merge(
      world.applications,
      new Map((set.applications ?? []).map((application) => [keyOf(application), application])),
      lost('applications'),
    ),
  };
}

/** Takes away before it puts in: an object that was made anew under its old name is there afterwards. */
function merge<T>(
  before: ReadonlyMap<string, T>,
  put: ReadonlyMap<string, T>,
  lost: readonly string[],
): ReadonlyMap<string, T> {
  if (put.size === 0 && lost.length === 0) return before;
  const after = new Map(before);
  for (const key of lost) after.delete(key);
  for (const [key, object] of put) after.set(key, object);
  return after;
}
