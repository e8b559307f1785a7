/** Git servers: objects by their real ids, and heads that move all or none, each only from the head expected. */

import {
  encodeCommit,
  encodeObject,
  encodeTree,
  isFolder,
  type EncodedObject,
  type TreeRow,
} from '../../../runtime/git/objects';
import { parseCommit, parseTree } from '../../../runtime/git/objects';
import { editTree } from '../../../runtime/git/tree-edit';
import { listFiles } from '../../../runtime/git/tree-listing';
import type { CommitDescription, HeadUpdate, TreeEntry } from '../../../runtime/git';

/** One head that moved. */
export interface HeadChange {
  /** Milliseconds since 1970, by the true clock. */
  readonly time: number;
  readonly repoURL: string;
  readonly branch: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly by: string;
}

const HEADER_END = 0;

/** All objects that anybody ever made: an id says all about the bytes, so one store serves every server and mirror. */
class GitObjects {
  readonly #bytes = new Map<string, Buffer>();
  readonly #trees = new Map<string, readonly TreeRow[]>();
  readonly #commits = new Map<string, CommitDescription>();
  readonly #listings = new Map<string, ReadonlyMap<string, string>>();
  readonly #files = new Map<string, Promise<ReadonlyMap<string, TreeEntry>>>();

  put(object: EncodedObject): string {
    if (!this.#bytes.has(object.oid)) {
      this.#bytes.set(object.oid, object.bytes.subarray(object.bytes.indexOf(HEADER_END) + 1));
    }
    return object.oid;
  }

  blob(oid: string): Uint8Array | undefined {
    return this.#bytes.get(oid);
  }

  commit(oid: string): CommitDescription {
    const known = this.#commits.get(oid);
    if (known) return known;
    const parsed = parseCommit(oid, this.#content(oid));
    this.#commits.set(oid, parsed);
    return parsed;
  }

  readonly tree = async (oid: string): Promise<readonly TreeRow[]> => this.rows(oid);

  rows(oid: string): readonly TreeRow[] {
    const known = this.#trees.get(oid);
    if (known) return known;
    const rows = parseTree(this.#content(oid));
    this.#trees.set(oid, rows);
    return rows;
  }

  /** All files of a commit, or those below one path. */
  files(commit: string, under?: string): Promise<ReadonlyMap<string, TreeEntry>> {
    const key = `${commit} ${under ?? ''}`;
    const known = this.#files.get(key) ?? listFiles(this.tree, this.commit(commit).tree, under);
    this.#files.set(key, known);
    return known;
  }

  /** The same as `files`, for those who look at the world from outside of it. */
  filesNow(commit: string): ReadonlyMap<string, string> {
    const known = this.#listings.get(commit);
    if (known) return known;
    const files = new Map<string, string>();
    const walk = (tree: string, path: string): void => {
      for (const row of this.rows(tree)) {
        const place = path === '' ? row.name : `${path}/${row.name}`;
        if (isFolder(row)) walk(row.oid, place);
        else files.set(place, row.oid);
      }
    };
    walk(this.commit(commit).tree, '');
    this.#listings.set(commit, files);
    return files;
  }

  /** Whether `descendant` is `ancestor`, or has it among its ancestors. */
  descends(ancestor: string, descendant: string): boolean {
    const seen = new Set<string>();
    const open = [descendant];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      if (one === ancestor) return true;
      if (seen.has(one)) continue;
      seen.add(one);
      open.push(...this.commit(one).parents);
    }
    return false;
  }

  /** A tree with some files written and some removed. */
  async edit(
    root: string | undefined,
    remove: readonly string[],
    write: ReadonlyMap<string, Uint8Array>,
  ): Promise<string> {
    const edited = await editTree(this.tree, root, remove, write);
    for (const object of edited.objects) this.put(object);
    return edited.oid;
  }

  #content(oid: string): Buffer {
    const bytes = this.#bytes.get(oid);
    if (bytes === undefined) throw new Error(`nobody ever made the object ${oid}`);
    return bytes;
  }
}

/** What a person's commit does: texts by path; `null` removes. */
export type Edit = Readonly<Record<string, string | null>>;

export class GitServers {
  /** Every head that ever moved. */
  readonly history: HeadChange[] = [];
  readonly objects = new GitObjects();
  /** Repositories whose server takes no push, as one with a rule against it. */
  readonly shut = new Set<string>();
  readonly #heads = new Map<string, Map<string, string>>();
  readonly #tags = new Map<string, Map<string, string>>();
  /** Commits that a server has, reachable or not. */
  readonly #received = new Set<string>();
  #people = 0;

