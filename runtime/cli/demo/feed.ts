/** The network as the cluster shows it, kept up to date: what the view draws. */

import type { Station, Ticket, Track } from '../../../lib/api';
import { metadataOf, Store, type Cluster, type Identity } from '../../kube';
import type { Log } from '../../log';
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

function knownApplication({ metadata, status }: LiveApplication): KnownApplication {
  return {
    metadata,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    ...(status?.sync?.status === undefined ? {} : { sync: status.sync.status }),
    ...(status?.sync?.revision === undefined ? {} : { revision: status.sync.revision }),
    ...(status?.health?.status === undefined ? {} : { health: status.health.status }),
    ...(status?.summary?.images === undefined ? {} : { images: status.summary.images }),
  };
}

/** Resolves when everything was seen once. */
export async function followNetwork(cluster: Cluster, log: Log): Promise<NetworkFeed> {
  const tracks = new Store<Track>({ log, identity: metadataOf });
  const stations = new Store<Station>({ log, identity: metadataOf });
  const tickets = new Store<Ticket>({ log, identity: metadataOf });
  const applications = new Store<KnownApplication>({ log, identity: metadataOf });
  const same = <T>(object: T): T => object;
  const reflectors = [
    cluster.reflector({ resource: resources.tracks, store: tracks, project: same<Track>, log }),
    cluster.reflector({ resource: resources.stations, store: stations, project: same<Station>, log }),
    cluster.reflector({ resource: resources.tickets, store: tickets, project: same<Ticket>, log }),
    cluster.reflector({
      resource: resources.applications,
      store: applications,
      project: knownApplication,
      log,
    }),
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
      tracks: tracks.list(),
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
