/** Writes loose objects into a mirror: whole or not at all, and as often as anybody likes. */

import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate, deflateSync } from 'node:zlib';
import { TransientError } from '../errors';
import type { EncodedObject } from './objects';

const SMALL = 16 * 1024;
const AT_ONCE = 16;
const LEVEL = { level: constants.Z_BEST_SPEED };
const deflateAside = promisify<Buffer, typeof LEVEL, Buffer>(deflate);

/**
 * Objects are written over what stands there: a name says what is inside, so that a half-written file left by a crash
 * is mended by the way.
 *
 * @param mirror the bare repository
 * @throws TransientError where the disk is full
 */
export async function writeObjects(mirror: string, objects: Iterable<EncodedObject>): Promise<void> {
  const queue = [...new Map([...objects].map((object) => [object.oid, object])).values()];
  const folders = new Set(queue.map((object) => object.oid.slice(0, 2)));
  try {
    await Promise.all([...folders].map((folder) => mkdir(join(mirror, 'objects', folder), { recursive: true })));
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, queue.length) }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) await writeObject(mirror, next);
      }),
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new TransientError('The disk that holds the Git mirrors is full. Give it more room.', undefined, {
        cause: error,
      });
    }
    throw error;
  }
}

async function writeObject(mirror: string, object: EncodedObject): Promise<void> {
  const folder = join(mirror, 'objects', object.oid.slice(0, 2));
  const temporary = join(folder, `tmp_obj_${randomUUID()}`);
  const bytes =
    object.bytes.length <= SMALL ? deflateSync(object.bytes, LEVEL) : await deflateAside(object.bytes, LEVEL);
  try {
    await writeFile(temporary, bytes, { mode: 0o444, flag: 'wx' });
    await rename(temporary, join(folder, object.oid.slice(2)));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
