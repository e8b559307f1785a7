/** Programs of Debian that a test meets for real: the machine's own, or taken out of their packages, nothing installed. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8sta', 'debian');

/** Where the machine has a program of this name. */
export const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/**
 * A folder that holds the files of packages as `/` would, kept for the next time.
 *
 * @throws Error where this machine cannot fetch them: what needs them cannot be left out
 */
export function unpacked(...packages: readonly string[]): string {
  const folder = join(cache, packages.join('+'));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(join(cache, '.unfinished-'));
  try {
    const root = join(unfinished, 'root');
    execFileSync('apt-get', ['-qq', 'download', ...packages], { cwd: unfinished, stdio: 'pipe' });
    for (const file of readdirSync(unfinished)) execFileSync('dpkg-deb', ['-x', file, 'root'], { cwd: unfinished });
    // Another process may have been faster; its files are the same.
    if (!existsSync(folder)) renameSync(root, folder);
    return folder;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${packages.join(', ')} could not be had; apt-get update, or install them: ${why}`, {
      cause: error,
    });
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