  constructor(private readonly now: () => number) {}

  heads(repoURL: string): ReadonlyMap<string, string> {
    return this.#heads.get(repoURL) ?? new Map();
  }

  tags(repoURL: string): ReadonlyMap<string, string> {
    return this.#tags.get(repoURL) ?? new Map();
  }

  /** A person tags a commit, perhaps with a name that another one had. */
  tag(repoURL: string, tag: string, commit: string): void {
    const tags = this.#tags.get(repoURL) ?? new Map<string, string>();
    this.#tags.set(repoURL, tags.set(tag, commit));
  }

  head(repoURL: string, branch: string): string | undefined {
    return this.heads(repoURL).get(branch);
  }

  has(repoURL: string, commit: string): boolean {
    return this.#received.has(`${repoURL} ${commit}`);
  }

  /** Moves all heads or none; one that is there already is up to date. @returns whether all are there now */
  push(repoURL: string, updates: readonly HeadUpdate[], by: string): boolean {
    const ahead = updates.filter(({ branch, commit }) => this.head(repoURL, branch) !== commit);
    if (ahead.some(({ branch, expected }) => this.head(repoURL, branch) !== expected)) return false;
    for (const { branch, commit } of ahead) this.#move(repoURL, branch, commit, by);
    return true;
  }

  /** A person's commit on a branch, made at once. `onto` another commit than the head rewrites history. */
  commit(repoURL: string, branch: string, edit: Edit, by: string, onto = this.head(repoURL, branch)): string {
    const { objects } = this;
    const files = new Map(onto === undefined ? [] : objects.filesNow(onto));
    for (const [path, text] of Object.entries(edit)) {
      if (text === null) files.delete(path);
      else files.set(path, objects.put(encodeObject('blob', Buffer.from(text))));
    }
    this.#people += 1;
    const commit = encodeCommit({
      tree: this.#treeOf(files),
      parent: onto,
      author: { name: by, email: 'person@example.com' },
      date: new Date(this.now() + this.#people),
      message: `by hand, number ${this.#people}`,
    });
    objects.put(commit);
    this.#move(repoURL, branch, commit.oid, by);
    return commit.oid;
  }

  /** What a forge puts on a branch when it merges. */
  merge(
    repoURL: string,
    branch: string,
    merged: {
      readonly files: ReadonlyMap<string, string>;
      readonly parents: readonly string[];
      readonly message: string;
      readonly by: string;
    },
  ): string {
    this.#people += 1;
    const { parents, message, by } = merged;
    const who = `${by} <person@example.com> ${Math.floor((this.now() + this.#people) / 1000)} +0000`;
    const lines = [
      `tree ${this.#treeOf(merged.files)}`,
      ...parents.map((parent) => `parent ${parent}`),
      `author ${who}`,
      `committer ${who}`,
      '',
      `${message}, number ${this.#people}`,
      '',
    ];
    const commit = this.objects.put(encodeObject('commit', Buffer.from(lines.join('\n'))));
    this.#move(repoURL, branch, commit, by);
    return commit;
  }

  /** A person's forced move, or deletion, of a branch. */
  force(repoURL: string, branch: string, commit: string | undefined, by: string): void {
    this.#move(repoURL, branch, commit, by);
  }

  #treeOf(files: ReadonlyMap<string, string>): string {
    const folders = new Map<string, Map<string, string>>();
    const rows: TreeRow[] = [];
    for (const [path, oid] of files) {
      const slash = path.indexOf('/');
      if (slash < 0) rows.push({ mode: '100644', name: path, oid });
      else {
        const folder = path.slice(0, slash);
        const inside = folders.get(folder) ?? new Map<string, string>();
        folders.set(folder, inside.set(path.slice(slash + 1), oid));
      }
    }
    for (const [name, inside] of folders) rows.push({ mode: '40000', name, oid: this.#treeOf(inside) });
    return this.objects.put(encodeTree(rows));
  }

  #move(repoURL: string, branch: string, after: string | undefined, by: string): void {
    const heads = this.#heads.get(repoURL) ?? new Map<string, string>();
    this.#heads.set(repoURL, heads);
    const before = heads.get(branch);
    if (after === undefined) heads.delete(branch);
    else {
      heads.set(branch, after);
      const open = [after];
      for (let one = open.pop(); one !== undefined; one = open.pop()) {
        if (this.#received.has(`${repoURL} ${one}`)) continue;
        this.#received.add(`${repoURL} ${one}`);
        open.push(...this.objects.commit(one).parents);
      }
    }
    this.history.push({ time: this.now(), repoURL, branch, before, after, by });
  }
}
