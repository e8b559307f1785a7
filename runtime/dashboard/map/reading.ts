/** A network as the map sees it: stops, lines, and between which stops lines run. */

import { COLOURS, type MapStation, type MapTrack } from './shape';

export interface ReadStop {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly missing: boolean;
}

export interface ReadLine {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly colour: number;
  readonly stops: readonly string[];
  /** Keys of the junctions that it branches off from. */
  readonly junctions: readonly string[];
}

export interface Reading {
  readonly stops: ReadonlyMap<string, ReadStop>;
  readonly lines: ReadonlyMap<string, ReadLine>;
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
const trackKey = ({ metadata }: MapTrack): string => keyOf(metadata.namespace, metadata.name);

/** Reads tracks and stations, whatever order they come in; what a track names and nobody describes is a missing stop. */
export function readNetwork(tracks: readonly MapTrack[], stations: readonly MapStation[]): Reading {
  const known = new Map(stations.map((station) => [keyOf(station.metadata.namespace, station.metadata.name), station]));
  const stops = new Map<string, ReadStop>();
  const visit = (namespace: string, name: string): string => {
    const key = keyOf(namespace, name);
    if (!stops.has(key)) stops.set(key, { key, namespace, name, missing: !known.has(key) });
    return key;
  };
  const drawn = [...tracks]
    .sort((one, other) => (trackKey(one) < trackKey(other) ? -1 : 1))
    .map(({ metadata: { namespace = '', name }, spec }) => ({
      key: keyOf(namespace, name),
      namespace,
      name,
      stops: [...new Set(spec.stations.map((station) => visit(namespace, station.name)))],
      junctions: [] as string[],
    }));
  const lines = new Map(drawn.map((line) => [line.key, line]));
  for (const [key, { metadata, spec }] of [...known].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { track, namespace } of spec.junctions ?? []) {
      const line = lines.get(keyOf(namespace ?? metadata.namespace, track));
      if (line === undefined || line.stops[0] === key || line.junctions.includes(key)) continue;
      line.junctions.push(visit(metadata.namespace ?? '', metadata.name));
    }
  }
  return { stops, lines: colour(drawn) };
}

/** Gives each line the first colour that no line has which it meets, going on through the palette where it can. */
function colour(lines: readonly Omit<ReadLine, 'colour'>[]): Map<string, ReadLine> {
  const taken = new Map<string, Set<number>>();
  const coloured = new Map<string, ReadLine>();
  lines.forEach((line, index) => {
    const meets = [...line.stops, ...line.junctions];
    const used = new Set(meets.flatMap((stop) => [...(taken.get(stop) ?? [])]));
    const choices = Array.from({ length: COLOURS }, (_, step) => (index + step) % COLOURS);
    const chosen = choices.find((choice) => !used.has(choice)) ?? index % COLOURS;
    for (const stop of meets) taken.set(stop, (taken.get(stop) ?? new Set()).add(chosen));
    coloured.set(line.key, { ...line, colour: chosen });
  });
  return coloured;
}
