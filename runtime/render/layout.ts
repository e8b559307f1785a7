/** The files of a rendered branch. Pure. */

import { createHash } from 'node:crypto';
import { TerminalError } from '../errors';
import { type Manifest, groupOf, nameOf } from './manifest';
import { toYaml } from './yaml';

/** Where everything stands with the layout `SingleFile`. */
const SINGLE_FILE = 'all.yaml';

/** File systems end at 255 bytes; a digest and the extension follow what is cut. */
const LONGEST = 220;

/** Names that Windows gives to devices, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Path -> YAML. The same objects give the same bytes: keys are sorted at every level, lines are never folded, and texts
 * that some reader of YAML 1.1 or 1.2 would take for something else are quoted.
 *
 * `Files`: one file for each object, `<kind>.<group>_<namespace>_<name>.yaml` (`deployment.apps_shop_web.yaml`), the kind
 * in lower case, without the group in the core group and without the namespace where the manifest names none; other
 * characters than letters, digits, `.` and `-` stand as `%3a`, and a name too long for a file is cut and ends with a
 * digest. All stand at the root, where Argo CD's plain directory looks without being told to look deeper: below it
 * are only files that are not manifests.
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

/** Nothing in a path separates, hides, means a device or is too long, and no two objects share one by accident. */
function pathOf(manifest: Manifest): string {
  const { name, namespace } = manifest.metadata;
  const group = groupOf(manifest);
  const kind = manifest.kind.toLowerCase() + (group && `.${group}`);
  const fields = namespace ? [kind, namespace, name] : [kind, name];
  const plain = fields.map((field) => field.replace(/[^A-Za-z\d.-]/gu, encoded)).join('_');
  const safe = DEVICE.test(plain) || plain.startsWith('.') ? encoded(plain.charAt(0)) + plain.slice(1) : plain;
  if (safe.length <= LONGEST) return `${safe}.yaml`;
  return `${safe.slice(0, LONGEST)}%${createHash('sha256').update(safe).digest('hex').slice(0, 16)}.yaml`;
}

function encoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
