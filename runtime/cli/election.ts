/** Whether of several runtimes one is elected, and as whom this one stands. */

import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ElectionChoice } from '../dispatch';
import type { Cluster } from '../kube';
import type { Terminal } from './terminal';

export interface ElectionOptions {
  /** @default - whether this is a pod */
  readonly leaderElect?: boolean;
  readonly leaseNamespace?: string;
  /** @default `k8sta`, or one of its own for each shard */
  readonly leaseName?: string;
  /** Label selector of the tracks that are carried. @default - all */
  readonly shard?: string;
  /** Seconds. */
  readonly leaseDuration: number;
}

/** Whether this process runs in a pod of a cluster. */
export const isInCluster = ({ env }: Terminal): boolean => Boolean(env.KUBERNETES_SERVICE_HOST);

/** In proportion to the lease: until when a renewal counts, and how often it is tried. */
const RENEW_WITHIN = 10 / 15;
const RETRY_EVERY = 2 / 15;

const LEASE = 'k8sta';

/** A few letters that stand for a selector, which may hold what a name may not. */
const fingerprint = (selector: string): string => createHash('sha256').update(selector).digest('hex').slice(0, 10);

/** @returns nothing where this runtime works alone */
export function electionFor(
  terminal: Terminal,
  cluster: Pick<Cluster, 'namespace'>,
  { leaderElect, leaseNamespace, leaseName, leaseDuration, shard }: ElectionOptions,
): ElectionChoice | undefined {
  if (!(leaderElect ?? isInCluster(terminal))) return undefined;
  const leaseMs = leaseDuration * 1000;
  return {
    namespace: leaseNamespace ?? cluster.namespace,
    name: leaseName ?? (shard === undefined ? LEASE : `${LEASE}-${fingerprint(shard)}`),
    // The name of the pod tells people who it is; the rest tells two processes of one pod apart.
    identity: `${hostname()}_${randomBytes(5).toString('hex')}`,
    times: { leaseMs, renewMs: leaseMs * RENEW_WITHIN, retryMs: leaseMs * RETRY_EVERY },
  };
}
