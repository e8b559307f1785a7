/**
 * One bare mirror of one remote repository: a store of objects that is filled as they are needed. It has no work tree,
 * no index and no branches; its refs only remember what was fetched, so that the next fetch brings what is new.
 *
 * The mirror can be lost at any time: all that matters is at the server, or can be made again.
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors';
import type { Log } from '../log';
import type { Environment } from './environment';
import { diskError } from './disk';
import { MirrorDamaged } from './failure';
import { FreshObjects } from './fresh';
import { UNFINISHED } from './pack-file';
import type { Commands } from './command';
import { ObjectReader } from './object-reader';
import { parseTree, type GitObject, type ObjectType, type TreeRow } from './objects';
import { upTo } from './recent';
import { MOST_PACKS, tidy, type Run } from './upkeep';

/**
 * No hook, filter, maintenance or submodule ever runs, no redirect is followed, and objects of a server are checked
 * for what they are by their ids alone.
 */
const CONFIGURATION = `[core]
	repositoryformatversion = 0
	bare = true
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	logAllRefUpdates = false
[gc]
	auto = 0
[maintenance]
	auto = false
[credential]
	helper =
[http]
	followRedirects = false
[protocol]
	version = 2
[fetch]
	recurseSubmodules = false
	writeCommitGraph = false
	unpackLimit = 1
[submodule]
	recurse = false
[push]
	default = nothing
`;

/** Name of a folder that has been a mirror and is being removed begins with this. */
export const BROKEN = 'broken-';

export interface MirrorOptions {
  /** The folder that it is in. */
  readonly root: string;
  /** Without ending. */
  readonly name: string;
  readonly environment: (folder: string) => Environment;
  /** Starts the process that reads it. */
  readonly commands: Pick<Commands, 'converse'>;
  readonly log: Log;
  readonly now: () => Date;
}

export class Mirror {
  readonly folder: string;
  /** For commands that work on it. */
  readonly environment: Environment;
  private reader: ObjectReader;
  private ready: Promise<void> | undefined;
  private generation = 0;
  private closed = false;
  private fetching: Promise<unknown> = Promise.resolve();
  /** Whether contents of files are fetched only when they are asked for. */
  partial = true;
  /** What was made here. */
  readonly fresh: FreshObjects;
  /** Pushed heads that no ref remembers yet. */
  private readonly pushed = new Map<string, string>();
  private packs = 0;
  private tidying = false;
  private run: Run | undefined;

  constructor(private readonly options: MirrorOptions) {
    const { root, name } = options;
    this.folder = join(root, `${name}.git`);
    this.environment = options.environment(this.folder);
    this.reader = this.newReader();
    this.fresh = new FreshObjects(this.folder, () => this.packAdded());
  }

  /** Who runs the commands that keep it small. */
  tidyWith(run: Run): void {
    this.run = run;
  }

