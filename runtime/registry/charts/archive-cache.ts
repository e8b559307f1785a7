/** Archives on disk, each with the digest that it had when it was fetched, bounded in bytes. */

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const DIGEST_BYTES = 32;
const LIMIT_BYTES = 512 * 2 ** 20;

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

export class ArchiveCache {
  constructor(
    private readonly folder: string,
    private readonly limit = LIMIT_BYTES,
  ) {}

  /** What is kept under a key; what is not whole is removed and not given. */
  async read(key: string): Promise<Buffer | undefined> {
    const file = this.fileOf(key);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const archive = bytes.subarray(DIGEST_BYTES);
    if (!sha256(archive).equals(bytes.subarray(0, DIGEST_BYTES))) {
      await rm(file, { force: true });
      return undefined;
    }
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return archive;
  }

  /** Whole or not at all. A disk that takes no more is no reason to fail: the archive is fetched again. */
  async write(key: string, archive: Uint8Array): Promise<void> {
    const file = this.fileOf(key);
    const draft = `${file}.${randomUUID()}`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(draft, Buffer.concat([sha256(archive), archive]));
      await rename(draft, file);
      await this.prune();
    } catch {
      await rm(draft, { force: true });
    }
  }

  private fileOf(key: string): string {
    return join(this.folder, sha256(key).toString('hex'));
  }

  /** Removes what was not used for longest, until the rest fits. */
  private async prune(): Promise<void> {
    const files = await Promise.all(
      (await readdir(this.folder)).map(async (name) => {
        const path = join(this.folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((one, other) => one.mtimeMs - other.mtimeMs)) {
      if (bytes <= this.limit) return;
      await rm(path, { force: true });
      bytes -= size;
    }
  }
}
