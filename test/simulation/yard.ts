/** A small shop in the simulator: two tracks that meet, and what people do to them. */

import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { GitRepository, Station, Subscription, Track } from '../../lib';
import type { Station as StationResource, Ticket, Track as TrackResource } from '../../lib/api';
import { stateAt, wholeStates } from '../../runtime/journey/facts/state';
import { resourcesOf } from '../../testing/network';
import { Simulation } from '../../testing/simulation';

class Shop extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const stop = (name: string) => new Station(this, name).application('web', { repository, overlay: `env/${name}` });
    const shared = stop('shared');
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      stations: [stop('test'), shared, stop('prod')],
    });
    new Track(this, 'other', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      service: 'Every',
      stations: [stop('canary'), shared],
    });
  }
}

export class Yard {
  /** @param network @default the shop */
  constructor(network: Construct = new Shop(Testing.app(), 'shop')) {
    this.simulation = new Simulation(resourcesOf(network));
  }

  readonly simulation: Simulation;

  track(name: string): TrackResource {
    return found(this.simulation.tracks.get(`shop/${name}`), name);
  }

  station(name: string): StationResource {
    return found(this.simulation.stations.get(`shop/${name}`), name);
  }

  ticket(name: string): Ticket {
    return found(this.simulation.tickets.get(`shop/${name}`), name);
  }

  board(tag: string, track = 'main'): Ticket {
    return this.simulation.board(this.track(track), { images: [{ repoURL: 'ghcr.io/acme/shop', tag }] });
  }

  /** What a person edits; a decision made on the old version is refused as a real server would. */
  say<T extends Ticket | StationResource | TrackResource>(resource: T, spec: Partial<T['spec']>): void {
    const { simulation } = this;
    const key = `shop/${resource.metadata.name}`;
    const edited = { ...resource, spec: { ...resource.spec, ...spec } };
    if (edited.kind === 'Ticket') simulation.tickets.set(key, edited);
    else if (edited.kind === 'Station') simulation.stations.set(key, edited);
    else simulation.tracks.set(key, edited);
  }

  settle(): this {
    this.simulation.settle();
    return this;
  }

  visits(name: string): string[] {
    return (this.ticket(name).status?.stamps ?? []).map((stamp) => `${stamp.station} ${stamp.result}`);
  }

  /** The image that the station's first application last arrived well with. */
  goodTag(station: string): string | undefined {
    const { states, applications } = found(this.station(station).status, station);
    const state = found(applications?.[0]?.good, station).state;
    return stateAt(states, state)?.images?.[0]?.tag;
  }

  shows(station: string): (string | undefined)[] {
    const { status } = this.station(station);
    return wholeStates(status?.states).flatMap((state) => (state.images ?? []).map((image) => image.tag));
  }
}

export function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`there is no ${name}`);
  return value;
}