  /**
   * Works with the mirror, which is made before if it is not there. Where it turns out to be damaged it is made anew
   * and the work starts over, once.
   */
  async use<T>(work: () => Promise<T>): Promise<T> {
    await this.prepare();
    const generation = this.generation;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MirrorDamaged) || this.closed) throw error;
      // Of all who find the damage, the first mends it.
      if (generation === this.generation) this.renew(error);
      await this.prepare();
      return work();
    }
  }

  /** One fetch at a time: two would bring the same objects twice, and a sweep could take the other's from under it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const remembering = async (): Promise<T> => {
      await this.writeRefs();
      const result = await work();
      this.packAdded();
      return result;
    };
    const turn = this.fetching.then(remembering, remembering);
    this.fetching = turn.catch(() => undefined);
    return turn;
  }

  /** @throws MirrorDamaged */
  read(oid: string, maxBytes?: number): Promise<GitObject | undefined> {
    const fresh = this.fresh.get(oid)?.object;
    return fresh === undefined ? this.reader.read(oid, maxBytes) : Promise.resolve(upTo(fresh, maxBytes ?? Infinity));
  }

  /** An object that has to be here, because what refers to it is. */
  async content(oid: string, type: ObjectType): Promise<Buffer> {
    const object = await this.read(oid);
    if (object?.content === undefined) throw new MirrorDamaged(`The ${type} ${oid} is missing.`);
    if (object.type !== type) throw new MirrorDamaged(`The object ${oid} is a ${object.type}, not a ${type}.`);
    return object.content;
  }

  readonly tree = async (oid: string): Promise<TreeRow[]> => parseTree(await this.content(oid, 'tree'));

  /** The ref that remembers the last commit seen of a branch. A hash: branch names would exclude each other as folders. */
  static seenRef(branch: string): string {
    return `refs/seen/${createHash('sha256').update(branch).digest('hex').slice(0, 32)}`;
  }

  /** Remembers that server and mirror both have a commit, so that no fetch brings it again. */
  remember(branch: string, commit: string): void {
    this.pushed.set(branch, commit);
  }

  /** Only a fetch needs the refs, and there are many pushes to one fetch. */
  private async writeRefs(): Promise<void> {
    const pushed = [...this.pushed];
    this.pushed.clear();
    if (pushed.length === 0) return;
    const temporary = join(this.folder, `tmp_ref_${randomUUID()}`);
    try {
      await mkdir(join(this.folder, 'refs', 'seen'), { recursive: true });
      for (const [branch, commit] of pushed) {
        await writeFile(temporary, `${commit}\n`);
        await rename(temporary, join(this.folder, Mirror.seenRef(branch)));
      }
    } catch (error) {
      await rm(temporary, { force: true });
      throw diskError(error);
    }
  }

  private packAdded(): void {
    this.packs += 1;
    this.tidyUp();
  }

  /** Where there are many packs they become few, beside the work; again where as many came meanwhile. */
  private tidyUp(): void {
    const { run } = this;
    if (this.packs <= MOST_PACKS || run === undefined || this.tidying || this.closed) return;
    this.tidying = true;
    this.alone(() => tidy(this.folder, run, { now: this.options.now().getTime() }))
      .then(({ packs, gone }) => {
        this.packs = packs;
        this.fresh.drop(gone);
        if (gone.length > 0) this.reader.forget();
      })
      .catch((error: unknown) => {
        this.packs = 0; // Tried again when as many have come.
        if (!this.closed)
          this.options.log.warn({ mirror: this.folder, error: messageOf(error) }, 'A Git mirror stays untidy');
      })
      .finally(() => {
        this.tidying = false;
        this.tidyUp();
      });
  }

  /** Removes what a fetch that was ended left behind. Only while no fetch is under way. */
  async sweep(): Promise<void> {
    const packs = join(this.folder, 'objects', 'pack');
    const seen = join(this.folder, 'refs', 'seen');
    const leftovers = [
      ...(await namesIn(packs))
        .filter((name) => name.startsWith('tmp_') || name.startsWith('.tmp-'))
        .map((name) => join(packs, name)),
      ...(await namesIn(seen)).filter((name) => name.endsWith('.lock')).map((name) => join(seen, name)),
      join(this.folder, 'shallow.lock'),
      join(this.folder, 'packed-refs.lock'),
    ];
    await Promise.all(leftovers.map((path) => rm(path, { recursive: true, force: true })));
  }

  close(): void {
    this.closed = true;
    this.reader.close();
  }

  private prepare(): Promise<void> {
    this.ready ??= this.make().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }

  /** Made aside and moved into place, so that a mirror is whole or not there. */
  private async make(): Promise<void> {
    const there = await stat(join(this.folder, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (there) {
      await this.sweep();
      const packs = await namesIn(join(this.folder, 'objects', 'pack'));
      const unfinished = packs.filter((name) => name.startsWith(UNFINISHED));
      await Promise.all(unfinished.map((name) => rm(join(this.folder, 'objects', 'pack', name), { force: true })));
      this.packs = packs.filter((name) => name.endsWith('.idx')).length;
      return;
    }
    await rm(this.folder, { recursive: true, force: true });
    const aside = join(this.options.root, `new-${randomUUID()}`);
    try {
      await mkdir(join(aside, 'objects', 'pack'), { recursive: true });
      await mkdir(join(aside, 'refs', 'seen'), { recursive: true });
      await writeFile(join(aside, 'config'), CONFIGURATION);
      await writeFile(join(aside, 'HEAD'), 'ref: refs/heads/none\n');
      await rename(aside, this.folder);
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      throw diskError(error);
    }
  }

  private renew(damage: MirrorDamaged): void {
    this.options.log.warn({ mirror: this.folder, damage: damage.message }, 'A Git mirror was damaged and is made anew');
    this.generation += 1;
    this.fresh.forget();
    this.pushed.clear();
    this.reader.close();
    this.reader = this.newReader();
    this.ready = this.discard().then(() => this.make());
    this.ready.catch((error: unknown) => {
      this.ready = undefined;
      this.options.log.error({ mirror: this.folder, error: messageOf(error) }, 'A Git mirror could not be made anew');
    });
  }

  private newReader(): ObjectReader {
    return new ObjectReader(this.options.commands, this.environment);
  }

  private async discard(): Promise<void> {
    const broken = join(this.options.root, `${BROKEN}${randomUUID()}`);
    await rename(this.folder, broken).catch(() => undefined);
    await rm(broken, { recursive: true, force: true });
  }
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
