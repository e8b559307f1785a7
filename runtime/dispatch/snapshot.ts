/** The caches as one decision sees them. */

import { API_VERSION, type Station, type Ticket, type Track } from '../../lib/api';
import { judge, preconditions, type Patience } from '../argocd';
import { hasEnded, type Facts, type Line, type Snapshot } from '../journey';
import { keyOf } from '../kube';
import type { Kept, World } from './world';

const readable = <T>(list: readonly Kept<T>[]): T[] => list.flatMap((kept) => kept.resource ?? []);

/** How decisions look up what jobs have found. */
export type JobView = Facts['job'];

export function factsOf(world: World, now: Date, patience: Partial<Patience>, job: JobView): Facts {
  return {
    precondition: (station, reference) =>
      preconditions(
        world.application(reference),
        {
          namespace: station.metadata.namespace,
          station: station.metadata.name,
          repoURL: reference.repoURL,
          branch: reference.branch,
        },
        world.onBranch(reference),
      ),
    judge: (reference, expectation) => judge(world.application(reference), expectation, now, patience),
    health: (reference) => world.application(reference)?.health.status ?? 'Missing',
    live: (reference) => {
      const view = world.application(reference);
      const well = view?.sync.status === 'Synced' && view.health.status === 'Healthy';
      return well ? view.sync.revisions[0] : undefined;
    },
    ticket: (uid) => world.tickets.find('uid', uid)[0]?.resource,
    visitors: ({ metadata: { namespace, name } }) =>
      readable(world.tickets.list(namespace)).filter((ticket) => ticket.status?.arrival?.station === name),
    job,
  };
}

function lineOf(world: World, track: Track): Line {
  const { namespace, name } = track.metadata;
  const tickets = readable(world.tickets.find('track', keyOf({ namespace, name })));
  return { track, tickets: tickets.filter((ticket) => !hasEnded(ticket.status)) };
}

/** Express and rollback tickets ride no track; each track of their namespace speaks for the ones that it sees. */
function unridden(world: World, namespace: string): Ticket[] {
  return readable(world.tickets.list(namespace)).filter(
    (ticket) => ticket.spec.track === undefined && !hasEnded(ticket.status),
  );
}

/** Tracks that meet this one at some station. */
export function neighboursOf(world: World, track: Track): Track[] {
  const { namespace, uid } = track.metadata;
  const found = new Map<string, Track>();
  for (const { name } of track.spec.stations) {
    for (const kept of world.tracks.find('station', keyOf({ namespace, name }))) {
      if (kept.resource && kept.metadata.uid !== uid) found.set(kept.metadata.uid, kept.resource);
    }
  }
  return [...found.values()];
}

/** Stations that tickets of a track occupy, ended ones too, whether or not the track still leads there. */
const occupiedBy = (world: World, key: string): Station[] =>
  world.tickets.find('track', key).flatMap(({ metadata }) => readable(world.stations.find('occupant', metadata.uid)));

/** What stands in for a track that is gone: the stations that its tickets still occupy, and nothing that would board. */
function goneTrack(world: World, namespace: string, name: string): Track {
  return {
    apiVersion: API_VERSION,
    kind: 'Track',
    metadata: { name, namespace, uid: `gone ${namespace}/${name}`, resourceVersion: '0' },
    spec: {
      enabled: false,
      hold: false,
      service: 'Every',
      express: 'Immediate',
      onFailure: 'Continue',
      historyLimit: 0,
      subscriptions: [],
      stations: occupiedBy(world, keyOf({ namespace, name })).map((station) => ({ name: station.metadata.name })),
    },
  };
}

/** Everything that the decision for a track depends on; `undefined` where it cannot be read, or is gone without a ticket. */
export function snapshotOf(world: World, key: string, now: Date, facts: Facts): Snapshot | undefined {
  const kept = world.tracks.get(key);
  const [namespace = '', name = ''] = key.split('/');
  const gone = kept === undefined;
  if (gone && world.tickets.find('track', key).length === 0) return undefined;
  const track = gone ? goneTrack(world, namespace, name) : kept.resource;
  if (track === undefined) return undefined;
  const neighbours = neighboursOf(world, track).map((neighbour) => lineOf(world, neighbour));
  const stations = new Map(occupiedBy(world, key).map((station) => [station.metadata.name, station]));
  for (const { spec } of [track, ...neighbours.map((line) => line.track)]) {
    for (const stop of spec.stations) {
      const station = world.stations.get(keyOf({ namespace, name: stop.name }))?.resource;
      if (station) stations.set(stop.name, station);
    }
  }
  const line = lineOf(world, track);
  if (gone) return { ...line, gone, now, stations, neighbours, facts };
  return { ...line, tickets: [...line.tickets, ...unridden(world, namespace)], now, stations, neighbours, facts };
}
