/** The renderer of the person at the terminal: as the runtime renders, with what is on this machine. */

import { join } from 'node:path';
import { createCharts } from '../registry';
import { createRenderer, installedShim, type Renderer } from '../render';
import type { Commands } from './values';

export interface RendererChoice {
  readonly kustomizeShim?: string;
  readonly renderCommand?: Commands;
}

/** @param folder for what it keeps while it runs */
export function ownRenderer(folder: string, { kustomizeShim, renderCommand }: RendererChoice): Renderer {
  const shim = kustomizeShim ?? installedShim();
  const charts = createCharts({ folder: join(folder, 'charts') });
  return createRenderer({
    folder: join(folder, 'render'),
    pullChart: (chart, signal) => charts.pull(chart, signal),
    ...(shim === undefined ? {} : { shim }),
    ...(renderCommand === undefined ? {} : { commands: renderCommand }),
  });
}
