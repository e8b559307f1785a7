/** How commands in other terminals find a railyard: its folder says where it listens while it runs. */

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeOf } from './errors';
import { TEMPORARY_PREFIX } from './folder';
import { UsageError } from './terminal';

const FILE = 'running.json';

export interface Running {
  readonly folder: string;
  readonly pid: number;
  readonly kubernetesURL: string;
  readonly gitURL: string;
  readonly registryURL: string;
}

/** Says where a railyard listens. Whole or not at all: a reader never sees half a file. */
export async function announce(running: Running): Promise<void> {
  await mkdir(running.folder, { recursive: true });
  const draft = join(running.folder, `${FILE}.${running.pid}`);
  await writeFile(draft, `${JSON.stringify(running, undefined, 2)}\n`);
  await rename(draft, join(running.folder, FILE));
}

export const withdraw = (folder: string): Promise<void> => rm(join(folder, FILE), { force: true });

/**
 * The railyard of a folder, or the only one that runs in a temporary folder of this user.
 *
 * @throws UsageError that says what to name
 */
export async function findRunning(folder: string | undefined): Promise<Running> {
  if (folder !== undefined) {
    const running = await readRunning(resolve(folder));
    if (running !== undefined) return running;
    throw new UsageError(`no railyard runs in ${folder}: start it with k8sta railyard --folder ${folder}`);
  }
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(TEMPORARY_PREFIX));
  const found = (await Promise.all(names.map((name) => readRunning(join(tmpdir(), name))))).filter(
    (running) => running !== undefined,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw new UsageError(
      'no railyard runs in a temporary folder: start one with k8sta demo, or name --folder or --registry',
    );
  }
  const folders = found.map((running) => running.folder).join(', ');
  throw new UsageError(`${found.length} railyards run: choose one with --folder (${folders})`);
}

async function readRunning(folder: string): Promise<Running | undefined> {
  try {
    const file = join(folder, FILE);
    // Others can make files in the temporary folder too; theirs say nothing.
    if (process.getuid !== undefined && (await stat(file)).uid !== process.getuid()) return undefined;
    const said: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRunning(said) && isAlive(said.pid) ? { ...said, folder } : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(said: unknown): said is Running {
  if (typeof said !== 'object' || said === null) return false;
  const { pid, registryURL, gitURL, kubernetesURL } = said as Partial<Running>;
  return typeof pid === 'number' && [registryURL, gitURL, kubernetesURL].every((url) => typeof url === 'string');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
