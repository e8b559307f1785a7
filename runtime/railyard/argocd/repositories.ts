import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBareRepository } from '../bare-repository';
import { ManifestError } from './manifests';
import { entriesOf, ObjectReader } from './object-reader';
import { fetchPack, objectsIn } from './pack';
import { resolveRef } from './refs';

/** As long as Argo CD gives one Git command. */
const TIMEOUT_MS = 90_000;
/** From so many objects on a pack is kept whole, as Git does by itself. */
const MANY_OBJECTS = 100;
const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Name and password for one Git server; no other gets to see them. */
export interface GitCredentials {
  /** Its base URL, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

interface Mirror {
  readonly gitDir: string;
  readonly reader: ObjectReader;
  /** Commits under way: one shows before all that it needs is there. */
  readonly fetches: Map<string, Promise<void>>;
}

/**
 * Reads revisions of remote repositories over HTTP. Of each repository there is a bare mirror with the commits that
 * were asked for, one deep; a commit that it has is never fetched again.
 */
export class Repositories {
  private readonly mirrors = new Map<string, Promise<Mirror>>();
  private readonly environment = environment();

  constructor(
    private readonly folder: string,
    private readonly credentials: GitCredentials | undefined,
  ) {}

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
    const mirror = await this.mirrorOf(repoURL);
    const path = folder.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/^\.$/, '');
    if (/[\n\r]/.test(path)) throw new ManifestError('the path of a source holds no line break');
    await this.bring(mirror, repoURL, commit);
    const root = await mirror.reader.read(`${commit}:${path}`);
    if (root?.type !== 'tree') throw new ManifestError(`${folder}: app path does not exist`);
    const files = new Map<string, Buffer>();
    await this.collect(mirror.reader, root.content, commit.length / 2, '', files);
    return files;
  }

  /** Ends every Git process that was kept. */
  async stop(): Promise<void> {
    for (const mirror of this.mirrors.values()) (await mirror).reader.stop();
  }

  private async collect(
    reader: ObjectReader,
    tree: Buffer,
    hashBytes: number,
    prefix: string,
    files: Map<string, Buffer>,
  ): Promise<void> {
    for (const entry of entriesOf(tree, hashBytes)) {
      if (entry.kind === 'other') continue;
      const object = await reader.read(entry.sha);
      if (object === undefined) throw new ManifestError(`object ${entry.sha} is missing`);
      if (entry.kind === 'file') files.set(`${prefix}${entry.name}`, object.content);
      else await this.collect(reader, object.content, hashBytes, `${prefix}${entry.name}/`, files);
    }
  }

  private authorizationFor(repoURL: string): string | undefined {
    const { credentials } = this;
    return credentials !== undefined && repoURL.startsWith(`${credentials.url}/`)
      ? authorizationOf(credentials)
      : undefined;
  }

  private async bring(mirror: Mirror, repoURL: string, commit: string): Promise<void> {
    const { reader, fetches } = mirror;
    const underWay = fetches.get(commit);
    if (underWay !== undefined) return underWay;
    if ((await reader.read(commit)) !== undefined) return;
    const fetched = fetches.get(commit) ?? this.fetch(mirror, repoURL, commit).finally(() => fetches.delete(commit));
    fetches.set(commit, fetched);
    return fetched;
  }

  private async fetch({ gitDir }: Mirror, repoURL: string, commit: string): Promise<void> {
    const pack = await fetchPack(repoURL, commit, this.authorizationFor(repoURL));
    const command = objectsIn(pack) < MANY_OBJECTS ? ['unpack-objects', '-q'] : ['index-pack', '--stdin'];
    await new Promise<void>((resolve, reject) => {
      const child = execFile(
        'git',
        ['--git-dir', gitDir, ...command],
        { env: this.environment, timeout: TIMEOUT_MS },
        (error, _stdout, stderr) => {
          if (error === null) resolve();
          else reject(new ManifestError(stderr.trim() || `git ${command[0]}: ${error.message}`, { cause: error }));
        },
      );
      // Who ends early says why on stderr.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(pack);
    });
  }

  private mirrorOf(repoURL: string): Promise<Mirror> {
    const known = this.mirrors.get(repoURL);
    if (known !== undefined) return known;
    const opened = this.open(repoURL);
    this.mirrors.set(repoURL, opened);
    opened.catch(() => this.mirrors.delete(repoURL));
    return opened;
  }

  private async open(repoURL: string): Promise<Mirror> {
    const gitDir = join(this.folder, `${createHash('sha256').update(repoURL).digest('hex').slice(0, 32)}.git`);
    const exists = await access(join(gitDir, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (!exists) {
      await mkdir(this.folder, { recursive: true });
      await makeBareRepository(gitDir);
    }
    return { gitDir, reader: new ObjectReader(gitDir, this.environment), fetches: new Map() };
  }
}

function authorizationOf({ username, password }: GitCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** Every process works on a mirror only, and speaks to nobody. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
}
