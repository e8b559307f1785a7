/** One network of a test in a yard: its own namespace and repository, and what people do to them. */

import type { Change, RenderSpec, Station, StationSpec, Ticket, TicketSpec, Track, TrackSpec } from '../../../lib/api';
import { API_VERSION, ARGOCD } from '../../../lib/api';
import { STATIONS, TICKETS, TRACKS, APPLICATIONS } from '../../../runtime/resources';
import type { KubeObject } from '../../../runtime/kube';
import { EVENTS } from '../../../runtime/kube';
import { eventually } from '../../waiting';
import { Repository } from './repository';
import type { Yard } from './yard';

export const IMAGE = 'ghcr.io/acme/guestbook';
const ARGOCD_NAMESPACE = 'argocd';

/** One application of a station. */
export interface App {
  /** @default the scene's and the station's */
  readonly name?: string;
  /** @default `env/<station>` */
  readonly overlay?: string;
  /** @default the overlay */
  readonly branch?: string;
  /** @default the scene's own */
  readonly repository?: Repository;
  /** @default true */
  readonly automated?: boolean;
  /** Whether there is such an Application, and one that lets us. @default 'Present' */
  readonly live?: 'Present' | 'Missing' | 'WithoutConsent';
  /** Branch that the live Application syncs. @default the one that the station says */
  readonly liveBranch?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly enabled?: boolean;
  /** Whether a branch that another tool filled is taken over. @default false */
  readonly adopt?: boolean;
  /** @default by convention */
  readonly render?: RenderSpec;
}

export interface Stop {
  readonly name: string;
  /** @default one */
  readonly applications?: readonly App[];
  readonly spec?: Partial<Omit<StationSpec, 'applications' | 'deadlines'>> & {
    readonly deadlines?: Partial<StationSpec['deadlines']>;
  };
}

export interface SceneOptions {
  /** @default test */
  readonly stations?: readonly (string | Stop)[];
  /** @default the stations in their order, on a track `main` without subscriptions */
  readonly tracks?: Readonly<Record<string, readonly string[]>>;
  readonly track?: Partial<Omit<TrackSpec, 'stations'>>;
  /** Files of the source branch besides the usual ones, or in their place. */
  readonly source?: Readonly<Record<string, string | null>>;
}

const stopOf = (stop: string | Stop): Stop => (typeof stop === 'string' ? { name: stop } : stop);

/** A small guestbook: a base, and an overlay for each station. */
function guestbook(overlays: readonly string[]): Record<string, string> {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: guestbook}
spec:
  selector: {matchLabels: {app: guestbook}}
  template:
    metadata: {labels: {app: guestbook}}
    spec:
      containers: [{name: web, image: ${IMAGE}}]
