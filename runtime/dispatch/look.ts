/** The job `look`: what a subscription would choose now, by its kind (rule B1). A look that fails changes nothing. */

import { TerminalError } from '../errors';
import type { Look, LookJob } from '../journey';
import type { Registry } from '../registry';
import { lookAtImages, type ReadSecret } from './look-images';

export interface LookTools {
  readonly registry: Registry;
  readonly secret: ReadSecret;
}

export async function look(tools: LookTools, job: LookJob, signal: AbortSignal): Promise<Look> {
  const { images, name } = job.subscription;
  if (images !== undefined) return lookAtImages(tools, images, job, signal);
  throw new TerminalError(`subscription ${name} is of a kind that is not looked at`);
}
