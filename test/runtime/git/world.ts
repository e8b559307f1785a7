/** A Git server, a folder for mirrors, and stock Git to make and check what is on the server. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGit, type CommitOrder, type GitOptions, type OpenGit } from '../../../runtime/git';
import { startGitServer, type GitServer, type GitServerOptions } from '../../../runtime/railyard/git';
import { Wire } from './wire';

/** The environment of stock Git: a person's name, and nothing of the machine's. */
export const CLEAN = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

export const AUTHOR = { name: 'K8sTA', email: 'k8sta@example.com' };
export const DATE = new Date('2026-11-20T10:00:00Z');

/** Text files by path. */
export type Files = Readonly<Record<string, string>>;

/** The server of one test file, for the tests that ask nothing special of it; each has names of its own there. */
let shared: { readonly server: GitServer; readonly folder: string; worlds: number } | undefined;

async function theServer(): Promise<NonNullable<typeof shared>> {
  if (shared === undefined) {
    const folder = temporaryFolder();
    shared = { folder, server: await startGitServer({ folder, createOnPush: false }), worlds: 0 };
  }
  shared.worlds += 1;
  return shared;
}

afterAll(async () => {
  if (shared === undefined) return;
  await shared.server.stop();
  rmSync(shared.folder, { recursive: true, force: true });
});

const temporaryFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'k8sta-git-')));

export class World {
  readonly folder = temporaryFolder();
  readonly mirrors = join(this.folder, 'mirrors');
  private personsClock = 1_700_000_000;
  private readonly opened: OpenGit[] = [];
  private readonly wires: Wire[] = [];
  private server: GitServer | undefined;
  private isShared = false;
  /** Folder of the server, and where in it this world's repositories are. */
  private served = '';
  private place = '';

  /** @param options what is special about the server: then it is one of its own */
  static async start(options?: Omit<GitServerOptions, 'folder'>): Promise<World> {
    const world = new World();
    if (options === undefined) {
      const { server, folder, worlds } = await theServer();
      world.server = server;
      world.isShared = true;
      world.served = folder;
      world.place = `world-${worlds}/`;
    } else {
      world.served = join(world.folder, 'server');
      world.server = await startGitServer({ folder: world.served, createOnPush: false, ...options });
    }
    return world;
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  /** @returns the URL of a new, empty repository */
  async repository(name: string): Promise<string> {
    if (!this.server) throw new Error('The world has not started.');
    return this.server.createRepository(`${this.place}${name}`);
  }

  /** The bare repository on the server's disk. */
  bare(repoURL: string): string {
    return join(this.served, new URL(repoURL).pathname.slice(1));
  }

  git(options: Partial<GitOptions> = {}): OpenGit {
    const git = openGit({ folder: this.mirrors, ...options });
    this.opened.push(git);
    return git;
  }

  /** Stock Git on the server's own repository. */
  on(repoURL: string, ...args: string[]): string {
    return stockGit(['--git-dir', this.bare(repoURL), ...args]);
  }

  /** A person's commit, made behind everybody's back on the server. Files are replaced, the rest stays. */
  personCommits(
    repoURL: string,
    branch: string,
    files: Files,
    options: { remove?: string[]; message?: string } = {},
  ): string {
    const parent = this.head(repoURL, branch);
    const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
    this.personsClock += 1;
    const stream = [
      `commit refs/heads/${branch}\n`,
      `committer Ada <ada@example.com> ${this.personsClock} +0000\n`,
      data(options.message ?? 'by hand'),
      ...(parent === undefined ? [] : [`from ${parent}\n`]),
      ...(options.remove ?? []).map((path) => `D ${path}\n`),
      ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
    ];
    stockGit(['--git-dir', this.bare(repoURL), 'fast-import', '--quiet'], { input: stream.join('') });
    return this.head(repoURL, branch) ?? '';
  }

  /** From the file that Git keeps it in: the server's repositories never pack their branches. */
  head(repoURL: string, branch: string): string | undefined {
    try {
      return readFileSync(join(this.bare(repoURL), 'refs/heads', branch), 'utf8').trim();
    } catch {
      return undefined;
    }
  }

  /** The files of a commit as stock Git reads them on the server. */
  filesAt(repoURL: string, revision: string): Files {
    const names = this.on(repoURL, 'ls-tree', '-r', '-z', '--name-only', revision).split('\0').filter(Boolean);
    const input = names.map((name) => `${revision}:${name}\n`).join('');
    const answer = bytesOfGit(['--git-dir', this.bare(repoURL), 'cat-file', '--batch=%(objectsize)'], { input });
    let at = 0;
    return Object.fromEntries(
      names.map((name) => {
        const start = answer.indexOf('\n', at) + 1;
        const end = start + Number(answer.toString('latin1', at, start));
        at = end + 1;
        return [name, answer.toString('utf8', start, end)];
      }),
    );
  }

  /** A wire to the server; it is cut with the world. */
  async wire(): Promise<Wire> {
    const wire = await Wire.to(this.server?.port ?? 0);
    this.wires.push(wire);
    return wire;
  }

  async stop(): Promise<void> {
    await Promise.all(this.opened.map((git) => git.close()));
    await Promise.all(this.wires.map((wire) => wire.cut()));
    if (!this.isShared) await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface StockGitOptions {
  readonly input?: string | Buffer;
  readonly env?: Record<string, string>;
}

export const stockGit = (args: readonly string[], options: StockGitOptions = {}): string =>
  bytesOfGit(args, options).toString();

function bytesOfGit(args: readonly string[], options: StockGitOptions): Buffer {
  return execFileSync('git', args, {
    env: { ...CLEAN, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
    ...(options.input === undefined ? {} : { input: options.input }),
  });
}

/** An order with what most tests do not care about filled in. */
export function order(write: Files, more: Partial<CommitOrder> = {}): CommitOrder {
  return {
    remove: [],
    write: new Map(Object.entries(write).map(([path, text]) => [path, Buffer.from(text)])),
    author: AUTHOR,
    date: DATE,
    message: 'arrive\n',
    ...more,
  };
}

/** A deadline far enough away. */
export const soon = (): { deadline: Date } => ({ deadline: new Date(Date.now() + 20_000) });

/** Files below a folder whose bytes match. */
export function filesWith(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => pattern.test(readFileSync(file, 'latin1')));
}
