/** Lists the files below a tree, a level at a time, and refuses names that could leave a folder. */

import { TerminalError } from '../errors';
import type { TreeEntry } from './contract';
import { assertPath, segmentFault } from './names';
import { FOLDER_MODE, isFolder, type TreeRow } from './objects';

/** Gives the rows of a tree that has to be there. */
export type ReadTree = (oid: string) => Promise<readonly TreeRow[]>;

interface Folder {
  readonly path: string;
  readonly oid: string;
}

/** Deeper trees are no configuration, and each level costs a round. */
const MAX_DEPTH = 256;

/**
 * @param under one folder or file; nothing where the tree has no such path
 * @throws TerminalError `InvalidTree`
 */
export async function listFiles(
  read: ReadTree,
  root: string,
  under: string | undefined,
): Promise<Map<string, TreeEntry>> {
  const files = new Map<string, TreeEntry>();
  let level: Folder[] = [{ path: '', oid: root }];
  if (under !== undefined && under !== '') {
    assertPath(under);
    const found = await find(read, root, under);
    if (found === undefined) return files;
    if (!isFolder(found)) return files.set(under, { mode: found.mode, oid: found.oid });
    level = [{ path: under, oid: found.oid }];
  }
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw invalidTree(level[0]?.path ?? '', `it is more than ${MAX_DEPTH} folders deep`);
    const trees = await Promise.all(level.map(async (folder) => ({ folder, rows: await read(folder.oid) })));
    level = trees.flatMap(({ folder, rows }) => addRows(files, folder, rows));
  }
  return files;
}

/** Adds the files of one folder and gives back the folders in it. */
function addRows(files: Map<string, TreeEntry>, folder: Folder, rows: readonly TreeRow[]): Folder[] {
  const folders: Folder[] = [];
  for (const row of rows) {
    const name = nameOf(row, folder.path);
    const path = folder.path === '' ? name : `${folder.path}/${name}`;
    if (isFolder(row)) folders.push({ path, oid: row.oid });
    else files.set(path, { mode: row.mode, oid: row.oid });
  }
  return folders;
}

async function find(read: ReadTree, root: string, path: string): Promise<TreeRow | undefined> {
  let found: TreeRow | undefined = { mode: FOLDER_MODE, name: '', oid: root };
  for (const part of path.split('/')) {
    if (found === undefined || !isFolder(found)) return undefined;
    const name = Buffer.from(part).toString('latin1');
    found = (await read(found.oid)).find((row) => row.name === name);
  }
  return found;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function nameOf(row: TreeRow, folder: string): string {
  let name: string;
  try {
    name = decoder.decode(Buffer.from(row.name, 'latin1'));
  } catch {
    throw invalidTree(folder, 'it holds a name that is not UTF-8');
  }
  const fault = segmentFault(name);
  if (fault !== undefined) throw invalidTree(folder, fault);
  return name;
}

const invalidTree = (folder: string, fault: string): TerminalError =>
  new TerminalError(`The folder ${JSON.stringify(folder || '/')} cannot be read safely: ${fault}.`, 'InvalidTree');
