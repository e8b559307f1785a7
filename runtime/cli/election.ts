/** Whether of several runtimes one is elected, and as whom this one stands. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ElectionChoice } from '../dispatch';
import type { Cluster } from '../kube';
import type { Terminal } from './terminal';

export interface ElectionOptions {
  /** @default - whether this is a pod */
  readonly leaderElect?: boolean;
  readonly leaseNamespace?: string;
  readonly leaseName: string;
  /** Seconds. */
  readonly leaseDuration: number;
}

/** Whether this process runs in a pod of a cluster. */
export const isInCluster = ({ env }: Terminal): boolean => Boolean(env.KUBERNETES_SERVICE_HOST);

/** In proportion to the lease: until when a renewal counts, and how often it is tried. */
const RENEW_WITHIN = 10 / 15;
const RETRY_EVERY = 2 / 15;

/** @returns nothing where this runtime works alone */
export function electionFor(
  terminal: Terminal,
  cluster: Pick<Cluster, 'namespace'>,
  { leaderElect, leaseNamespace, leaseName, leaseDuration }: ElectionOptions,
): ElectionChoice | undefined {
  if (!(leaderElect ?? isInCluster(terminal))) return undefined;
  const leaseMs = leaseDuration * 1000;
  return {
    namespace: leaseNamespace ?? cluster.namespace,
    name: leaseName,
    // The name of the pod tells people who it is; the rest tells two processes of one pod apart.
    identity: `${hostname()}_${randomBytes(5).toString('hex')}`,
    times: { leaseMs, renewMs: leaseMs * RENEW_WITHIN, retryMs: leaseMs * RETRY_EVERY },
  };
}
