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
import { Repository } from './repository';
import { Signers } from './signature';
import { parseRepositoryURL } from './url';
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
export type { GitHubApp } from './github-app';
export { isCommitMissing } from './failure';
export { assertBranch, assertPath } from './names';
export { blobId } from './objects';

const DEFAULTS = { silenceMs: 30_000, wholeMs: 600_000, fileBytes: 64 * 1024 * 1024 } as const;
const DEFAULT_PROTOCOLS = ['https', 'http', 'ssh'] as const;
/** What a process that was ended may have left beside the mirrors. */
const LEFTOVERS = /^(new|broken|key)-/;

/** @throws Error where the folder cannot be made */
export function openGit(options: GitOptions): Git {
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

class Repositories implements Git {
  private readonly mirrors = new Map<string, Mirror>();
  private readonly repositories = new Map<string, Repository>();
  private closed = false;

  constructor(
    private readonly around: Surroundings,
    private readonly log: NonNullable<GitOptions['log']>,
    private readonly environment: (mirror: string) => ReturnType<typeof localEnvironment>,
  ) {}

  readonly heads: Git['heads'] = async (repoURL, branches, signal) => this.at(repoURL).heads(branches, signal);
  readonly has: Git['has'] = async (repoURL, commit) => this.at(repoURL).has(commit);
  readonly files: Git['files'] = async (repoURL, commit, under) => this.at(repoURL).files(commit, under);
  readonly blobs: Git['blobs'] = async (repoURL, oids) => this.at(repoURL).blobs(oids);
  readonly contains: Git['contains'] = async (repoURL, ancestor, descendant) =>
    this.at(repoURL).contains(ancestor, descendant);
  readonly history: Git['history'] = async (repoURL, range) => this.at(repoURL).history(range);
  readonly describe: Git['describe'] = async (repoURL, commit) => this.at(repoURL).describe(commit);
  readonly commit: Git['commit'] = async (repoURL, order) => this.at(repoURL).commit(order);
  readonly push: Git['push'] = async (repoURL, updates, until) => this.at(repoURL).push(updates, until);

  async close(): Promise<void> {
    this.closed = true;
    this.around.connections.close();
    await this.around.commands.close();
    for (const mirror of this.mirrors.values()) mirror.close();
  }

  private at(repoURL: string): Repository {
    if (this.closed) throw new TransientError('Git is closed.');
    const url = parseRepositoryURL(repoURL, this.around.protocols);
    const known = this.repositories.get(url.url);
    if (known) return known;
    const mirror = this.mirrors.get(url.key) ?? new Mirror(this.around.folder, url.key, this.environment, this.log);
    this.mirrors.set(url.key, mirror);
    const repository = new Repository(url, mirror, this.around);
    this.repositories.set(url.url, repository);
    return repository;
  }
}
