/** Puts a pack into a mirror, whole or not at all. */

import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from './disk';
import { indexOf, type PackEntry } from './pack';

/** What a writer that was ended left in the folder of packs begins with this. */
export const UNFINISHED = 'new_';

/**
 * Git sees a pack by its index, so that one comes last. The name says what is inside: twice is once.
 *
 * @param mirror its folder
 * @param entries what is in the pack, in order
 * @param promised a server promised to give it again. @default false
 * @throws TransientError where the disk is full
 */
export async function writePack(
  mirror: string,
  pack: Buffer,
  entries: readonly PackEntry[],
  promised = false,
): Promise<void> {
  const folder = join(mirror, 'objects', 'pack');
  const name = `pack-${pack.toString('hex', pack.length - 20)}`;
  const aside = join(folder, `${UNFINISHED}${randomUUID()}`);
  try {
    await writeFile(`${aside}.pack`, pack, { mode: 0o444 }).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(folder, { recursive: true });
      await writeFile(`${aside}.pack`, pack, { mode: 0o444 });
    });
    await writeFile(`${aside}.idx`, indexOf(entries, pack), { mode: 0o444 });
    await rename(`${aside}.pack`, join(folder, `${name}.pack`));
    if (promised) await writeFile(join(folder, `${name}.promisor`), '');
    await rename(`${aside}.idx`, join(folder, `${name}.idx`));
  } catch (error) {
    await Promise.all(['pack', 'idx'].map((ending) => rm(`${aside}.${ending}`, { force: true })));
    throw diskError(error);
  }
}
