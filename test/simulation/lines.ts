/** A small network in memory, what people do to it, and what came of it. */

import { API_VERSION, type Change, type Station, type Ticket, type Track } from '../../lib/api';
import { parseStation, parseTrack } from '../../lib/api/validation';
import { stateAt } from '../../runtime/journey/facts/state';
import { Simulation } from '../../testing/simulation';

export const REPOSITORY = 'https://git.example.com/shop.git';
export const IMAGE = 'ghcr.io/acme/shop';

/** A Track: its stops, or all that it says. */
type Line = readonly string[] | { readonly stations: readonly string[]; readonly [field: string]: unknown };

export interface Plan {
  /** By name, or `namespace/name`; the namespace is `shop` otherwise. */
  readonly tracks: Readonly<Record<string, Line>>;
  /** What a station says besides its one application, which is called like the station. */
  readonly stations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const placeOf = (key: string): { namespace: string; name: string } => {
  const [name = '', namespace = 'shop'] = key.split('/').reverse();
  return { namespace, name };
};

const metadata = (kind: string, key: string) => {
  const { namespace, name } = placeOf(key);
  return { namespace, name, uid: `${kind}-${namespace}-${name}`, resourceVersion: '1', generation: 1 };
};

const application = (name: string) => ({
  name,
  namespace: 'argocd',
  repoURL: REPOSITORY,
  overlay: `env/${name}`,
  branch: `env/${name}`,
});

function read<T>(parsed: { readonly resource: T } | { readonly problems: readonly string[] }): T {
  if ('problems' in parsed) throw new Error(parsed.problems.join(' '));
  return parsed.resource;
}

export const trackOf = (key: string, line: Line): Track => {
  const { stations, ...rest } = 'stations' in line ? line : { stations: line };
  const spec = { service: 'Every', ...rest, stations: stations.map((name) => ({ name })) };
  return read(parseTrack({ apiVersion: API_VERSION, kind: 'Track', metadata: metadata('track', key), spec }));
};

const stationOf = (key: string, spec: Readonly<Record<string, unknown>> = {}): Station => {
  const whole = { applications: [application(placeOf(key).name)], ...spec };
  return read(
    parseStation({ apiVersion: API_VERSION, kind: 'Station', metadata: metadata('station', key), spec: whole }),
  );
};

export class Yard {
  readonly simulation: Simulation;

  /** @param remembers whether decisions are left out that would be made as before */
  constructor(plan: Plan, remembers = true) {
    const tracks = Object.entries(plan.tracks).map(([key, line]) => trackOf(key, line));
    const stops = tracks.flatMap(({ metadata: { namespace }, spec }) =>
      spec.stations.map(({ name }) => `${namespace}/${name}`),
    );
    const described = new Map(Object.entries(plan.stations ?? {}).map(([key, spec]) => [idOf(key), spec]));
    const stations = [...new Set([...stops, ...described.keys()])].map((key) => stationOf(key, described.get(key)));
    this.simulation = new Simulation({ tracks, stations }, remembers);
  }

  track(key: string): Track {
    return found(this.simulation.tracks.get(idOf(key)), key);
  }

  station(key: string): Station {
    return found(this.simulation.stations.get(idOf(key)), key);
  }

  ticket(key: string): Ticket {
    return found(this.simulation.tickets.get(idOf(key)), key);
  }

  /** Names of all tickets, in the order in which they were made; those of other namespaces with it. */
  names(): string[] {
    return [...this.simulation.tickets.keys()].map((key) => key.replace(/^shop\//, ''));
  }

  /** Puts a change on a track; a text is a tag of the shop's image. */
  board(change: string | Change, track = 'main'): Ticket {
    const whole = typeof change === 'string' ? { images: [{ repoURL: IMAGE, tag: change }] } : change;
    return this.simulation.board(this.track(track), whole);
  }

  /** What a person writes into a spec. */
  say(resource: Ticket | Station | Track, spec: object): void {
    const { simulation } = this;
    const key = `${resource.metadata.namespace}/${resource.metadata.name}`;
    const generation = (resource.metadata.generation ?? 0) + 1;
    const resourceVersion = `${resource.metadata.resourceVersion} edited`;
    const edited = {
      ...resource,
      metadata: { ...resource.metadata, generation, resourceVersion },
      spec: { ...resource.spec, ...spec },
    };
    if (edited.kind === 'Ticket') simulation.tickets.set(key, edited as Ticket);
    else if (edited.kind === 'Station') simulation.stations.set(key, edited as Station);
    else simulation.tracks.set(key, edited as Track);
  }

  settle(): this {
    this.simulation.settle();
    return this;
  }

  /** How the application of a station fares from now on. */
  fares(station: string, script?: Parameters<Simulation['model']['scripts']['set']>[1]): void {
    const key = `argocd/${placeOf(station).name}`;
    if (script === undefined) this.simulation.model.scripts.delete(key);
    else this.simulation.model.scripts.set(key, script);
  }

  /** `station result` of every visit. */
  visits(ticket: string): string[] {
    return (this.ticket(ticket).status?.stamps ?? []).map((stamp) => `${stamp.station} ${stamp.result}`);
  }

  phase(ticket: string): string | undefined {
    return this.ticket(ticket).status?.phase;
  }

  waits(ticket: string): string | undefined {
    return this.ticket(ticket).status?.waiting?.reason;
  }

  /** The rendered state that the station's application last arrived well with. */
  good(station: string, application = placeOf(station).name) {
    const { states, applications } = found(this.station(station).status, station);
    const entry = applications?.find((one) => one.name === application);
    return stateAt(states, entry?.good?.state);
  }

  /** The tag of the shop's image that the station last arrived well with. */
  tag(station: string): string | undefined {
    return this.good(station)?.images?.find((image) => image.repoURL === IMAGE)?.tag;
  }
}

const idOf = (key: string): string => {
  const { namespace, name } = placeOf(key);
  return `${namespace}/${name}`;
};

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}

/** Everything that a ride leaves behind, but for when. */
const outcome = ({ simulation }: Yard) => ({
  tickets: [...simulation.tickets.values()]
    .map(({ metadata, status }) => [
      `${metadata.namespace}/${metadata.name}`,
      status?.phase,
      status?.supersededBy?.ticket,
      status?.stamps?.map(({ station, result, children }) => ({ station, result, children })),
    ])
    .sort(),
  stations: [...simulation.stations.values()].map(({ metadata, status }) => [
    metadata.name,
    status?.occupant,
    status?.states,
    status?.applications?.length,
  ]),
});

/**
 * Runs a story once as it is, and once more for each of its steps with a process that dies before that step.
 *
 * @returns how many steps the story has
 */
export function survivesEveryCrash(begin: () => Yard): number {
  const whole = begin();
  const steps = whole.simulation.settle();
  const expected = outcome(whole);
  for (let at = 0; at < steps; at += 1) {
    const yard = begin();
    yard.simulation.settle(at);
    yard.simulation.restart();
    yard.settle();
    expect({ at, ...outcome(yard) }).toEqual({ at, ...expected });
  }
  return steps;
}
