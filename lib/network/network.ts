/** The graph of tracks, stations and applications. */

import { API_VERSION, ARGOCD, KINDS, type StationSpec, type TrackSpec } from '../api';
import {
  SHARED_DESTINATION,
  objectKey,
  type ApplicationObject,
  type ApplicationObjectSpec,
  type NetworkObject,
  type ObjectIdentity,
  type StationObject,
  type TrackObject,
} from './object';

interface Place<Spec> {
  /** `<namespace>/<name>`: what it is looked up by. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Where a person finds it. */
  readonly path: string;
  readonly spec: Spec;
}

export interface NetworkTrack extends Place<TrackSpec> {
  /** Keys of its stations, in order. They may be missing from the network. */
  readonly stations: readonly string[];
  /** Keys of the stations at which it branches off. */
  readonly boardedAt: readonly string[];
}

export interface NetworkStation extends Place<StationSpec> {
  /** Keys of the tracks that stop here, each once. */
  readonly tracks: readonly string[];
  /** Keys of the tracks that branch off here. They may be missing from the network. */
  readonly junctions: readonly string[];
}

export interface NetworkApplication extends Place<ApplicationObjectSpec> {
  /** Whether another station of a track may deploy to its destination. */
  readonly sharedDestination: boolean;
}

/** Maps are in the order in which the resources were given; of two with one key the first is kept. */
export interface Network {
  readonly tracks: ReadonlyMap<string, NetworkTrack>;
  readonly stations: ReadonlyMap<string, NetworkStation>;
  /** Argo CD Applications that are known as objects, not merely by reference. */
  readonly applications: ReadonlyMap<string, NetworkApplication>;
  /** Everything that is applied together. */
  readonly objects: readonly ObjectIdentity[];
  /** Keys of tracks and stations that somebody else describes. */
  readonly elsewhere: ReadonlySet<string>;
}

export interface NetworkOptions {
  /**
   * Keys of tracks and stations that somebody else describes: a reference to them does not dangle.
   *
   * @default - none
   */
  readonly elsewhere?: Iterable<string>;
  /**
   * Everything that is applied together.
   *
   * @default - the given tracks, stations and applications
   */
  readonly objects?: readonly ObjectIdentity[];
}

/** Builds the graph in one pass over everything. */
export function networkOf(
  tracks: readonly TrackObject[],
  stations: readonly StationObject[],
  applications: readonly ApplicationObject[] = [],
  options: NetworkOptions = {},
): Network {
  const stops = new Lists();
  const boardings = new Lists();
  const trackPlaces = firstOfEach(tracks).map((place) => {
    const keys = place.spec.stations.map(({ name }) => objectKey(place.namespace, name));
    for (const key of new Set(keys)) stops.add(key, place.key);
    return { ...place, stations: keys };
  });
  const stationPlaces = firstOfEach(stations).map((place) => {
    const junctions = place.spec.junctions.map(({ track, namespace }) =>
      objectKey(namespace ?? place.namespace, track),
    );
    for (const key of new Set(junctions)) boardings.add(key, place.key);
    return { ...place, junctions };
  });
  return {
    tracks: byKey(trackPlaces.map((place) => ({ ...place, boardedAt: boardings.get(place.key) }))),
    stations: byKey(stationPlaces.map((place) => ({ ...place, tracks: stops.get(place.key) }))),
    applications: byKey(
      firstOfEach(applications).map((place) => ({
        ...place,
        sharedDestination: place.annotations[SHARED_DESTINATION] === 'true',
      })),
    ),
    objects: options.objects ?? [
      ...tracks.map((track) => identityOf(API_VERSION, KINDS.Track.kind, track)),
      ...stations.map((station) => identityOf(API_VERSION, KINDS.Station.kind, station)),
      ...applications.map((application) => identityOf(ARGOCD.apiVersion, 'Application', application)),
    ],
    elsewhere: new Set(options.elsewhere),
  };
}

/** The key of a track as gates write it: `name`, or `<namespace>/<name>`. */
export function writtenKey(text: string, namespace: string): string {
  return text.includes('/') ? text : objectKey(namespace, text);
}

type Named<Spec> = Place<Spec> & { readonly annotations: Readonly<Record<string, string>> };

function firstOfEach<Spec>(objects: readonly NetworkObject<Spec>[]): Named<Spec>[] {
  const places = new Map<string, Named<Spec>>();
  for (const { metadata, spec, path } of objects) {
    const { name, namespace = '', annotations = {} } = metadata;
    const key = objectKey(namespace, name);
    if (!places.has(key)) places.set(key, { key, namespace, name, path: path ?? key, spec, annotations });
  }
  return [...places.values()];
}

function byKey<T extends { readonly key: string }>(places: readonly T[]): ReadonlyMap<string, T> {
  return new Map(places.map((place) => [place.key, place]));
}

function identityOf(apiVersion: string, kind: string, { metadata, path }: NetworkObject<unknown>): ObjectIdentity {
  const { name, namespace = '' } = metadata;
  return { group: apiVersion.split('/')[0] ?? '', kind, namespace, name, path: path ?? objectKey(namespace, name) };
}

class Lists {
  private readonly lists = new Map<string, string[]>();

  add(key: string, value: string): void {
    const list = this.lists.get(key);
    if (list === undefined) this.lists.set(key, [value]);
    else list.push(value);
  }

  get(key: string): readonly string[] {
    return this.lists.get(key) ?? [];
  }
}
