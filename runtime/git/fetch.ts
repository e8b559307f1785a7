/** Brings into a mirror what is asked for and not there: a commit with its history, or contents of files. */

import { TerminalError, type TransientError } from '../errors';
import { forgetOldest } from '../oldest';
import type { Contact, ContactResult } from './contact';
import { contactError, isDamage, MirrorDamaged } from './failure';
import { Mirror } from './mirror';
import type { PackEntry } from './pack';
import { writePack } from './pack-file';
import type { Server } from './server';
import { blobsIn } from './unpack';

const FETCH = ['fetch', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--progress'] as const;
/**
 * Contents are asked for as if nothing were here: a server that is told of a commit believes that its files are here too,
 * and leaves them out.
 */
const ALONE = ['-c', 'fetch.negotiationAlgorithm=noop'] as const;
const NOT_THERE = /not our ref|want [0-9a-f]{40} not valid|couldn't find remote ref|TF401035/i;
/** Servers of the first protocol give out heads only. */
const HEADS_ONLY = /does not allow request for unadvertised object/i;

/** Commits of which the branch is known. */
const MAX_SEEN = 1000;

export class Fetcher {
  /** Which branch a commit was last seen on, so that fetching it moves that branch's ref. */
  private readonly seenOn = new Map<string, string>();

  constructor(
    private readonly contact: Contact,
    private readonly mirror: Mirror,
    private readonly server: Server,
  ) {}

  /** The server said that these heads exist. */
  note(heads: ReadonlyMap<string, string>): void {
    for (const [branch, commit] of heads) this.seenOn.set(commit, branch);
    forgetOldest(this.seenOn, MAX_SEEN);
  }

  /** Whether the server said that it has this commit. */
  isAtServer(commit: string): boolean {
    return this.seenOn.has(commit);
  }

  /** Whether the commit is in the mirror, fetched if need be. */
  async commit(oid: string): Promise<boolean> {
    if (await this.hasCommit(oid)) return true;
    return this.mirror.alone(async () => {
      if (await this.hasCommit(oid)) return true;
      const branch = this.seenOn.get(oid);
      // Few refs for commits of no known branch: they only serve to say what is here already.
      const ref = branch === undefined ? `refs/seen/commit-${oid.slice(0, 2)}` : Mirror.seenRef(branch);
      const result = await this.fetch([`+${oid}:${ref}`]);
      if (result.exitCode !== 0) {
        if (NOT_THERE.test(result.stderr)) return false;
        if (!HEADS_ONLY.test(result.stderr)) throw this.failed(result);
        await this.allBranches();
        return this.hasCommit(oid);
      }
      if (await this.hasCommit(oid)) return true;
      throw new MirrorDamaged(`The commit ${oid} was fetched and cannot be read.`);
    });
  }

  /** Brings the contents of files. Which of them are still missing afterwards nobody has. */
  blobs(oids: readonly string[]): Promise<void> {
    return this.mirror.alone(async () => {
      const missing = await this.missing(oids);
      if (missing.length === 0) return;
      if (!this.mirror.partial) return this.allBranches();
      if (await this.blobsAtOnce(missing)) return;
      const input = missing.map((oid) => `${oid}\n`).join('');
      const result = await this.fetch(['--stdin'], { before: ALONE, input });
      if (result.exitCode === 0 || NOT_THERE.test(result.stderr)) return;
      if (!HEADS_ONLY.test(result.stderr)) throw this.failed(result);
      this.mirror.partial = false;
      throw new MirrorDamaged('The server leaves out files and does not give them out one by one.');
    });
  }

  /** In one request and without a process. @returns whether it worked out */
  private async blobsAtOnce(oids: readonly string[]): Promise<boolean> {
    const pack = await this.server.blobs(oids);
    if (pack === undefined) return false;
    let entries: readonly PackEntry[];
    try {
      entries = blobsIn(pack);
    } catch {
      return false; // Git says better what is wrong with it.
    }
    await writePack(this.mirror.folder, pack, entries, true);
    return true;
  }

  async missing(oids: readonly string[]): Promise<string[]> {
    const present = await Promise.all(oids.map((oid) => this.mirror.read(oid, 0)));
    return oids.filter((_oid, index) => present[index] === undefined);
  }

  private async hasCommit(oid: string): Promise<boolean> {
    const object = await this.mirror.read(oid, 0);
    if (object !== undefined && object.type !== 'commit') {
      throw new TerminalError(
        `${oid} is a ${object.type} of ${this.contact.repository.url}, not a commit.`,
        'InvalidCommit',
      );
    }
    return object !== undefined;
  }

  private async allBranches(): Promise<void> {
    const result = await this.fetch(['--prune', '+refs/heads/*:refs/branches/*']);
    if (result.exitCode !== 0) throw this.failed(result);
  }

  /** @param what options, then refs to fetch */
  private async fetch(
    what: readonly string[],
    { before = [], input }: { readonly before?: readonly string[]; readonly input?: string } = {},
  ): Promise<ContactResult> {
    const { partial } = this.mirror;
    const options = what.filter((word) => word.startsWith('--'));
    const refs = what.filter((word) => !word.startsWith('--'));
    const filter = partial ? ['--filter=blob:none'] : [];
    const result = await this.contact.run([...before, ...FETCH, ...filter, ...options, '--', 'origin', ...refs], {
      partial,
      ...(input === undefined ? {} : { input }),
    });
    if (result.exitCode !== 0) await this.mirror.sweep();
    return result;
  }

  private failed(result: ContactResult): MirrorDamaged | TransientError {
    if (isDamage(result)) return new MirrorDamaged(result.stderr.trim());
    return contactError(this.contact.repository.url, result, result.secrets);
  }
}
