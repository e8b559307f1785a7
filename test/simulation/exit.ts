/** A track of one station with exit gates, for the tests of these gates. */

import { Chart, Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { type ExitGate, GitRepository, Station, Subscription, Track } from '../../lib';
import type { Station as StationResource, Ticket } from '../../lib/api';
import type { HealthScript } from '../../testing/model';
import { resourcesOf } from '../../testing/network';
import { Simulation } from '../../testing/simulation';

class Shop extends Chart {
  constructor(scope: Construct, id: string, gates: readonly ExitGate[]) {
    super(scope, id, { namespace: 'shop' });
    const repository = GitRepository.at('https://git.example.com/shop.git');
    const prod = new Station(this, 'prod').application('web', { repository, overlay: 'env/prod' }).exit(...gates);
    new Track(this, 'main', {
      subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '*' })],
      stations: [prod],
    });
  }
}

const START = Date.parse('2030-01-01T00:00:00Z');

const secondOf = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : (Date.parse(time) - START) / 1000;

export class Yard {
  readonly simulation: Simulation;

  constructor(...gates: readonly ExitGate[]) {
    this.simulation = new Simulation(resourcesOf(new Shop(Testing.app(), 'shop', gates)));
  }

  /** Puts an image on the track. */
  board(tag = '1.0.0'): this {
    const [track] = this.simulation.tracks.values();
    if (track === undefined) throw new Error('the shop has a track');
    this.simulation.board(track, { images: [{ repoURL: 'ghcr.io/acme/shop', tag }] });
    return this;
  }

  ticket(name = 'main-1'): Ticket {
    const ticket = this.simulation.tickets.get(`shop/${name}`);
    if (ticket === undefined) throw new Error(`there is no ${name}`);
    return ticket;
  }

  station(): StationResource {
    const station = this.simulation.stations.get('shop/prod');
    if (station === undefined) throw new Error('there is no prod');
    return station;
  }

  /** What a person writes into a ticket. */
  say(spec: Partial<Ticket['spec']>, name = 'main-1'): this {
    const ticket = this.ticket(name);
    this.simulation.tickets.set(`shop/${name}`, { ...ticket, spec: { ...ticket.spec, ...spec } });
    return this;
  }

  /** How the Application fares from now on. */
  health(script: HealthScript | 'Healthy'): this {
    if (script === 'Healthy') this.simulation.model.scripts.clear();
    else this.simulation.model.scripts.set('argocd/shop-prod-web', script);
    return this;
  }

  /** Lets it ride to where it rests, or to this second of the clock. */
  settle(second?: number): this {
    if (second === undefined) this.simulation.settle();
    else this.simulation.settle(Number.MAX_SAFE_INTEGER, new Date(START + second * 1000));
    return this;
  }

  /** The second at which the first ticket left, by its stamp. */
  departed(): number | undefined {
    return secondOf(this.ticket().status?.stamps?.at(-1)?.departed);
  }

  /** The second since which the first ticket has been waiting. */
  since(): number | undefined {
    return secondOf(this.ticket().status?.waiting?.since);
  }
}
