import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDERS = ['hooks', 'objects/info', 'objects/pack', 'refs/heads', 'refs/tags'];
const CORE = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';

/**
 * Makes an empty bare repository with default branch `main`: what `git init` makes, without its samples and without a
 * process.
 *
 * @param path where nothing is yet
 * @param configuration sections besides `core`
 */
export async function makeBareRepository(path: string, configuration = ''): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(path, folder), { recursive: true });
  await writeFile(join(path, 'config'), CORE + configuration);
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/main\n');
}
