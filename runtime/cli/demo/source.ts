/** The source repository of the example, as its developers would make it: laid out, filled, pushed. */

import { cp, mkdir, rm } from 'node:fs/promises';
import { DEFAULT_SOURCE_BRANCH } from '../../../lib/api';
import { git } from './git';

export interface Source {
  readonly url: string;
  /** The example's own files. */
  readonly files: string;
  /** Where the work tree may be made; removed afterwards. */
  readonly workFolder: string;
  /** Fills in what the network wants and the example does not bring; never overwrites. */
  readonly layOut: (folder: string) => Promise<void>;
}

/**
 * Pushes the source branch, unless the repository has one: then it is left as its people made it.
 *
 * @returns whether it pushed
 */
export async function pushSource({ url, files, workFolder, layOut }: Source): Promise<boolean> {
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(workFolder, { recursive: true });
  try {
    await git(workFolder, 'init', '--quiet', `--initial-branch=${DEFAULT_SOURCE_BRANCH}`, '.');
    if (await hasSource(workFolder, url)) return false;
    await cp(files, workFolder, { recursive: true });
    await layOut(workFolder);
    await git(workFolder, 'add', '--all', '.');
    await git(workFolder, 'commit', '--quiet', '--no-gpg-sign', '--message', 'The guestbook, and its three stations');
    await git(workFolder, 'push', '--quiet', url, `HEAD:refs/heads/${DEFAULT_SOURCE_BRANCH}`);
    return true;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** A repository that does not exist yet is made by the first push to it. */
async function hasSource(folder: string, url: string): Promise<boolean> {
  const branch = `refs/heads/${DEFAULT_SOURCE_BRANCH}`;
  const refs = await git(folder, 'ls-remote', '--', url, branch).catch(() => '');
  return refs.includes(branch);
}
