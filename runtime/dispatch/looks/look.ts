/** The job `look`: what a subscription would choose now, by its kind (rule B1). A look that fails changes nothing. */

import { TerminalError } from '../../errors';
import type { Look, LookJob } from '../../journey';
import type { Charts, Registry } from '../../registry';
import { lookAtChart } from './look-chart';
import { lookAtImages, type ReadSecret } from './look-images';

export interface LookTools {
  readonly registry: Registry;
  readonly charts: Charts;
  readonly secret: ReadSecret;
}

export async function look(tools: LookTools, job: LookJob, signal: AbortSignal): Promise<Look> {
  const { images, chart, name } = job.subscription;
  if (images !== undefined) return lookAtImages(tools, images, job, signal);
  if (chart !== undefined) return lookAtChart(tools, chart, job, signal);
  throw new TerminalError(`subscription ${name} is of a kind that is not looked at`);
}
