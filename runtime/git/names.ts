/** What may stand where Git takes a branch, a path or an object id. Checked again at every use, whoever checked before. */

import { branchProblem, UNREADABLE } from '../../lib/network/git-ref';
import { TerminalError } from '../errors';

const COMMIT = /^[0-9a-f]{40}$/;
/** `.git` as case-folding and short-name file systems read it. */
const GIT_FOLDER = /^(\.git|git~\d+)[. ]*(:.*)?$/i;
const MAX_PATH_BYTES = 4096;
const MAX_SEGMENT_BYTES = 255;

/** A hostile value as it may appear in a message. */
function shown(value: string): string {
  const cut = value.length > 100 ? `${value.slice(0, 100)}…` : value;
  return JSON.stringify(
    cut.replace(new RegExp(UNREADABLE, 'gu'), (character) => {
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    }),
  );
}

/** @throws TerminalError `InvalidBranch` where Git, a command line or a reader would stumble */
export function assertBranch(branch: string): void {
  const problem = branchProblem(branch);
  if (problem === undefined) return;
  throw new TerminalError(`The branch name ${shown(branch)} cannot be used: it ${problem}.`, 'InvalidBranch');
}

/** @throws TerminalError `InvalidPath` where a path could leave its repository or read as something else */
export function assertPath(path: string): void {
  const fault = pathFault(path);
  if (fault !== undefined) throw new TerminalError(`The path ${shown(path)} cannot be used: ${fault}.`, 'InvalidPath');
}

function pathFault(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  if (path.startsWith('/')) return 'it is absolute; paths start at the root of the repository';
  if (path.includes('\\')) return 'it holds a backslash';
  if (UNREADABLE.test(path)) return 'it holds a control, invisible or text-reordering character';
  for (const part of path.split('/')) {
    const fault = segmentFault(part);
    if (fault !== undefined) return fault;
    if (Buffer.byteLength(part) > MAX_SEGMENT_BYTES) return `a part of it is longer than ${MAX_SEGMENT_BYTES} bytes`;
  }
  return undefined;
}

/** Why a name in a tree would be unsafe to write to a disk; `undefined` where it is not. */
export function segmentFault(part: string): string | undefined {
  if (part === '') return 'a part of it is empty';
  if (part === '.' || part === '..') return `"${part}" is no name`;
  if (part.includes('/') || part.includes('\0')) return 'a name holds a slash or NUL';
  if (GIT_FOLDER.test(part)) return 'it leads into a ".git" folder';
  return undefined;
}

/** @throws TerminalError `InvalidCommit` for anything but 40 lower-case hex digits */
export function assertObjectId(oid: string): void {
  if (!COMMIT.test(oid)) {
    throw new TerminalError(
      `${shown(oid)} is no full commit id: 40 lower-case hex digits are needed.`,
      'InvalidCommit',
    );
  }
}
