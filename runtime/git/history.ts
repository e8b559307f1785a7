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
  '--format=%x01%H',
] as const;

export const parseHistory = (stdout: string): CommitPaths[] =>
  stdout
    .split('\u0001')
    .slice(1)
    .map((entry) => {
      const [commit = '', ...paths] = entry.split('\0').map((part) => part.replace(/^\n/, ''));
      return { commit, paths: paths.filter((path) => path !== '') };
    });
