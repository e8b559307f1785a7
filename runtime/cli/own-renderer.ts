/** The renderer of the person at the terminal: as the runtime renders, with what is on this machine. */

import { join } from 'node:path';
import { messageOf, TransientError } from '../errors';
import { createCharts, type Charts } from '../registry';
import { createRenderer, installedShim, type Renderer } from '../render';
import { chartCredentials } from './chart-credentials';
import type { Terminal } from './terminal';
import type { Commands } from './values';

export interface RendererChoice {
  readonly kustomizeShim?: string;
  readonly renderCommand?: Commands;
}

/** @param folder for what it keeps while it runs */
export function ownRenderer(
  terminal: Terminal,
  folder: string,
  { kustomizeShim, renderCommand }: RendererChoice,
): Renderer {
  const shim = kustomizeShim ?? installedShim();
  return createRenderer({
    folder: join(folder, 'render'),
    pullChart: ownCharts(terminal, join(folder, 'charts')),
    ...(shim === undefined ? {} : { shim }),
    ...(renderCommand === undefined ? {} : { commands: renderCommand }),
  });
}

/** Pulls charts with the logins of the person; where they have none and it fails, that is said. */
function ownCharts(terminal: Terminal, folder: string): Charts['pull'] {
  const logins = chartCredentials(terminal);
  const strangers = new Set<string>();
  const charts = createCharts({
    folder,
    credentials: async (place) => {
      const found = await logins(place);
      if (found === undefined) strangers.add(place.split('/', 1).join(''));
      return found;
    },
  });
  return async (chart, signal) => {
    try {
      return await charts.pull(chart, signal);
    } catch (error) {
      const { host, protocol } = new URL(chart.repoURL);
      if (!(error instanceof TransientError) || !strangers.has(host)) throw error;
      const login =
        protocol === 'oci:' ? `helm registry login ${host}` : `helm repo add NAME ${chart.repoURL} --username USER`;
      throw new TransientError(
        `${messageOf(error)}. The command asks with your own logins, and neither docker nor helm has one for ${host}: if it wants one, ${login}`,
        error.retryAfterMs,
        { cause: error },
      );
    }
  };
}
