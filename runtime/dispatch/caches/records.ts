/** Ticket and station as the server has them now: read past the cache, around a push (rule D5). */

import type { Station, Ticket } from '../../../lib/api';
import { isOnRecord, type LandJob } from '../../journey';
import { keyOf, type Cluster, type KubeObject } from '../../kube';
import { Unavailable } from '../jobs/job-board';
import { STATIONS, TICKETS } from '../../resources';
import type { World } from './world';

/** Reads one object past the cache; the cache learns of it. `undefined` where it is gone. */
export interface Records {
  ticket(namespace: string, name: string): Promise<Ticket | undefined>;
  station(namespace: string, name: string): Promise<Station | undefined>;
}

export function liveRecords(cluster: Cluster, world: World): Records {
  const taken = <K extends KubeObject>(object: K | undefined): boolean => {
    if (object !== undefined) world.observe(object);
    return object !== undefined;
  };
  return {
    ticket: async (namespace, name) =>
      taken(await cluster.objects(TICKETS).get({ namespace, name }))
        ? world.tickets.get(keyOf({ namespace, name }))?.resource
        : undefined,
    station: async (namespace, name) =>
      taken(await cluster.objects(STATIONS).get({ namespace, name }))
        ? world.stations.get(keyOf({ namespace, name }))?.resource
        : undefined,
  };
}

/** @throws Unavailable where the record of a push is not what it was decided on: it is decided again on the present one */
export async function confirmRecord(records: Records, job: LandJob): Promise<void> {
  const [ticket, station] = await Promise.all([
    records.ticket(job.namespace, job.ticket),
    records.station(job.namespace, job.station),
  ]);
  if (isOnRecord(job, ticket, station)) return;
  throw new Unavailable(
    'Pushing',
    `ticket ${job.ticket} or station ${job.station} has changed since the push was decided: decides again`,
  );
}
