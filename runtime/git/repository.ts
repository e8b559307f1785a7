/** Everything that can be asked of one repository, over its mirror. */

import { TerminalError, TransientError } from '../errors';
import { forgetOldest } from '../oldest';
import { commitObject } from './commit-order';
import { Contact, type Surroundings } from './contact';
import type { CommitDescription, CommitOrder, CommitPaths, Git, HeadUpdate, PushOutcome, TreeEntry } from './contract';
import { commitMissing, contactError, isDamage, MirrorDamaged } from './failure';
import { Fetcher } from './fetch';
import { HISTORY, parseHistory } from './history';
import { Looks, unlessAborted } from './look';
import type { Mirror } from './mirror';
import { assertBranch, assertObjectId } from './names';
import { parseCommit, type GitObject } from './objects';
import type { PackEntry } from './pack';
import { assertDistinct, judgePush } from './push';
import { Server, type PushOptions } from './server';
import { editTree } from './tree-edit';
import { listFiles } from './tree-listing';
import type { RepositoryURL } from './url';
import { Speaker } from './wire';

const MAX_KNOWN_DESCENTS = 10_000;

export class Repository {
  private readonly contact: Contact;
  private readonly fetcher: Fetcher;
  /** Descent never changes, so an answer is good for ever. */
  private readonly descents = new Map<string, boolean>();
  private readonly server: Server;
  private readonly looks = new Looks((branches) => this.use(() => this.server.heads(branches, this.mirror.partial)));

  private readonly tagLooks = new Looks(() => this.use(() => this.server.tags(this.mirror.partial)));

  constructor(
    private readonly url: RepositoryURL,
    private readonly mirror: Mirror,
    private readonly around: Surroundings,
  ) {
    this.contact = new Contact(url, around, mirror.environment);
    mirror.tidyWith((args, input) => this.contact.runLocally(args, input));
    this.server = new Server(this.contact, new Speaker(url, around));
    this.fetcher = new Fetcher(this.contact, mirror, this.server);
  }

  /** Which mirror it works on. */
  get key(): string {
    return this.url.key;
  }

  async heads(branches: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    branches.forEach(assertBranch);
    if (branches.length === 0) return new Map();
    const all = await unlessAborted(this.looks.at(branches), this.url.url, signal);
    const wanted = branches.flatMap((branch) => {
      const commit = all.get(branch);
      return commit === undefined ? [] : [[branch, commit] as const];
    });
    const heads = new Map(wanted);
    this.fetcher.note(heads);
    return heads;
  }

  tags(signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return unlessAborted(this.tagLooks.at([]), this.url.url, signal);
  }

  has(commit: string): Promise<boolean> {
    assertObjectId(commit);
    return this.use(() => this.fetcher.commit(commit));
  }

  files(commit: string, under?: string): Promise<ReadonlyMap<string, TreeEntry>> {
    return this.use(async () => {
      const { tree } = await this.require(commit);
      return listFiles(this.mirror.tree, tree, under);
    });
  }

  async blobs(oids: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = [...new Set(oids)];
    wanted.forEach(assertObjectId);
    return this.use(async () => {
      const missing = await this.fetcher.missing(wanted);
      if (missing.length > 0) await this.fetcher.blobs(missing);
      const objects = await Promise.all(wanted.map((oid) => this.mirror.read(oid, this.around.fileBytes)));
      return new Map(wanted.map((oid, index) => [oid, this.contentOf(oid, objects[index])]));
    });
  }

  contains(ancestor: string, descendant: string): Promise<boolean> {
    assertObjectId(ancestor);
    return this.use(async () => {
      const { parents } = await this.require(descendant);
      if (ancestor === descendant || parents.includes(ancestor)) return true;
      const key = `${ancestor} ${descendant}`;
      const answer = this.descents.get(key) ?? (await this.descends(ancestor, descendant));
      this.descents.delete(key);
      this.descents.set(key, answer);
      forgetOldest(this.descents, MAX_KNOWN_DESCENTS);
      return answer;
    });
  }

  history({ upTo, without }: { upTo: string; without: readonly string[] }): Promise<CommitPaths[]> {
    return this.use(async () => {
      for (const commit of [upTo, ...without]) await this.require(commit);
      const result = await this.contact.runLocally([...HISTORY, upTo, '--not', ...without, '--']);
      if (result.exitCode === 0) return parseHistory(result.stdout);
      if (isDamage(result)) throw new MirrorDamaged(result.stderr.trim());
      throw contactError(this.url.url, result, []);
    });
  }

  describe(commit: string): Promise<CommitDescription> {
    return this.use(() => this.require(commit));
  }

