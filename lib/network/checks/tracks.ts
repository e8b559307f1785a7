/** Lines that lead in circles, nowhere, or to what is not there. */

import { writtenKey, type Network, type NetworkStation, type NetworkTrack } from '../network';
import type { Problem } from '../problem';

/** A track that stops nowhere, or twice at one station. */
export function impossibleLines(network: Network): Problem[] {
  return [...network.tracks.values()].flatMap((track) => {
    if (track.stations.length === 0) {
      const message = `track '${track.name}' has no stations`;
      return [{ severity: 'error', path: track.path, value: track.name, message, fix: 'list at least one station' }];
    }
    const seen = new Set<string>();
    const twice = track.stations.filter((key) => seen.size === seen.add(key).size);
    return [...new Set(twice)].map((value): Problem => {
      const message = `track '${track.name}' stops at station '${value}' more than once`;
      return { severity: 'error', path: track.path, value, message, fix: 'list each station once' };
    });
  });
}

/** References of one place to tracks or stations that do not exist. */
function dangling(network: Network, path: string, kind: 'track' | 'station', keys: readonly string[]): Problem[] {
  const places: ReadonlyMap<string, unknown> = kind === 'track' ? network.tracks : network.stations;
  const missing = [...new Set(keys)].filter((key) => !places.has(key) && !network.elsewhere.has(key));
  if (missing.length === 0) return [];
  const described = new Set([...network.tracks.values(), ...network.stations.values()].map((each) => each.namespace));
  return missing.map((key) => ({
    severity: described.has(namespaceOf(key)) ? 'error' : 'warning',
    path,
    value: key,
    message: `refers to ${kind} '${key}', which is not described here`,
    fix: `describe it, correct the name, or refer to it with ${kind === 'track' ? 'Track' : 'Station'}.fromName`,
  }));
}

/** Stops of tracks at stations that do not exist. */
export const danglingStops = (network: Network): Problem[] =>
  [...network.tracks.values()].flatMap(({ path, stations }) => dangling(network, path, 'station', stations));

/** Junctions onto tracks, and gates that wait for tracks, that do not exist. */
export const danglingBoardings = (network: Network): Problem[] =>
  [...network.stations.values()].flatMap((station) =>
    dangling(network, station.path, 'track', [...station.junctions, ...awaited(station)]),
  );

/** Warnings: a station that no track stops at, a station that does nothing, a track that nothing boards. */
export function idlePlaces(network: Network): Problem[] {
  const warning = (path: string, value: string, message: string, fix: string): Problem => ({
    severity: 'warning',
    path,
    value,
    message,
    fix,
  });
  return [
    ...[...network.stations.values()].flatMap(({ path, name, tracks, spec, junctions }) => [
      ...(tracks.length === 0
        ? [warning(path, name, `no track stops at station '${name}'`, 'list it on a track, or remove it')]
        : []),
      ...(spec.applications.length + junctions.length === 0 && spec.entry === undefined && spec.exit === undefined
        ? [warning(path, name, `nothing happens at station '${name}'`, 'give it an application, a junction or a gate')]
        : []),
    ]),
    ...[...network.tracks.values()].flatMap(({ path, name, spec, boardedAt }) =>
      spec.subscriptions.length + boardedAt.length + (spec.boardedFrom ?? []).length === 0
        ? [
            warning(
              path,
              name,
              `nothing boards track '${name}'`,
              'give it a subscription, or let it branch off at a station',
            ),
          ]
        : [],
    ),
  ];
}

/** Warnings: a gate that waits for tickets that nothing on the way there makes. */
export function deadEnds(network: Network): Problem[] {
  return [...network.tracks.values()].flatMap((track) => {
    const boarded = new Set<string>();
    const problems: Problem[] = [];
    for (const key of track.stations) {
      const station = network.stations.get(key);
      if (station === undefined) return problems;
      for (const value of awaited(station).filter((each) => !boarded.has(each))) {
        problems.push({
          severity: 'warning',
          path: station.path,
          value,
          message: `tickets of track '${track.name}' wait before station '${station.name}' for track '${value}', which no station before it boards`,
          fix: `let '${value}' branch off at an earlier station of '${track.name}', or take it out of the \`completed\` gate`,
        });
      }
      for (const junction of station.junctions) boarded.add(junction);
    }
    return problems;
  });
}

/** Keys of the tracks whose tickets the station's entry gate waits for. */
function awaited(station: NetworkStation): string[] {
  return (station.spec.entry?.completed?.tracks ?? []).map((text) => writtenKey(text, station.namespace));
}

const namespaceOf = (key: string) => (key.includes('/') ? (key.split('/')[0] ?? '') : '');

/** Tracks that, by way of junctions, lead back to themselves; each circle once. */
export function cycles(network: Network): Problem[] {
  const state = new Map<string, 'open' | 'done'>();
  const problems: Problem[] = [];
  for (const start of network.tracks.values()) {
    const way: { track: NetworkTrack; branches: Iterator<Branch> }[] = [];
    const enter = (track: NetworkTrack) => {
      state.set(track.key, 'open');
      way.push({ track, branches: branchesOf(network, track) });
    };
    if (!state.has(start.key)) enter(start);
    for (let here = way.at(-1); here !== undefined; here = way.at(-1)) {
      const next = here.branches.next();
      if (next.done === true) {
        state.set(here.track.key, 'done');
        way.pop();
        continue;
      }
      const { track, station } = next.value;
      if (!state.has(track.key)) enter(track);
      else if (state.get(track.key) === 'open') {
        const circle = way.slice(way.findIndex((each) => each.track === track)).map((each) => each.track.name);
        problems.push({
          severity: 'error',
          path: station.path,
          value: track.key,
          message: `station '${station.name}' boards track '${track.name}', which leads back to itself: ${[...circle, track.name].join(' -> ')}`,
          fix: 'remove one of these junctions',
        });
      }
    }
  }
  return problems;
}

interface Branch {
  readonly track: NetworkTrack;
  readonly station: NetworkStation;
}

function* branchesOf(network: Network, track: NetworkTrack): Generator<Branch, undefined> {
  for (const key of new Set(track.stations)) {
    const station = network.stations.get(key);
    if (station === undefined) continue;
    for (const junction of new Set(station.junctions)) {
      const branch = network.tracks.get(junction);
      if (branch !== undefined) yield { track: branch, station };
    }
  }
  return undefined;
}
