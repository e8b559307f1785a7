/** The caches: what the runtime knows of the cluster, and how to find it. */

import { hasEnded, LABELS, type ApplicationReference, type Station, type Ticket, type Track } from '../../../lib/api';
import { parseStation, parseTicket, parseTrack } from '../../../lib/api/validation';
import { branchKey, branchKeysOf, projectApplication } from '../../argocd';
import { type ApplicationView } from '../../journey';
import {
  keyOf,
  metadataOf,
  Store,
  type Cluster,
  type Clock,
  type Identity,
  type Follower,
  type KubeObject,
  type Reflection,
  type ReflectorHealth,
} from '../../kube';
import type { Log } from '../../log';
import { ANALYSIS_RUNS } from '../../rollouts';
import { Analyses } from './analyses';
import { APPLICATIONS, secretValues, SECRETS, STATIONS, TICKETS, TRACKS, type Secret } from '../../resources';
import { Shard } from './shard';

/** A resource of ours as it is kept: read, or with the reasons why it cannot be. */
export type Kept<T> = { readonly metadata: Identity } & (
  | { readonly resource: T; readonly problems?: undefined }
  | { readonly resource?: undefined; readonly problems: readonly string[]; readonly stored: KubeObject }
);

/** A labelled credential: the prefix of what it serves, and its secret values. */
export interface KeptCredential {
  readonly metadata: Identity;
  readonly serves: string;
  /** Since when the Secret is there, RFC 3339. */
  readonly created: string;
  readonly values: Readonly<Record<string, string>>;
}

type Parse<T> = (raw: unknown) => { readonly resource: T } | { readonly problems: readonly string[] };

/** Reads what is stored. What a reply to a write has shown is not read again when the watch shows it. */
function keep<T>(parse: Parse<T>, store: { get(key: string): Kept<T> | undefined }) {
  return (stored: KubeObject): Kept<T> => {
    const { name, namespace, uid, resourceVersion } = stored.metadata;
    const held = store.get(keyOf(stored.metadata));
    if (held?.metadata.uid === uid && held.metadata.resourceVersion === resourceVersion) return held;
    const metadata = { name, uid, resourceVersion, ...(namespace === undefined ? {} : { namespace }) };
    const parsed = parse(stored);
    return 'resource' in parsed
      ? { metadata, resource: parsed.resource }
      : { metadata, problems: parsed.problems, stored };
  };
}

const junctionKeys = ({ metadata, spec }: Station): string[] =>
  spec.junctions.map(({ track, namespace = metadata.namespace }) => keyOf({ namespace, name: track }));

const stationKeys = (track: Track): string[] =>
  track.spec.stations.map(({ name }) => keyOf({ namespace: track.metadata.namespace, name }));

/** The station that an unfinished ticket stands before, is in, or visits alone. */
export function standingKeys(ticket: Ticket | undefined): string[] {
  if (ticket === undefined || hasEnded(ticket.status)) return [];
  const { spec, status, metadata } = ticket;
  const name = spec.express?.station ?? spec.rollback?.station ?? status?.station;
  return name === undefined ? [] : [keyOf({ namespace: metadata.namespace, name })];
}

/** The station that a ticket visits alone, whether or not it has ended. */
function singleKeys(ticket: Ticket | undefined): string[] {
  const name = ticket?.spec.express?.station ?? ticket?.spec.rollback?.station;
  return ticket === undefined || name === undefined ? [] : [keyOf({ namespace: ticket.metadata.namespace, name })];
}

/** Tickets that an unfinished ticket names (rule H2). */
function namedBy(ticket: Ticket | undefined): string[] {
  if (ticket === undefined || hasEnded(ticket.status)) return [];
  const { parent, retryOf, failed } = ticket.spec.origin ?? {};
  const origins = [parent, retryOf, failed].flatMap((one) => one?.uid ?? []);
  return [...origins, ...(ticket.status?.absorbed ?? []).map(({ uid }) => uid)];
}

/** Tickets that a station names besides its occupant: who shut it, and from whom a rollback took it. */
const stoppedBy = (station: Station | undefined): string[] => {
  const { holdBy, haltBy, occupant } = station?.status ?? {};
  return [holdBy, haltBy, ...(occupant?.displaced ?? [])].flatMap((one) => one?.uid ?? []);
};

/** What of a cluster a runtime looks at; it needs no rights beyond. */
export interface Scope {
  /** Where Tracks, Stations and Tickets are. @default - all namespaces */
  readonly namespaces?: readonly string[];
  /** Where Applications are. @default - all namespaces */
  readonly argocdNamespaces?: readonly string[];
  /** Names of the operator's credentials. @default - every Secret of their namespace that has the label */
  readonly credentialNames?: readonly string[];
  /** Label selector of the Tracks that are carried; others are seen and left to others. @default - all */
  readonly shard?: string;
}