  commit(order: CommitOrder): Promise<{ tree: string; commit: string }> {
    return this.use(async () => {
      const parent = order.parent === undefined ? undefined : await this.require(order.parent);
      const tree = await editTree(this.mirror.tree, parent?.tree, order.remove, order.write);
      const commit = commitObject(order, tree.oid, await this.around.signer(this.url.url));
      // Together, so that a commit that is there is there with all it needs.
      await this.mirror.fresh.add([...tree.objects, commit]);
      return { tree: tree.oid, commit: commit.oid };
    });
  }

  async push(
    updates: readonly HeadUpdate[],
    { deadline, signal, permit }: Parameters<Git['push']>[2],
  ): Promise<PushOutcome> {
    updates.forEach((update) => assertBranch(update.branch));
    assertDistinct(updates);
    if (updates.length === 0) return { outcome: 'Accepted' };
    await Promise.all(updates.map((update) => this.assertForward(update)));
    return this.send(updates, {
      wholeMs: () => deadline.getTime() - this.around.now().getTime(),
      ...(permit === undefined ? {} : { permit }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  private async send(updates: readonly HeadUpdate[], options: PushOptions): Promise<PushOutcome> {
    const standing = new Set(updates.flatMap(({ expected }) => expected ?? []));
    const answer = await this.use(() => {
      const isAtServer = (commit: string): boolean => standing.has(commit) || this.fetcher.isAtServer(commit);
      const read = (oid: string): Promise<GitObject | undefined> => this.mirror.read(oid);
      const packed = (oid: string): PackEntry | undefined => this.mirror.fresh.get(oid)?.entry;
      return this.server.push(updates, { partial: this.mirror.partial, read, isAtServer, packed }, options);
    });
    const outcome = await judgePush(this.url.url, updates, answer, () =>
      this.heads(updates.map((update) => update.branch)),
    );
    // What landed before is left alone, so that the rest can land as well.
    if (outcome.outcome === 'Partly') return this.send(outcome.left, options);
    if (outcome.outcome === 'Accepted') this.rememberPushed(updates);
    return outcome;
  }

  private async use<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.mirror.use(work);
    } catch (error) {
      if (!(error instanceof MirrorDamaged)) throw error;
      throw new TransientError(`The mirror of ${this.url.url} cannot be read: ${error.message}`, undefined, {
        cause: error,
      });
    }
  }

  private async require(commit: string): Promise<CommitDescription> {
    assertObjectId(commit);
    if (!(await this.fetcher.commit(commit))) throw commitMissing(this.url.url, commit);
    return parseCommit(commit, await this.mirror.content(commit, 'commit'));
  }

  private contentOf(oid: string, object: GitObject | undefined): Uint8Array {
    if (object === undefined || object.type !== 'blob') {
      throw new TerminalError(`${this.url.url} does not have the file contents ${oid} (any more).`, 'BlobMissing');
    }
    if (object.content === undefined) {
      const limit = this.around.fileBytes;
      throw new TerminalError(
        `A file of ${this.url.url} has ${object.size} bytes; ${limit} are allowed.`,
        'FileTooLarge',
      );
    }
    return object.content;
  }

  /** What is here is here with its whole history, so an ancestor that is not here is none. */
  private async descends(ancestor: string, descendant: string): Promise<boolean> {
    if ((await this.mirror.read(ancestor, 0))?.type !== 'commit') return false;
    const result = await this.contact.runLocally(['merge-base', ancestor, descendant]);
    if (result.exitCode === 0) return result.stdout.trim() === ancestor;
    if (result.exitCode === 1 && result.stderr === '') return false;
    if (isDamage(result)) throw new MirrorDamaged(result.stderr.trim());
    throw contactError(this.url.url, result, []);
  }

  /** A lease alone would also let a head go elsewhere than forward. */
  private async assertForward(update: HeadUpdate): Promise<void> {
    assertObjectId(update.commit);
    const here = await this.use(async () => (await this.mirror.read(update.commit, 0))?.type === 'commit');
    if (!here) throw commitMissing(this.url.url, update.commit);
    if (update.expected === undefined || (await this.contains(update.expected, update.commit))) return;
    throw new TerminalError(
      `${update.commit} is not built on ${update.expected}, the head expected of "${update.branch}" in ${this.url.url}: ` +
        'pushing it would lose what stands there.',
      'NotDescendant',
    );
  }

  private rememberPushed(updates: readonly HeadUpdate[]): void {
    this.fetcher.note(new Map(updates.map(({ branch, commit }) => [branch, commit])));
    for (const { branch, commit } of updates) this.mirror.remember(branch, commit);
  }
}
