/** The network as the cluster shows it, kept up to date: what the view draws. */

import type { Station, Ticket, Track } from '../../../lib/api';
import { metadataOf, Store, type Cluster, type Identity } from '../../kube';
import type { Log } from '../../log';
import { applicationState } from '../application-state';
import { resources, type LiveApplication } from '../cluster';
import type { ApplicationState, Snapshot } from '../view';

export interface NetworkFeed {
  snapshot(): Snapshot;
  /** Called after any change; it must be quick. @returns a function that ends the calls */
  onChange(listener: () => void): () => void;
  /** Called with each version of a ticket that the cluster tells, and the one before it. */
  onTicket(listener: (before: Ticket | undefined, after: Ticket) => void): void;
  stop(): Promise<void>;
}

type KnownApplication = ApplicationState & { readonly metadata: Identity };

const knownApplication = (application: LiveApplication): KnownApplication => ({
  metadata: application.metadata,
  ...applicationState(application),
});

/** What is followed. */
export interface FeedScope {
  /** Of tracks, stations and tickets. @default - all */
  readonly namespaces?: readonly string[];
  /** Of Applications; none, where the list is empty. @default - all */
  readonly applicationNamespaces?: readonly string[];
  /** Name of the one track that is told. @default - all */
  readonly track?: string;
}

/** Resolves when everything was seen once. */
export async function followNetwork(cluster: Cluster, log: Log, scope: FeedScope = {}): Promise<NetworkFeed> {
  const tracks = new Store<Track>({ log, identity: metadataOf });
  const stations = new Store<Station>({ log, identity: metadataOf });
  const tickets = new Store<Ticket>({ log, identity: metadataOf });
  const applications = new Store<KnownApplication>({ log, identity: metadataOf });
  const same = <T>(object: T): T => object;
  const { namespaces, applicationNamespaces, track: only } = scope;
  const within = namespaces === undefined ? {} : { namespaces };
  const reflectors = [
    cluster.reflector({ resource: resources.tracks, store: tracks, project: same<Track>, ...within, log }),
    cluster.reflector({ resource: resources.stations, store: stations, project: same<Station>, ...within, log }),
    cluster.reflector({ resource: resources.tickets, store: tickets, project: same<Ticket>, ...within, log }),
    ...(applicationNamespaces?.length === 0
      ? []
      : [
          cluster.reflector({
            resource: resources.applications,
            store: applications,
            project: knownApplication,
            ...(applicationNamespaces === undefined ? {} : { namespaces: applicationNamespaces }),
            log,
          }),
        ]),
  ];
  for (const reflector of reflectors) reflector.start();
  const stop = async (): Promise<void> => void (await Promise.all(reflectors.map((reflector) => reflector.stop())));
  try {
    await Promise.all(reflectors.map((reflector) => reflector.synced(20_000)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    snapshot: () => ({
      tracks: tracks.list().filter(({ metadata }) => only === undefined || metadata.name === only),
      stations: stations.list(),
      tickets: tickets.list(),
      applications: applications.list(),
    }),
    onChange(listener) {
      const ends = [tracks, stations, tickets, applications].map((store) => store.onChange(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    onTicket(listener) {
      tickets.onChange((_key, before, after) => {
        if (after !== undefined) listener(before, after);
      });
    },
    stop,
  };
}