/** A labelled Secret as it is kept. */
export function credentialIn(secret: Secret): KeptCredential {
  const { metadata } = secret;
  const { url = '', ...values } = secretValues(secret);
  const { name, namespace, uid, resourceVersion, labels, creationTimestamp = '' } = metadata;
  return {
    metadata: { name, uid, resourceVersion, ...(namespace ? { namespace } : {}) },
    serves: `${labels?.[LABELS.credential] ?? ''} ${url}`,
    created: creationTimestamp,
    values,
  };
}

export interface WorldOptions extends Scope {
  readonly cluster: Cluster;
  /** Where the operator's labelled credentials are; those of other namespaces are never read. */
  readonly credentialsNamespace: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** How one cache fares. */
export interface CacheHealth extends ReflectorHealth {
  readonly kind: string;
}

/** Caches of everything that decisions read. */
export class World {
  readonly tracks: Store<Kept<Track>, 'station' | 'uid'>;
  readonly stations: Store<Kept<Station>, 'application' | 'branch' | 'occupant' | 'junction' | 'stop'>;
  readonly tickets: Store<
    Kept<Ticket>,
    'track' | 'uid' | 'station' | 'parent' | 'failed' | 'superseder' | 'names' | 'single'
  >;
  readonly applications: Store<ApplicationView, 'branch'>;
  readonly credentials: { list(): KeptCredential[] };
  /** Absent where this runtime carries every track. */
  readonly shard: Shard | undefined;
  /** Where Applications are looked for. Absent means everywhere. */
  readonly argocdNamespaces: readonly string[] | undefined;
  /** When Argo CD was last asked to look at an Application again, by this runtime. */
  private readonly asked = new Map<string, Date>();
  readonly analyses: Analyses;
  private readonly reflectors: readonly { readonly kind: string; readonly reflector: Follower }[];
  private readonly writers: {
    readonly Track: Reflection<KubeObject & Track>;
    readonly Station: Reflection<KubeObject & Station>;
    readonly Ticket: Reflection<KubeObject & Ticket>;
    readonly Application: Reflection<KubeObject>;
  };

