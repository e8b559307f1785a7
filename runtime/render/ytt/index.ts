/**
 * ytt, by the program of that name: `base/`, then the overlay, as templates, schemas and overlays of ytt.
 * Lives here: what the private folder holds, and the arguments. May not: let a name of a team become an option.
 */

import { BASE, isWithin } from '../detection';
import { type ProgramCall } from '../program';

const OVERLAY = 'overlay';

/** Files of the private folder: `base` and `overlay`, by names that are ours. */
export function yttFiles(
  files: ReadonlyMap<string, Uint8Array>,
  overlay: string,
): (readonly [path: string, content: Uint8Array])[] {
  return [...files].flatMap(([path, content]): (readonly [string, Uint8Array])[] => {
    if (isWithin(path, overlay)) return [[`${OVERLAY}/${path.slice(overlay.length + 1)}`, content]];
    return isWithin(path, BASE) ? [[path, content]] : [];
  });
}

export function yttCall(files: ReadonlyMap<string, unknown>, program: string): ProgramCall {
  const base = [...files.keys()].some((path) => isWithin(path, BASE)) ? [`--file=${BASE}`] : [];
  return {
    name: 'ytt',
    program,
    version: { args: ['version'], pattern: /v?\d+\.\d+\.\d+\S*/ },
    args: [...base, `--file=${OVERLAY}`, '--output=yaml'],
    remedy: 'Put ytt into its container image, or name it with --render-command ytt=<file>',
  };
}
