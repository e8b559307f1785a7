/** What the commits of a branch touched, as Git lists it. */

import type { CommitPaths } from './contract';

/** A merge counts as what it brought to its first parent. Renames are two paths, which needs no file contents. */
export const HISTORY = [
  'log',
  '--first-parent',
  '-m',
  '--no-renames',
  '--name-only',
  '-z',
  '--no-show-signature',
  '--format=%x00%H',
] as const;

/** A commit follows an empty part, which no path is; the first path after it follows a line feed. */
export function parseHistory(stdout: string): CommitPaths[] {
  const history: { commit: string; paths: string[] }[] = [];
  let isCommitNext = false;
  for (const part of stdout.split('\0')) {
    const last = history.at(-1);
    if (part === '') isCommitNext = true;
    else if (isCommitNext) {
      history.push({ commit: part, paths: [] });
      isCommitNext = false;
    } else last?.paths.push(last.paths.length === 0 ? part.replace(/^\n/, '') : part);
  }
  return history;
}
