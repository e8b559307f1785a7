/** How files that are about to be written differ from what a branch shows. */

import type { Trees } from '../../journey';
import { treeDigest } from '../../journey';

/** Paths that a line names; more are counted. */
const NAMED = 6;

/** What becomes of one file. */
export interface FileChange {
  readonly path: string;
  /** Blob before; absent for a new file. */
  readonly before?: string;
  /** Blob after; absent for a file that goes. */
  readonly after?: string;
}

/**
 * Files that differ, sorted by path.
 *
 * @param shown path -> blob id of what the branch shows, of the files that are ours to replace or remove
 * @param files path -> blob id of what it would show
 */
export function fileChanges(
  shown: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
): FileChange[] {
  return [...new Set([...Object.keys(shown), ...Object.keys(files)])].sort().flatMap((path): FileChange[] => {
    const [before, after] = [shown[path], files[path]];
    return before === after ? [] : [{ path, ...(before && { before }), ...(after && { after }) }];
  });
}

const sign = ({ before, after }: FileChange): string => (before === undefined ? '+' : after === undefined ? '-' : '~');

/** The same as status says it: a digest over the files, a count, and a line. */
export function treesOf(shown: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>): Trees {
  const changes = fileChanges(shown, files);
  const named = changes.slice(0, NAMED).map((change) => `${sign(change)}${change.path}`);
  const rest = changes.length - named.length;
  return {
    digest: treeDigest(files),
    changed: changes.length,
    summary: changes.length === 0 ? 'no change' : `${named.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}`,
  };
}
