/** The dashboard of `k8sta run`, where a port for it is named, and of the demo. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from '../dispatch';
import type { ConnectedCluster } from '../kube';
import type { Log } from '../log';
import type { Served } from '../server';
import type * as Server from '../server';
import { packageFolder } from './folder';
import type { ProbeOptions } from './probes';

/** Where the build puts the page; beside the code in a package, and in a clone. */
const page = (): string => join(packageFolder(), 'dist', 'runtime', 'dashboard');

/** Whether the page was built. */
export const hasPage = (): boolean => existsSync(join(page(), 'index.html'));

export interface DashboardChoice {
  readonly address?: string;
  readonly port: number;
  /** Nobody has to sign in: for a railyard. @default false */
  readonly open?: boolean;
}

/** @throws TerminalError where it cannot listen, or the page was not built */
export function openDashboard(
  { open = false, ...place }: DashboardChoice,
  { sight }: Pick<Runtime, 'sight'>,
  cluster: ConnectedCluster,
  log: Log,
): Promise<Served> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- who serves nothing does not wait for its modules
  const { serveDashboard } = require('../server') as typeof Server;
  return serveDashboard({ ...place, open, page: page(), sight, cluster, log });
}

/** @returns nothing where no port is named */
export async function serveBoard(
  { address, dashboardAddress = address, dashboardPort: port }: ProbeOptions,
  runtime: Runtime,
  cluster: ConnectedCluster,
  log: Log,
): Promise<Served | undefined> {
  if (port === undefined) return undefined;
  const where = { port, ...(dashboardAddress === undefined ? {} : { address: dashboardAddress }) };
  const served = await openDashboard(where, runtime, cluster, log);
  log.info({ address: dashboardAddress ?? '*', port: served.port }, 'Serving the dashboard');
  return served;
}
