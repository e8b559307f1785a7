/** The shim's native build where there is one that gives the same bytes, its WebAssembly everywhere else. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../errors';
import { type Log } from '../../log';
import { ShimProcess } from './process';
import { type Shim, type ShimSource } from './shim';
import { shipped } from './shipped';

/** The native shim that was installed with this package, as in its container image; `undefined` where none was. */
export function installedShim(): string | undefined {
  const path = join(__dirname, 'kustomize-shim');
  return existsSync(path) ? path : undefined;
}

/**
 * @param path the native shim
 * @param fallback what starts once the native one did not, until the next rest
 */
export function nativeOr(fallback: ShimSource, path: string, memoryBytes: number, log: Log): ShimSource {
  let refused = false;
  return {
    async start(signal) {
      if (refused) return fallback.start(signal);
      try {
        return await matching(path, memoryBytes, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!refused) {
          log.warn(
            { shim: path, error: messageOf(error) },
            'The native renderer cannot be used: rendering goes on in WebAssembly, which gives the same and is slower',
          );
        }
        refused = true;
        return fallback.start(signal);
      }
    },
    rest() {
      refused = false;
      fallback.rest();
    },
  };
}

/** @throws Error when what starts there was not built from the same sources as the WebAssembly */
async function matching(path: string, memoryBytes: number, signal: AbortSignal): Promise<Shim> {
  const { shim, versions } = await ShimProcess.start(path, memoryBytes, signal);
  if (versions === JSON.stringify(shipped)) return shim;
  await shim.stop();
  throw new Error(
    `${path} is of another version than this package: it says ${versions.slice(0, 200)}, not ${JSON.stringify(shipped)}; ` +
      'build it from this version with "npm run build:shim"',
  );
}
