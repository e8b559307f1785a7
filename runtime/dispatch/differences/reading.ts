/** What a person's command sees of a cluster: the caches of one namespace, filled once, with the rights of that person. */

import type { StationSnapshot } from '../../journey';
import { systemClock, type Cluster } from '../../kube';
import type { Log } from '../../log';
import { factsOf, stationSnapshotOf } from '../caches/snapshot';
import { World } from '../caches/world';

export interface ReadingOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly log: Log;
}

/** Does something with the caches. Applications and credentials are not in them: a person may not be able to read these. */
export async function reading<T>(
  { cluster, namespace, log }: ReadingOptions,
  use: (world: World) => Promise<T>,
): Promise<T> {
  const scope = { namespaces: [namespace], argocdNamespaces: [], credentialNames: [] };
  const world = new World({ ...scope, cluster, credentialsNamespace: namespace, clock: systemClock, log });
  try {
    await world.start();
    return await use(world);
  } finally {
    await world.stop();
  }
}

/** A station as a decision of now would see it, with no job done; `undefined` where it cannot be read or does not exist. */
export function stationNow(world: World, key: string): StationSnapshot | undefined {
  const now = new Date(systemClock.now());
  const facts = factsOf(world, () => now, {}, { job: () => undefined, faults: () => [] });
  return stationSnapshotOf(world, key, { now, facts });
}
