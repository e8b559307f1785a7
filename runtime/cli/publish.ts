/** `k8sta railyard publish`: puts an image into the running railyard's registry, as a team's CI would. */

import { resolve } from 'node:path';
import { publishImage } from '../railyard/registry';
import { findRunning } from './running';
import { EXIT, type ExitCode, print, type Terminal } from './terminal';

export interface PublishOptions {
  readonly image: string;
  readonly folder?: string;
  readonly registry?: string;
}

export async function publish(terminal: Terminal, options: PublishOptions): Promise<ExitCode> {
  const { image, folder } = options;
  const registry =
    options.registry ??
    (await findRunning(folder === undefined ? undefined : resolve(terminal.cwd, folder))).registryURL;
  await publishImage(registry, image);
  print(terminal.out, `published ${image} to ${registry}`);
  return EXIT.done;
}
