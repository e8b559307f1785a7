import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A manifest as it was pushed, byte for byte. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/**
 * Blobs, manifests and tags in a folder. Blobs are shared by all repositories; a repository is a folder of links: one
 * file for each manifest (its media type) and for each tag (its digest). Every file is written aside and moved into
 * place, so a kill leaves no half of one.
 */
export class Storage {
  constructor(private readonly folder: string) {}

  async prepare(): Promise<void> {
    await mkdir(join(this.folder, 'blobs'), { recursive: true });
    // Uploads that a previous process left unfinished are nobody's.
    await rm(join(this.folder, 'uploads'), { recursive: true, force: true });
    await mkdir(join(this.folder, 'uploads'), { recursive: true });
  }

  /** Size in bytes, `undefined` where there is no such blob. */
  async blobSize(digest: string): Promise<number | undefined> {
    return stat(this.blobPath(digest)).then(
      (found) => found.size,
      () => undefined,
    );
  }

  readBlob(digest: string): Readable {
    return createReadStream(this.blobPath(digest));
  }

  /** @returns the id of a new, empty upload */
  async startUpload(): Promise<string> {
    const id = randomUUID();
    await writeFile(this.uploadPath(id), '');
    return id;
  }

  /** @returns the upload's size so far, `undefined` where there is no such upload */
  async appendUpload(id: string, body: Readable): Promise<number | undefined> {
    if (!(await exists(this.uploadPath(id)))) return undefined;
    await pipeline(body, createWriteStream(this.uploadPath(id), { flags: 'a' }));
    return (await stat(this.uploadPath(id))).size;
  }

  /** Makes an upload a blob. @returns false, and forgets the upload, where its bytes have another digest */
  async finishUpload(id: string, digest: string): Promise<boolean> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.uploadPath(id))) hash.update(chunk as Buffer);
    const same = `sha256:${hash.digest('hex')}` === digest;
    if (same) await rename(this.uploadPath(id), this.blobPath(digest));
    else await rm(this.uploadPath(id));
    return same;
  }

  /**
   * @param reference a tag or a digest
   * @returns `undefined` where the repository has no such manifest
   */
  async manifest(repository: string, reference: string): Promise<StoredManifest | undefined> {
    const digest = reference.startsWith('sha256:') ? reference : await read(this.tagPath(repository, reference));
    if (digest === undefined) return undefined;
    const mediaType = await read(this.manifestPath(repository, digest));
    if (mediaType === undefined) return undefined;
    return { digest, mediaType, body: await readFile(this.blobPath(digest)) };
  }

  /** Stores a manifest and, where a tag is given, moves the tag to it. @returns its digest */
  async putManifest(repository: string, mediaType: string, body: Buffer, tag: string | undefined): Promise<string> {
    const digest = digestOf(body);
    await this.write(this.blobPath(digest), body);
    await this.write(this.manifestPath(repository, digest), mediaType);
    if (tag !== undefined) await this.write(this.tagPath(repository, tag), digest);
    return digest;
  }

  /** Removes a tag, or a manifest and every tag that names it. @returns false where there is none */
  async removeManifest(repository: string, reference: string): Promise<boolean> {
    if ((await this.manifest(repository, reference)) === undefined) return false;
    if (!reference.startsWith('sha256:')) {
      await rm(this.tagPath(repository, reference));
      return true;
    }
    for (const tag of (await this.tags(repository)) ?? []) {
      if ((await read(this.tagPath(repository, tag))) === reference) await rm(this.tagPath(repository, tag));
    }
    await rm(this.manifestPath(repository, reference));
    return true;
  }

  /** All tags in byte order, `undefined` where the repository does not exist. */
  async tags(repository: string): Promise<readonly string[] | undefined> {
    const home = this.repositoryPath(repository);
    if (!(await exists(join(home, '_manifests')))) return undefined;
    const names = await readdir(join(home, '_tags')).catch(() => []);
    return names.sort((one, other) => (one < other ? -1 : 1));
  }

  private async write(path: string, content: Buffer | string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const fresh = join(this.folder, 'uploads', randomUUID());
    await writeFile(fresh, content);
    await rename(fresh, path);
  }

  private blobPath(digest: string): string {
    return join(this.folder, 'blobs', digest.replace('sha256:', ''));
  }

  private uploadPath(id: string): string {
    return join(this.folder, 'uploads', id);
  }

  private repositoryPath(repository: string): string {
    return join(this.folder, 'repositories', repository);
  }

  private manifestPath(repository: string, digest: string): string {
    return join(this.repositoryPath(repository), '_manifests', digest.replace('sha256:', ''));
  }

  private tagPath(repository: string, tag: string): string {
    return join(this.repositoryPath(repository), '_tags', tag);
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
