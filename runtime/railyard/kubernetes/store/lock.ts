import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RailyardError } from '../../errors';

/**
 * Keeps two servers from writing one folder. A lock whose process is gone, killed or not, counts for nothing.
 *
 * @throws RailyardError naming the process that has the folder
 */
export function lockFolder(folder: string): { release: () => void } {
  const path = join(folder, 'lock');
  const holder = holderOf(path);
  if (holder !== undefined) {
    throw new RailyardError(
      `The folder ${folder} is in use by process ${holder}: stop that one, choose another folder, or, if it is no railyard, delete ${path}.`,
    );
  }
  writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ''}\n`);
  return { release: () => rmSync(path, { force: true }) };
}

function holderOf(path: string): number | undefined {
  const [pid = '', started = ''] = contentOf(path).trim().split(' ');
  const id = Number(pid);
  if (!Number.isInteger(id) || id <= 0 || !isAlive(id)) return undefined;
  // Another process may have got the number of the one that died.
  return started !== '' && startOf(id) !== started ? undefined : id;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in the system's ticks; unknown where there is no /proc. */
function startOf(pid: number): string | undefined {
  const line = contentOf(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may hold spaces; the start is the 22nd.
  return line === '' ? undefined : line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
}
