/** The files of a rendered branch. Pure. */

import { createHash } from 'node:crypto';
import { TerminalError } from '../errors';
import { type Manifest, groupOf, nameOf } from './manifest';
import { toYaml } from './yaml';

/** Where everything stands with the layout `SingleFile`. */
const SINGLE_FILE = 'all.yaml';

/** File systems end at 255 bytes; a digest and the extension follow what is cut. */
const LONGEST_SEGMENT = 220;

/** Names that Windows gives to devices, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Path -> YAML. The same objects give the same bytes: keys are sorted at every level, lines are never folded, and texts
 * that some reader of YAML 1.1 or 1.2 would take for something else are quoted.
 *
 * `Files`: one file for each object, `<group or core>/<kind>/<namespace or _>/<name>.yaml`, the kind in lower case and
 * `_` where the manifest names no namespace; other characters than letters, digits, `.`, `_` and `-` stand as `%3a`, and a
 * name that is too long for a file is cut and ends with a digest.
 * `SingleFile`: `all.yaml`, objects in the order given.
 *
 * @throws TerminalError (`RenderFailed`) naming both objects, when two would be one file where case does not count
 */
export function branchFiles(
  manifests: readonly Manifest[],
  layout: 'Files' | 'SingleFile',
): ReadonlyMap<string, string> {
  if (layout === 'SingleFile') {
    return new Map(manifests.length === 0 ? [] : [[SINGLE_FILE, manifests.map(toYaml).join('---\n')]]);
  }
  const folded = new Map<string, Manifest>();
  const files = new Map<string, string>();
  for (const manifest of manifests) {
    const path = pathOf(manifest);
    const other = folded.get(path.toLowerCase());
    if (other !== undefined) {
      throw new TerminalError(
        `${nameOf(other)} and ${nameOf(manifest)} would be one file on a file system that ignores case: ${path}. ` +
          'Rename one of them, or choose the layout SingleFile.',
        'RenderFailed',
      );
    }
    folded.set(path.toLowerCase(), manifest);
    files.set(path, toYaml(manifest));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pathOf(manifest: Manifest): string {
  const { name, namespace } = manifest.metadata;
  const folders = [groupOf(manifest) || 'core', manifest.kind.toLowerCase(), namespace || '_'];
  return [...folders.map(segment), `${segment(name)}.yaml`].join('/');
}

/** A name as one segment of a path: nothing in it separates, hides, ends early, means a device or is too long. */
function segment(name: string): string {
  const plain = name.replace(/[^A-Za-z\d._-]/gu, encoded);
  const first = DEVICE.test(plain) || plain.startsWith('.') ? encoded(plain.charAt(0)) + plain.slice(1) : plain;
  const safe = first.endsWith('.') ? `${first.slice(0, -1)}%2e` : first;
  if (safe.length <= LONGEST_SEGMENT) return safe;
  return `${safe.slice(0, LONGEST_SEGMENT)}%${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

function encoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
