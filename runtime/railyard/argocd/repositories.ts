import { ManifestError } from './manifests';
import { fetchPack } from './pack';
import { resolveRef } from './refs';
import { Shown } from './shown';
import { unpack } from './unpack';

const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
/** Of all that is kept of repositories; the commit that was asked for last is kept whatever its size. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What keeping a commit takes beside its bytes, about. */
const OVERHEAD_BYTES = 4 * 1024;

/** Name and password for one Git server; no other gets to see them. */
export interface GitCredentials {
  /** Its base URL, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Reads revisions of remote repositories over HTTP. The commits that were asked for lately are kept in memory, one deep:
 * one that is kept is not fetched again.
 */
export class Repositories {
  /** By repository and commit, the one asked for last at the end. */
  private readonly kept = new Map<string, Shown>();
  private keptBytes = 0;
  private readonly fetches = new Map<string, Promise<Shown>>();

  constructor(private readonly credentials: GitCredentials | undefined) {}

  /**
   * The commit that a revision names, as the server says now.
   *
   * @throws ManifestError where the revision or the repository does not exist, or the server does not answer
   */
  async resolve(repoURL: string, revision: string): Promise<string> {
    if (FULL_SHA.test(revision)) return revision;
    const found = await resolveRef(repoURL, revision === '' ? 'HEAD' : revision, this.authorizationFor(repoURL));
    if (found === undefined) throw new ManifestError(`unable to resolve '${revision}' to a commit SHA`);
    return found;
  }

  /**
   * All files below a folder of a commit, by path below that folder. Links and submodules are left out.
   *
   * @throws ManifestError where commit or folder do not exist
   */
  async files(repoURL: string, commit: string, folder: string): Promise<ReadonlyMap<string, Buffer>> {
    const path = folder.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '');
    const shown = await this.shown(repoURL, commit);
    const files = read(commit, () => shown.files(path));
    if (files === undefined) throw new ManifestError(`${folder}: app path does not exist`);
    return files;
  }

  private authorizationFor(repoURL: string): string | undefined {
    const { credentials } = this;
    return credentials !== undefined && repoURL.startsWith(`${credentials.url}/`)
      ? authorizationOf(credentials)
      : undefined;
  }

  private async shown(repoURL: string, commit: string): Promise<Shown> {
    const key = `${repoURL} ${commit}`;
    const kept = this.kept.get(key);
    if (kept !== undefined) {
      this.keep(key, kept);
      return kept;
    }
    const fetched = this.fetches.get(key) ?? this.fetch(key, repoURL, commit).finally(() => this.fetches.delete(key));
    this.fetches.set(key, fetched);
    return fetched;
  }

  private async fetch(key: string, repoURL: string, commit: string): Promise<Shown> {
    const pack = await fetchPack(repoURL, commit, this.authorizationFor(repoURL));
    const shown = read(commit, () => new Shown(commit, unpack(pack)));
    this.keep(key, shown);
    return shown;
  }

  private keep(key: string, shown: Shown): void {
    if (!this.kept.delete(key)) this.keptBytes += shown.size + OVERHEAD_BYTES;
    this.kept.set(key, shown);
    for (const [oldest, { size }] of this.kept) {
      if (this.keptBytes <= MOST_BYTES || oldest === key) return;
      this.kept.delete(oldest);
      this.keptBytes -= size + OVERHEAD_BYTES;
    }
  }
}

/** @throws ManifestError where what the server sent cannot be read */
function read<T>(commit: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ManifestError(`failed to fetch ${commit}: ${reason}`, { cause: error });
  }
}

function authorizationOf({ username, password }: GitCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
