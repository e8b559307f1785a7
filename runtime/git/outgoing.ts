/** What a server lacks of a commit made here: the objects that tell it from the head that it is built on. */

import { parseCommit, parseTree, isFolder, type GitObject, type TreeRow } from './objects';

type Whole = GitObject & { readonly content: Buffer };

/** Reads an object with its content; `undefined` where it is not here. */
export type ReadWhole = (oid: string) => Promise<GitObject | undefined>;

const SUBMODULE = '160000';
/** Longer lines of commits are no arrival's. */
const MOST_COMMITS = 16;
/** More than this goes out better with Git's deltas. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * @param isAtServer whether the server has a commit, with all that it needs
 * @returns `undefined` where it cannot be told from what is here, or is more than one request should carry
 */
export async function outgoing(
  read: ReadWhole,
  commits: readonly string[],
  isAtServer: (commit: string) => boolean,
): Promise<ReadonlyMap<string, Whole> | undefined> {
  const found = new Map<string, Whole>();
  const walk = new Walk(read, found);
  for (const commit of commits) {
    if (!(await walk.line(commit, isAtServer))) return undefined;
  }
  return found;
}

class Walk {
  private bytes = 0;

  constructor(
    private readonly read: ReadWhole,
    private readonly found: Map<string, Whole>,
  ) {}

  /** @returns whether all of it was found */
  async line(newest: string, isAtServer: (commit: string) => boolean): Promise<boolean> {
    let commit: string | undefined = newest;
    for (let seen = 0; commit !== undefined && !isAtServer(commit); seen += 1) {
      const object = seen < MOST_COMMITS ? await this.take(commit) : undefined;
      if (object === undefined) return false;
      const { tree, parents } = parseCommit(commit, object.content);
      const [parent] = parents;
      if (parents.length > 1) return false;
      const below = parent === undefined ? undefined : await this.treeOf(parent);
      if (parent !== undefined && below === undefined) return false;
      if (tree !== below && !(await this.tree(tree, below))) return false;
      commit = parent;
    }
    return true;
  }

  private async treeOf(commit: string): Promise<string | undefined> {
    const object = await this.read(commit);
    return object?.content === undefined ? undefined : parseCommit(commit, object.content).tree;
  }

  /** Takes what is in a folder and was not in it before. */
  private async tree(oid: string, before: string | undefined): Promise<boolean> {
    if (this.found.has(oid)) return true;
    const [object, old] = await Promise.all([this.take(oid), before === undefined ? undefined : this.read(before)]);
    if (object === undefined || (before !== undefined && old?.content === undefined)) return false;
    const earlier = new Map((old?.content === undefined ? [] : parseTree(old.content)).map((row) => [row.name, row]));
    const fresh = parseTree(object.content).filter((row) => row.oid !== earlier.get(row.name)?.oid);
    const all = await Promise.all(fresh.map((row) => this.row(row, earlier.get(row.name))));
    return all.every((isThere) => isThere);
  }

  private async row(row: TreeRow, earlier: TreeRow | undefined): Promise<boolean> {
    if (row.mode === SUBMODULE) return true;
    if (!isFolder(row)) return this.found.has(row.oid) || (await this.take(row.oid)) !== undefined;
    return this.tree(row.oid, earlier !== undefined && isFolder(earlier) ? earlier.oid : undefined);
  }

  private async take(oid: string): Promise<Whole | undefined> {
    const object = await this.read(oid);
    if (object?.content === undefined) return undefined;
    this.bytes += object.size;
    if (this.bytes > MOST_BYTES) return undefined;
    const whole: Whole = { ...object, content: object.content };
    this.found.set(oid, whole);
    return whole;
  }
}
