/** What people and clusters do around the runtime: commits behind its back, images, workloads that roll out. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { IMAGE } from './image';
import { call, realStack, type RealStack } from './stack';

/** One commit as `git log` shows it, newest first. */
export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly subject: string;
}

/** A repository on the forge, and stock Git as a person uses it. */
export class Repository {
  private constructor(
    private readonly stack: RealStack,
    /** Without credentials, as Applications and Stations name it. */
    readonly url: string,
    private readonly clone: string,
    /** `owner/name`. */
    readonly path: string,
  ) {}

  /** Makes a repository of the administrator's with these files on `main`. */
  static async create(name: string, files: Readonly<Record<string, string>>): Promise<Repository> {
    const stack = realStack();
    const { forge } = stack;
    await ask(stack, 'POST', '/api/v1/user/repos', { name, private: true, default_branch: 'main' });
    const path = `${forge.username}/${name}`;
    const clone = await mkdtemp(join(stack.folder, 'tmp', 'clone-'));
    const repository = new Repository(stack, `${forge.url}/${path}.git`, clone, path);
    await repository.git('init', '--quiet', '--initial-branch=main');
    await repository.commit('main', files);
    return repository;
  }

  /** A person's commit, pushed: files are put in place, `null` removes one, the rest of the branch stays. */
  async commit(branch: string, files: Readonly<Record<string, string | null>>, message = 'by hand'): Promise<string> {
    const head = await this.head(branch);
    if (head === undefined) {
      await this.git('checkout', '--quiet', '--orphan', branch);
      await this.git('rm', '-r', '-f', '--quiet', '--ignore-unmatch', '.');
    } else {
      await this.git('fetch', '--quiet', this.url, head);
      await this.git('checkout', '--quiet', '-f', '-B', branch, head);
    }
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.clone, path);
      if (text === null) await rm(file);
      else {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
    }
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
    await this.git('push', '--quiet', this.url, `HEAD:refs/heads/${branch}`);
    return (await this.git('rev-parse', 'HEAD')).trim();
  }

  /** The commit that the forge shows. */
  async head(branch: string): Promise<string | undefined> {
    const line = await this.git('ls-remote', this.url, `refs/heads/${branch}`);
    return line === '' ? undefined : line.slice(0, line.indexOf('\t'));
  }

  /** Every branch and where it is. */
  heads(): Promise<string> {
    return this.git('ls-remote', '--heads', this.url);
  }

  async log(branch: string): Promise<Commit[]> {
    const head = await this.head(branch);
    if (head === undefined) return [];
    await this.git('fetch', '--quiet', this.url, head);
    const text = await this.git('log', '--format=%H%x1f%P%x1f%an%x1f%s%x1e', head);
    return text.split('\x1e').flatMap((record) => {
      const [sha = '', parents = '', author = '', subject = ''] = record.trim().split('\x1f');
      return sha === '' ? [] : [{ sha, parents: parents.split(' ').filter(Boolean), author, subject }];
    });
  }

  /** A file of a branch, as the forge has it. */
  async read(branch: string, path: string): Promise<string> {
    const head = await this.head(branch);
    if (head === undefined) throw new Error(`${this.path} has no branch ${branch}`);
    await this.git('fetch', '--quiet', this.url, head);
    return this.git('cat-file', 'blob', `${head}:${path}`);
  }

  /** Paths of all files of a branch. */
  async files(branch: string): Promise<string[]> {
    const head = await this.head(branch);
    if (head === undefined) return [];
    await this.git('fetch', '--quiet', this.url, head);
    return (await this.git('ls-tree', '-r', '--name-only', head)).split('\n').filter((path) => path !== '');
  }

  /** Every manifest of a branch, as one text. */
  async manifests(branch: string): Promise<string> {
    const wanted = (await this.files(branch)).filter((path) => path.endsWith('.yaml') && !path.startsWith('.'));
    return (await Promise.all(wanted.map((path) => this.read(branch, path)))).join('---\n');
  }

  private git(...args: string[]): Promise<string> {
    const { username, password, url } = this.stack.forge;
    const authorization = `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.clone,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.com',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${url}/.extraHeader`,
      GIT_CONFIG_VALUE_0: authorization,
    };
    return new Promise((resolve, reject) => {
      execFile('git', args, { cwd: this.clone, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`git ${args[0]}: ${stderr || error.message}`));
      });
    });
  }
}

/** One request to the forge's own API as its administrator. @throws Error with its words */
export async function ask(stack: RealStack, method: string, path: string, body?: object): Promise<string> {
  const { url, username, password } = stack.forge;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const { code, text } = await call({ url }, method, path, body && JSON.stringify(body), {
    authorization,
    'content-type': 'application/json',
  });
  if (code >= 300) throw new Error(`${method} ${path}: ${code} ${text}`);
  return text;
}

/** The source branch of the guestbook example. */
export async function guestbookSource(): Promise<Record<string, string>> {
  const folder = join(__dirname, '..', '..', 'examples', 'guestbook', 'source');
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files[relative(folder, file)] = await readFile(file, 'utf8');
  }
  return files;
}

/** A base of one Deployment, and an overlay for each folder. */
export function webSource(overlays: readonly string[], image = IMAGE): Record<string, string> {
  const files: Record<string, string> = {
    'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: ${image}}]
`,
    'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  };
  for (const overlay of overlays) {
    files[`${overlay}/kustomization.yaml`] = `resources: [${'../'.repeat(overlay.split('/').length)}base]\n`;
  }
  return files;
}
