/**
 * The runtime's only contact with Git: heads, files and history of repositories, commits made without a checkout, and
 * pushes that move heads by compare-and-swap. Nothing here knows of tracks, stations or tickets, and nothing outside
 * starts a Git process or reads Git's words.
 *
 * Each repository has a bare mirror that is filled with what is asked for. Commits are made in this process, along the
 * changed paths only. Whether a push landed is told apart in three: accepted, refused, and not answered.
 */

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TransientError } from '../errors';
import { silentLog } from '../log';
import { Commands } from './command';
import type { Surroundings } from './contact';
import type { Git, GitOptions } from './contract';
import { Credentials } from './credentials';
import { localEnvironment } from './environment';
import { GitHubApps } from './github-app';
import { Mirror } from './mirror';
import { Mirrors } from './mirrors';
import { Repository } from './repository';
import { Signers } from './signature';
import { parseRepositoryURL, type RepositoryURL } from './url';
import { HttpConnections } from './wire';

export type {
  CommitDescription,
  CommitOrder,
  CommitPaths,
  Git,
  GitCredential,
  GitLimits,
  GitOptions,
  HeadUpdate,
  Person,
  PushOutcome,
  TreeEntry,
} from './contract';
export { GitHubApps, type GitHubApp } from './github-app';
export { isCommitMissing } from './failure';
export { assertBranch, assertPath } from './names';
export { blobId } from './objects';

const DEFAULTS = { silenceMs: 30_000, wholeMs: 600_000, fileBytes: 64 * 1024 * 1024 } as const;
const DEFAULT_PROTOCOLS = ['https', 'http', 'ssh'] as const;
/** What a process that was ended may have left beside the mirrors. */
const LEFTOVERS = /^(new|broken|key)-/;

/** @throws Error where the folder cannot be made */
export function openGit(options: GitOptions): OpenGit {
  const folder = resolve(options.folder);
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).filter((one) => LEFTOVERS.test(one))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  const ambient = options.environment ?? process.env;
  const now = options.now ?? (() => new Date());
  const signers = new Signers();
  const around: Surroundings = {
    folder,
    commands: new Commands(folder),
    connections: new HttpConnections(ambient),
    credentials: new Credentials(options.credentials ?? (async () => undefined), new GitHubApps(now)),
    signer: async (repoURL) => {
      const key = await options.signingKey?.(repoURL);
      return key === undefined ? undefined : signers.with(key);
    },
    protocols: options.allowedProtocols ?? DEFAULT_PROTOCOLS,
    silenceMs: options.limits?.silenceMs ?? DEFAULTS.silenceMs,
    wholeMs: options.limits?.wholeMs ?? DEFAULTS.wholeMs,
    fileBytes: options.limits?.fileBytes ?? DEFAULTS.fileBytes,
    now,
  };
  return new Repositories(around, options.log ?? silentLog, (mirror) => localEnvironment(ambient, mirror, home));
}

/** Git, and what it keeps on disk. */
export interface OpenGit extends Git {
  /**
   * Removes the mirrors of all other repositories, but none that is in use or was within the last hour.
   *
   * @returns how many
   */
  retain(repoURLs: Iterable<string>): Promise<number>;
}

class Repositories implements OpenGit {
  private readonly mirrors: Mirrors;
  private readonly repositories = new Map<string, Repository>();
  private closed = false;

  constructor(
    private readonly around: Surroundings,
    log: NonNullable<GitOptions['log']>,
    environment: (mirror: string) => ReturnType<typeof localEnvironment>,
  ) {
    const { folder, now, commands } = around;
    const make = (name: string): Mirror => new Mirror({ root: folder, name, environment, commands, log, now });
    const forget = (key: string): void => {
      for (const [url, repository] of this.repositories) if (repository.key === key) this.repositories.delete(url);
    };
    this.mirrors = new Mirrors({ folder, make, forget, now, log });
  }

  readonly heads: Git['heads'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.heads(...asked));
  readonly tags: Git['tags'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.tags(...asked));
  readonly has: Git['has'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.has(...asked));
  readonly files: Git['files'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.files(...asked));
  readonly blobs: Git['blobs'] = (repoURL, oids) => {
    const wanted = [...oids];
    return this.ask(repoURL, (one) => one.blobs(wanted));
  };
  readonly contains: Git['contains'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.contains(...asked));
  readonly history: Git['history'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.history(...asked));
  readonly describe: Git['describe'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.describe(...asked));
  readonly commit: Git['commit'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.commit(...asked));
  readonly push: Git['push'] = (repoURL, ...asked) => this.ask(repoURL, (one) => one.push(...asked));

  async retain(repoURLs: Iterable<string>): Promise<number> {
    if (this.closed) return 0;
    const keys = [...repoURLs].flatMap((text) => {
      try {
        return [parseRepositoryURL(text, this.around.protocols).key];
      } catch {
        // Nobody could ever work with it.
        return [];
      }
    });
    return this.mirrors.retain(new Set(keys));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.around.connections.close();
    this.mirrors.close();
    await this.around.commands.close();
  }

  private async ask<T>(repoURL: string, question: (repository: Repository) => Promise<T>): Promise<T> {
    if (this.closed) throw new TransientError('Git is closed.');
    const url = parseRepositoryURL(repoURL, this.around.protocols);
    return this.mirrors.using(url.key, () => question(this.at(url)));
  }

  private at(url: RepositoryURL): Repository {
    const known = this.repositories.get(url.url);
    if (known) return known;
    const repository = new Repository(url, this.mirrors.at(url.key), this.around);
    this.repositories.set(url.url, repository);
    return repository;
  }
}
