/** Rewrites a tree along the changed paths only; everything else is carried over by id, byte for byte. */

import { TerminalError } from '../errors';
import { assertPath } from './names';
import {
  encodeObject,
  encodeTree,
  FILE_MODE,
  FOLDER_MODE,
  isFolder,
  type EncodedObject,
  type TreeRow,
} from './objects';
import type { ReadTree } from './tree-listing';

/** What shall become of one name in a folder. */
interface Edit {
  readonly path: string;
  remove: boolean;
  content?: Uint8Array;
  readonly children: Map<string, Edit>;
}

export interface EditedTree {
  readonly oid: string;
  /** What is new; the rest is in the mirror or at the server already. */
  readonly objects: readonly EncodedObject[];
}

/**
 * @param root the tree to start from; `undefined`: an empty one
 * @throws TerminalError `InvalidPath`, or `PathTaken` where a file that stays and a written one exclude each other
 */
export async function editTree(
  read: ReadTree,
  root: string | undefined,
  remove: readonly string[],
  write: ReadonlyMap<string, Uint8Array>,
): Promise<EditedTree> {
  const edits = plan(remove, write);
  const objects: EncodedObject[] = [];
  const oid = await rewrite(read, root, edits, objects);
  if (oid !== undefined) return { oid, objects };
  const empty = encodeTree([]);
  return { oid: empty.oid, objects: [empty] };
}

function plan(remove: readonly string[], write: ReadonlyMap<string, Uint8Array>): Edit {
  const root: Edit = { path: '', remove: false, children: new Map() };
  const at = (path: string): Edit => {
    assertPath(path);
    let edit = root;
    for (const part of path.split('/')) {
      const name = Buffer.from(part).toString('latin1');
      const next = edit.children.get(name) ?? {
        path: edit.path === '' ? part : `${edit.path}/${part}`,
        remove: false,
        children: new Map<string, Edit>(),
      };
      edit.children.set(name, next);
      edit = next;
    }
    return edit;
  };
  for (const path of remove) at(path).remove = true;
  for (const [path, content] of write) at(path).content = content;
  return root;
}

/** The id of the folder after its edits; `undefined` where nothing is left in it. */
async function rewrite(
  read: ReadTree,
  tree: string | undefined,
  folder: Edit,
  objects: EncodedObject[],
): Promise<string | undefined> {
  const before = tree === undefined ? [] : await read(tree);
  const rows = new Map(before.map((row) => [row.name, row]));
  const changes = await Promise.all(
    [...folder.children].map(
      async ([name, edit]) => [name, await changed(read, name, rows.get(name), edit, objects)] as const,
    ),
  );
  let same = true;
  for (const [name, row] of changes) {
    same &&= row === rows.get(name);
    if (row === undefined) rows.delete(name);
    else rows.set(name, row);
  }
  if (same) return tree;
  if (rows.size === 0) return undefined;
  const encoded = encodeTree([...rows.values()]);
  objects.push(encoded);
  return encoded.oid;
}

/** The row of one name after its edit: the very same where nothing changes, none where nothing is left. */
async function changed(
  read: ReadTree,
  name: string,
  row: TreeRow | undefined,
  edit: Edit,
  objects: EncodedObject[],
): Promise<TreeRow | undefined> {
  const folder = row !== undefined && isFolder(row) ? row : undefined;
  const stays = row !== undefined && folder === undefined && !edit.remove ? row : undefined;
  const below = await belowOf(read, folder, edit, stays, objects);
  if (edit.content === undefined) {
    if (below !== undefined) return below === folder?.oid ? folder : { mode: FOLDER_MODE, name, oid: below };
    return stays;
  }
  if (below !== undefined) throw taken(edit.path, 'a folder with files that stay stands at that path');
  const blob = encodeObject('blob', edit.content);
  if (row?.oid === blob.oid && row.mode === FILE_MODE) return row;
  objects.push(blob);
  return { mode: FILE_MODE, name, oid: blob.oid };
}

/** The folder at a name after its edits, where there is one. */
async function belowOf(
  read: ReadTree,
  folder: TreeRow | undefined,
  edit: Edit,
  stays: TreeRow | undefined,
  objects: EncodedObject[],
): Promise<string | undefined> {
  if (edit.children.size === 0) return folder?.oid;
  const below = await rewrite(read, folder?.oid, edit, objects);
  if (below !== undefined && stays !== undefined && edit.content === undefined) {
    throw taken(edit.path, 'a file that stays is at that path, and files shall be written below it');
  }
  return below;
}

const taken = (path: string, why: string): TerminalError =>
  new TerminalError(
    `${JSON.stringify(path)} cannot be written: ${why}. Move it away by a commit of your own.`,
    'PathTaken',
  );