  constructor(options: WorldOptions) {
    const { cluster, credentialsNamespace, credentialNames, clock, log } = options;
    this.argocdNamespaces = options.argocdNamespaces;
    const networks = options.namespaces === undefined ? {} : { namespaces: options.namespaces };
    const applications = options.argocdNamespaces === undefined ? {} : { namespaces: options.argocdNamespaces };
    const selector = options.shard;
    this.shard = selector === undefined ? undefined : new Shard({ ...networks, cluster, selector, clock, log });
    this.tracks = new Store<Kept<Track>, 'station' | 'uid'>({
      log,
      identity: metadataOf,
      indexes: {
        station: (kept) => (kept.resource ? stationKeys(kept.resource) : []),
        uid: ({ metadata }) => [metadata.uid],
      },
    });
    this.stations = new Store<Kept<Station>, 'application' | 'branch' | 'occupant' | 'junction' | 'stop'>({
      log,
      identity: metadataOf,
      indexes: {
        application: (kept) => (kept.resource?.spec.applications ?? []).map((reference) => keyOf(reference)),
        branch: (kept) => (kept.resource?.spec.applications ?? []).map(branchKey),
        junction: ({ resource }) => (resource === undefined ? [] : junctionKeys(resource)),
        occupant: ({ resource }) => (resource?.status?.occupant ? [resource.status.occupant.uid] : []),
        stop: ({ resource }) => stoppedBy(resource),
      },
    });
    this.tickets = new Store<
      Kept<Ticket>,
      'track' | 'uid' | 'station' | 'parent' | 'failed' | 'superseder' | 'names' | 'single'
    >({
      log,
      identity: metadataOf,
      indexes: {
        track: ({ resource, metadata: { namespace } }) =>
          resource?.spec.track === undefined
            ? []
            : [keyOf({ ...(namespace ? { namespace } : {}), name: resource.spec.track })],
        uid: ({ metadata }) => [metadata.uid],
        station: ({ resource }) => standingKeys(resource),
        names: ({ resource }) => namedBy(resource),
        single: ({ resource }) => singleKeys(resource),
        failed: ({ resource }) => (resource?.spec.origin?.failed ? [resource.spec.origin.failed.uid] : []),
        superseder: ({ resource }) => (resource?.status?.supersededBy ? [resource.status.supersededBy.uid] : []),
        parent: ({ resource }) => {
          const parent = resource?.spec.origin?.parent;
          return parent === undefined ? [] : [parent.uid];
        },
      },
    });
    this.applications = new Store({ log, identity: (view) => view, indexes: { branch: branchKeysOf } });
    this.applications.onChange((key, _before, after) => void (after === undefined && this.asked.delete(key)));
    this.analyses = new Analyses({ cluster, clock, log, ...networks });

    const omit = [{ key: 'managedFields' }];
    this.writers = {
      Track: cluster.reflector({
        ...networks,
        resource: TRACKS,
        store: this.tracks,
        project: keep(parseTrack, this.tracks),
        omit,
        log,
        clock,
      }),
      Station: cluster.reflector({
        ...networks,
        resource: STATIONS,
        store: this.stations,
        project: keep(parseStation, this.stations),
        omit,
        log,
        clock,
      }),
      Ticket: cluster.reflector({
        ...networks,
        resource: TICKETS,
        store: this.tickets,
        project: keep(parseTicket, this.tickets),
        omit,
        log,
        clock,
      }),
      Application: cluster.reflector({
        ...applications,
        resource: APPLICATIONS,
        store: this.applications,
        project: projectApplication,
        omit: [...omit, { key: 'resources', unless: '"requiresPruning":true' }, { key: 'history' }],
        log,
        clock,
      }),
    };
    // By name they can be asked for with a right to these names alone.
    const selections = credentialNames?.map((name) => ({ fieldSelector: `metadata.name=${name}` })) ?? [{}];
    const credentials = selections.map((selection) => {
      const store = new Store<KeptCredential>({ log, identity: metadataOf });
      const reflector = cluster.reflector({
        ...selection,
        resource: SECRETS,
        store,
        namespaces: [credentialsNamespace],
        labelSelector: LABELS.credential,
        project: credentialIn,
        log,
        clock,
      });
      return { store, reflector };
    });
    this.credentials = { list: () => credentials.flatMap(({ store }) => store.list()) };
    const secrets = credentials.map(({ reflector }) => ['credential Secret', reflector] as const);
    const share = this.shard ? [["shard's Track", this.shard.follower] as const] : [];
    this.reflectors = [...Object.entries(this.writers), ...secrets, ...share].map(([kind, reflector]) => ({
      kind,
      reflector,
    }));
  }

  /** Begins to fill the caches; resolves when all have been listed. */
  async start(): Promise<void> {
    for (const { reflector } of this.reflectors) reflector.start();
    const listed = this.reflectors.map(({ reflector }) => reflector.synced());
    await Promise.all([...listed, this.analyses.followWherePossible()]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.reflectors.map(({ reflector }) => reflector.stop()), this.analyses.stop()]);
  }

  /** Takes the server's reply to a write of ours into the cache, so that the next decision sees it. */
  observe(written: KubeObject): void {
    switch (written.kind) {
      case 'Track':
        return this.writers.Track.observe(written as KubeObject & Track);
      case 'Station':
        return this.writers.Station.observe(written as KubeObject & Station);
      case 'Ticket':
        return this.writers.Ticket.observe(written as KubeObject & Ticket);
      case ANALYSIS_RUNS.kind:
        return this.analyses.observe(written);
      default:
        return this.writers.Application.observe(written);
    }
  }

  /** The Application that a station names, as it is live. */
  application(reference: Pick<ApplicationReference, 'namespace' | 'name'>): ApplicationView | undefined {
    return this.applications.get(keyOf(reference));
  }

  /** Argo CD has been asked to look at an Application again. */
  noteAsked(reference: Pick<ApplicationReference, 'namespace' | 'name'>, at: Date): void {
    this.asked.set(keyOf(reference), at);
  }

  /** When it was last asked to, by this runtime. */
  askedAt(reference: Pick<ApplicationReference, 'namespace' | 'name'>): Date | undefined {
    return this.asked.get(keyOf(reference));
  }

  /** Whether Applications of a namespace are looked at at all. */
  seesApplicationsIn(namespace: string): boolean {
    return this.argocdNamespaces?.includes(namespace) ?? true;
  }

  /** All Applications that sync a branch. */
  onBranch(branch: { readonly repoURL: string; readonly branch: string }): readonly ApplicationView[] {
    return this.applications.find('branch', branchKey(branch));
  }

  /** How the caches fare, by the name that people know their kind by. */
  health(): readonly CacheHealth[] {
    return this.reflectors.map(({ kind, reflector }) => ({ kind, ...reflector.health() }));
  }
}
