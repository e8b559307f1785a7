/** The HTTP side of `k8sta run`: probes and metrics, and webhooks and the dashboard where a port for them is named. */

import type { Runtime } from '../dispatch';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import type { Served } from '../server';
import type * as Server from '../server';
import { LONGEST_BODY } from '../webhooks';
import { isInCluster } from './election';
import type { Terminal } from './terminal';

export interface ProbeOptions {
  /** @default - all addresses */
  readonly address?: string;
  /** @default - 8080 in a cluster, none elsewhere */
  readonly port?: number;
  /** @default - no webhook is taken */
  readonly webhookPort?: number;
  /** @default - no dashboard is served */
  readonly dashboardPort?: number;
  /** @default - what `address` says */
  readonly dashboardAddress?: string;
}

/** The runtime, once there is one, and what keeps it from starting until then. */
export interface Progress {
  runtime?: Runtime;
  obstacle: string;
}

const CLUSTER_PORT = 8080;

/** @returns nothing where nobody is to be answered */
export async function serveProbes(
  terminal: Terminal,
  { address, port = isInCluster(terminal) ? CLUSTER_PORT : undefined }: ProbeOptions,
  progress: Progress,
  metrics: Metrics,
  log: Log,
): Promise<Served | undefined> {
  if (port === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- who serves nothing does not wait for its modules
  const { serve } = require('../server') as typeof Server;
  const served = await serve({
    ...(address === undefined ? {} : { address }),
    port,
    liveness: () => ({ problems: progress.runtime?.stuck() ?? [] }),
    readiness: () => progress.runtime?.readiness() ?? { problems: [progress.obstacle] },
    metrics: () => metrics.exposition(),
  });
  log.info({ address: address ?? '*', port: served.port }, 'Answering /livez, /readyz and /metrics');
  return served;
}

/** @returns nothing where no port is named */
export async function serveReception(
  { address, webhookPort: port }: ProbeOptions,
  { reception }: Runtime,
  log: Log,
): Promise<Served | undefined> {
  if (port === undefined) return undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  const { serveWebhooks } = require('../server') as typeof Server;
  const served = await serveWebhooks({
    ...(address === undefined ? {} : { address }),
    port,
    longestBody: LONGEST_BODY,
    take: (parcel) => reception.take(parcel),
  });
  log.info({ address: address ?? '*', port: served.port, receivers: reception.open() }, 'Taking webhooks');
  return served;
}
