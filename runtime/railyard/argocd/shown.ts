import type { GitObject } from './unpack';

/** Git knows the tree of nothing without having it. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const ID_BYTES = 20;

/** One entry of a tree. */
interface TreeEntry {
  readonly name: string;
  readonly sha: string;
  readonly kind: 'file' | 'tree' | 'other';
}

/** What one commit shows: its folders and files, without its history. */
export class Shown {
  /** Bytes of all objects. */
  readonly size: number;

  private readonly known = new Map<string, ReadonlyMap<string, Buffer>>();

  /** @param objects all that the commit shows, by SHA */
  constructor(
    private readonly commit: string,
    private readonly objects: ReadonlyMap<string, GitObject>,
  ) {
    this.size = [...objects.values()].reduce((sum, { content }) => sum + content.length, 0);
  }

  /**
   * All files below a folder, by path below that folder. Links and submodules are left out.
   *
   * @param path without a slash at either end; empty for the root
   * @returns the same at each call, `undefined` where there is no such folder
   * @throws Error where an object is missing
   */
  files(path: string): ReadonlyMap<string, Buffer> | undefined {
    const known = this.known.get(path);
    if (known !== undefined) return known;
    let tree = this.root();
    for (const name of path === '' ? [] : path.split('/')) {
      const entry = this.entries(tree).find((one) => one.name === name);
      if (entry?.kind !== 'tree') return undefined;
      tree = entry.sha;
    }
    const files = new Map<string, Buffer>();
    this.collect(tree, '', files);
    this.known.set(path, files);
    return files;
  }

  private collect(tree: string, prefix: string, files: Map<string, Buffer>): void {
    for (const { name, sha, kind } of this.entries(tree)) {
      if (kind === 'file') files.set(`${prefix}${name}`, this.read(sha).content);
      if (kind === 'tree') this.collect(sha, `${prefix}${name}/`, files);
    }
  }

  /** A revision may be the SHA of an annotated tag. */
  private root(): string {
    let { type, content } = this.read(this.commit);
    while (type === 'tag') ({ type, content } = this.read(referenceIn('object', content)));
    if (type !== 'commit') throw new Error(`${this.commit} is a ${type}, no commit`);
    return referenceIn('tree', content);
  }

  private entries(tree: string): readonly TreeEntry[] {
    return tree === EMPTY_TREE ? [] : entriesOf(this.read(tree).content);
  }

  private read(sha: string): GitObject {
    const object = this.objects.get(sha);
    if (object === undefined) throw new Error(`object ${sha} is missing`);
    return object;
  }
}

/** Commits and tags begin with the object that they are about. */
function referenceIn(field: 'tree' | 'object', content: Buffer): string {
  const [, sha] = new RegExp(`^${field} ([0-9a-f]{40})\n`).exec(content.toString('latin1', 0, 64)) ?? [];
  if (sha === undefined) throw new Error(`an object of the commit names no ${field}`);
  return sha;
}

/** The content of a tree: `<mode> <name>\0<20 bytes>`, again and again. */
function entriesOf(tree: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let start = 0; start < tree.length;) {
    const space = tree.indexOf(32, start);
    const end = tree.indexOf(0, space);
    const mode = tree.toString('latin1', start, space);
    const kind = mode === '40000' ? 'tree' : mode.startsWith('100') ? 'file' : 'other';
    const name = tree.toString('utf8', space + 1, end);
    entries.push({ name, kind, sha: tree.toString('hex', end + 1, end + 1 + ID_BYTES) });
    start = end + 1 + ID_BYTES;
  }
  return entries;
}
