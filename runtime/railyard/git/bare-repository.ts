import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDERS = ['hooks', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags'];

/**
 * What every repository allows: pushes, partial clones, and fetches of any commit by SHA. Nothing forbids a push that
 * is no fast-forward: whoever claims never to force has to prove it without help. Clean-up runs are off, so that a
 * railyard at rest starts no process; so is the wait for the disk, as everywhere in the railyard.
 */
export const CONFIGURATION = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	fsync = none
[http]
	receivepack = true
	uploadpack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	autogc = false
[gc]
	auto = 0
`;

/**
 * Makes an empty bare repository with default branch `main`: what `git init` makes, without its samples and without a
 * process.
 *
 * @param path where nothing is yet
 */
export async function makeBareRepository(path: string): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(path, folder), { recursive: true });
  await writeFile(join(path, 'config'), CONFIGURATION);
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/main\n');
}
