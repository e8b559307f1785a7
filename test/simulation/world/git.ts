/** The Git port of one process: a mirror of its own that knows what it fetched and made, and wires to the servers. */

import { TerminalError, TransientError } from '../../../runtime/errors';
import type {
  CommitDescription,
  CommitOrder,
  CommitPaths,
  Git,
  HeadUpdate,
  PushOutcome,
  TreeEntry,
} from '../../../runtime/git';
import { commitObject } from '../../../runtime/git/commit-order';
import { commitMissing } from '../../../runtime/git/failure';
import { assertBranch, assertObjectId } from '../../../runtime/git/names';
import { assertDistinct } from '../../../runtime/git/push';
import type { GitServers } from './git-server';
import type { Process } from './process';

/** Repositories by their last part, as effects are called. */
const shortName = (repoURL: string): string => repoURL.slice(repoURL.lastIndexOf('/') + 1);

export class SimulatedGit implements Git {
  /** Commits that this mirror has. */
  readonly #mirror = new Set<string>();

  constructor(
    private readonly servers: GitServers,
    private readonly process: Process,
  ) {}

  async heads(repoURL: string, branches: readonly string[]): Promise<ReadonlyMap<string, string>> {
    branches.forEach(assertBranch);
    if (branches.length === 0) return new Map();
    return this.process.call(
      `ls-remote ${shortName(repoURL)}`,
      () => {
        const heads = this.servers.heads(repoURL);
        return new Map(branches.flatMap((branch) => (heads.has(branch) ? [[branch, heads.get(branch) ?? '']] : [])));
      },
      { kind: 'read' },
    );
  }

  async tags(repoURL: string): Promise<ReadonlyMap<string, string>> {
    return this.process.call(`ls-remote --tags ${shortName(repoURL)}`, () => new Map(this.servers.tags(repoURL)), {
      kind: 'read',
    });
  }

  async has(repoURL: string, commit: string): Promise<boolean> {
    assertObjectId(commit);
    const key = `${repoURL} ${commit}`;
    if (this.#mirror.has(key)) return true;
    const found = await this.process.call(`fetch ${shortName(repoURL)}`, () => this.servers.has(repoURL, commit), {
      kind: 'read',
    });
    if (found) this.#mirror.add(key);
    return found;
  }

  async files(repoURL: string, commit: string, under?: string): Promise<ReadonlyMap<string, TreeEntry>> {
    await this.#require(repoURL, commit);
    return this.servers.objects.files(commit, under);
  }

  async blobs(repoURL: string, oids: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const oid of new Set(oids)) {
      assertObjectId(oid);
      const bytes = this.servers.objects.blob(oid);
      if (bytes === undefined)
        throw new TerminalError(`${repoURL} does not have the file contents ${oid}`, 'BlobMissing');
      found.set(oid, bytes);
    }
    return found;
  }

  async contains(repoURL: string, ancestor: string, descendant: string): Promise<boolean> {
    assertObjectId(ancestor);
    await this.#require(repoURL, descendant);
    return this.servers.objects.descends(ancestor, descendant);
  }

  async history(
    repoURL: string,
    { upTo, without }: { readonly upTo: string; readonly without: readonly string[] },
  ): Promise<readonly CommitPaths[]> {
    for (const commit of [upTo, ...without]) await this.#require(repoURL, commit);
    const { objects } = this.servers;
    const history: CommitPaths[] = [];
    for (let at: string | undefined = upTo; at !== undefined;) {
      const commit: string = at;
      if (without.some((one) => objects.descends(commit, one))) break;
      const [parent] = objects.commit(commit).parents;
      const after = objects.filesNow(commit);
      const before = parent === undefined ? new Map<string, string>() : objects.filesNow(parent);
      const paths = [...new Set([...before.keys(), ...after.keys()])].filter(
        (path) => before.get(path) !== after.get(path),
      );
      history.push({ commit, paths });
      at = parent;
    }
    return history;
  }

  async describe(repoURL: string, commit: string): Promise<CommitDescription> {
    await this.#require(repoURL, commit);
    return this.servers.objects.commit(commit);
  }

  async commit(repoURL: string, order: CommitOrder): Promise<{ tree: string; commit: string }> {
    const { objects } = this.servers;
    if (order.parent !== undefined) await this.#require(repoURL, order.parent);
    const before = order.parent === undefined ? undefined : objects.commit(order.parent).tree;
    const tree = await objects.edit(before, order.remove, order.write);
    const commit = objects.put(commitObject(order, tree));
    this.#mirror.add(`${repoURL} ${commit}`);
    return { tree, commit };
  }

  async push(
    repoURL: string,
    updates: readonly HeadUpdate[],
    { deadline, permit }: Parameters<Git['push']>[2],
  ): Promise<PushOutcome> {
    updates.forEach(({ branch }) => assertBranch(branch));
    assertDistinct(updates);
    if (updates.length === 0) return { outcome: 'Accepted' };
    const { objects } = this.servers;
    for (const { commit, expected } of updates) {
      assertObjectId(commit);
      if (!this.#mirror.has(`${repoURL} ${commit}`)) throw commitMissing(repoURL, commit);
      if (expected !== undefined && !objects.descends(expected, commit)) {
        throw new TerminalError(`${commit} is not built on ${expected}`, 'NotDescendant');
      }
    }
    const branches = updates.map(({ branch }) => branch).join(' ');
    if (this.servers.shut.has(repoURL)) {
      return { outcome: 'Refused', kind: 'Rejected', message: `${branches}: pre-receive hook declined` };
    }
    try {
      const landed = await this.process.call(
        `push ${shortName(repoURL)} ${branches}`,
        () => this.servers.push(repoURL, updates, this.process.name),
        {
          kind: 'write',
          patience: () => Math.min(deadline.getTime() - this.process.clock.now(), permit?.() ?? Infinity),
        },
      );
      return landed
        ? { outcome: 'Accepted' }
        : { outcome: 'Refused', kind: 'Moved', message: `${branches}: the head is not the one expected` };
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return { outcome: 'Unanswered', message: error.message };
    }
  }

  async close(): Promise<void> {
    this.#mirror.clear();
  }

  async #require(repoURL: string, commit: string): Promise<void> {
    if (!(await this.has(repoURL, commit))) throw commitMissing(repoURL, commit);
  }
}