`;
  const files: Record<string, string> = {
    'base/deployment.yaml': deployment,
    'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
    'README.md': 'The guestbook.\n',
  };
  for (const overlay of overlays) {
    files[`${overlay}/kustomization.yaml`] = `resources: [../../base]\nnameSuffix: -${overlay.split('/').pop()}\n`;
  }
  return files;
}

export class Scene {
  private constructor(
    readonly yard: Yard,
    /** Namespace of the scene, and the first part of its names. */
    readonly name: string,
    readonly repository: Repository,
  ) {}

  static async open(yard: Yard, name: string, options: SceneOptions): Promise<Scene> {
    const stops = (options.stations ?? ['test']).map(stopOf);
    const repository = await Repository.create(yard.railyard, yard.person, name);
    const overlays = stops.flatMap((stop) =>
      (stop.applications ?? [{}]).map((app) => app.overlay ?? `env/${stop.name}`),
    );
    await repository.commit('main', { ...guestbook(overlays), ...options.source });
    const scene = new Scene(yard, name, repository);
    await yard.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const stop of stops) await scene.station(stop);
    const tracks = options.tracks ?? (stops.length === 0 ? {} : { main: stops.map((stop) => stop.name) });
    for (const [track, names] of Object.entries(tracks)) await scene.track(track, names, options.track);
    return scene;
  }

  async track(name: string, stations: readonly string[], spec: SceneOptions['track'] = {}): Promise<void> {
    await this.yard.apply({
      apiVersion: API_VERSION,
      kind: 'Track',
      metadata: { name, namespace: this.name },
      spec: { service: 'Every', ...spec, stations: stations.map((station) => ({ name: station })) },
    } as never);
  }

  /** Name of an application of a station. */
  appName = (station: string, app: App = {}): string => app.name ?? `${this.name}-${station}`;

  /** Applies a station, and its Applications before it. */
  async station(given: string | Stop): Promise<void> {
    const stop = stopOf(given);
    const apps = stop.applications ?? [{}];
    for (const app of apps) await this.application(stop.name, app);
    await this.yard.apply({
      apiVersion: API_VERSION,
      kind: 'Station',
      metadata: { name: stop.name, namespace: this.name },
      spec: {
        ...stop.spec,
        applications: apps.map((app) => {
          const overlay = app.overlay ?? `env/${stop.name}`;
          return {
            name: this.appName(stop.name, app),
            namespace: ARGOCD_NAMESPACE,
            repoURL: (app.repository ?? this.repository).url,
            overlay,
            branch: app.branch ?? overlay,
            ...(app.enabled === undefined ? {} : { enabled: app.enabled }),
            ...(app.adopt === undefined ? {} : { adopt: app.adopt }),
            ...(app.render === undefined ? {} : { render: app.render }),
          };
        }),
      },
    } as never);
  }

  /** Applies the live Application. */
  async application(station: string, app: App): Promise<void> {
    if (app.live === 'Missing') return;
    const name = this.appName(station, app);
    const consent = app.live === 'WithoutConsent' ? {} : { 'k8sta.io/authorized-station': `${this.name}/${station}` };
    const branch = app.liveBranch ?? app.branch ?? app.overlay ?? `env/${station}`;
    await this.yard.apply({
      apiVersion: ARGOCD.apiVersion,
      kind: 'Application',
      metadata: { name, namespace: ARGOCD_NAMESPACE, annotations: { ...consent, ...app.annotations } },
      spec: {
        project: ARGOCD.project,
        source: { repoURL: (app.repository ?? this.repository).url, targetRevision: branch, path: '.' },
        destination: { name: 'in-cluster', namespace: name },
        syncPolicy: {
          ...(app.automated === false ? {} : { automated: { prune: true, selfHeal: true } }),
          syncOptions: ['CreateNamespace=true'],
        },
      },
    } as never);
  }

  /** Makes a ticket by hand; a tag alone is an image change of the guestbook. */
  async ticket(name: string, change: string | Change, spec: Partial<TicketSpec> = {}): Promise<Ticket> {
    const whole: Change = typeof change === 'string' ? { images: [{ repoURL: IMAGE, tag: change }] } : change;
    return this.yard.cluster.objects(TICKETS).create({
      metadata: { name, namespace: this.name },
      spec: { track: 'main', hold: false, abort: false, change: whole, ...spec },
    });
  }

  /** Writes into the spec of a ticket, station or track, as a person does with kubectl. */
  async say(kind: 'ticket' | 'station' | 'track', name: string, spec: object): Promise<void> {
    const resource = { ticket: TICKETS, station: STATIONS, track: TRACKS }[kind];
    await this.yard.cluster.objects<KubeObject>(resource).merge({ namespace: this.name, name }, { spec });
  }

  /** Has a live Application deploy to another namespace. */
  async deploysTo(application: string, namespace: string): Promise<void> {
    await this.yard.cluster
      .objects<KubeObject>(APPLICATIONS)
      .merge({ namespace: ARGOCD_NAMESPACE, name: application }, { spec: { destination: { namespace } } });
  }

  async annotate(application: string, annotations: Record<string, string | null>): Promise<void> {
    await this.yard.cluster
      .objects(APPLICATIONS)
      .merge({ namespace: ARGOCD_NAMESPACE, name: application }, { metadata: { annotations } });
  }

  seen(name: string): Ticket | undefined {
    return this.yard.eyes.tickets.get(`${this.name}/${name}`);
  }

  stationNow(name: string): Station | undefined {
    return this.yard.eyes.stations.get(`${this.name}/${name}`);
  }

  trackNow(name = 'main'): Track | undefined {
    return this.yard.eyes.tracks.get(`${this.name}/${name}`);
  }

  /** Waits until the ticket looks like this. An ending that was not waited for ends the wait. */
  async until(name: string, what: string, look: (ticket: Ticket) => boolean, deadlineMs = 20_000): Promise<Ticket> {
    let surprise: string | undefined;
    const found = await eventually(
      `${name} ${what}; it is ${JSON.stringify(this.seen(name)?.status?.phase)}`,
      () => {
        const ticket = this.seen(name);
        if (ticket === undefined) return undefined;
        if (look(ticket)) return ticket;
        const { phase, failure, waiting } = ticket.status ?? {};
        if (phase === 'Failed' || phase === 'Completed' || phase === 'Aborted') {
          surprise = `${phase} ${failure?.reason ?? ''} ${failure?.message ?? ''}`;
          return ticket;
        }
        throw new Error(`It is ${phase}, ${waiting?.reason}: ${waiting?.message}`);
      },
      deadlineMs,
    );
    if (surprise !== undefined) throw new Error(`${name} was to be "${what}" and is ${surprise}`);
    return found;
  }

  /** Waits for the ticket to complete, and for its last station to be free again. */
  async completed(name: string, deadlineMs?: number): Promise<Ticket> {
    const ticket = await this.until(name, 'completes', ({ status }) => status?.phase === 'Completed', deadlineMs);
    await this.left(ticket);
    return ticket;
  }

  async failed(name: string, deadlineMs?: number): Promise<Ticket> {
    const ticket = await this.until(name, 'fails', ({ status }) => status?.phase === 'Failed', deadlineMs);
    await this.left(ticket);
    return ticket;
  }

  /** Waits until no station names the ticket. */
  async left({ metadata: { uid, name } }: Ticket): Promise<void> {
    const stations = (): readonly Station[] => this.yard.eyes.stations.list(this.name);
    await eventually(`${name} leaves its station`, () =>
      stations().every((station) => station.status?.occupant?.uid !== uid),
    );
  }

  /** Waits until the ticket waits for this. */
  waiting(name: string, reason: string, deadlineMs?: number): Promise<Ticket> {
    return this.until(name, `waits for ${reason}`, ({ status }) => status?.waiting?.reason === reason, deadlineMs);
  }

  /** `station result` of every visit. */
  stamps(name: string): string[] {
    return (this.seen(name)?.status?.stamps ?? []).map((stamp) => `${stamp.station} ${stamp.result}`);
  }

  async events(name: string): Promise<string[]> {
    const { items } = await this.yard.cluster.objects(EVENTS).list({ namespace: this.name });
    return items.filter((event) => event.involvedObject.name === name).map((event) => event.reason);
  }
}
