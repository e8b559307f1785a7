/** Which branch and folder names Git, shells, URLs and readers all understand alike. */

import { branchName, folderPath } from '../api/schema';

const BRANCH = schemaOf(branchName(''));
const FOLDER = schemaOf(folderPath(''));

/** Characters that reorder, hide or steer text, and halves of characters. */
export const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Why a branch cannot be called that; `undefined` when it can. What passes is accepted by `git check-ref-format
 * --branch`, is never read as an option, and holds nothing that a terminal or a URL would turn into something else.
 */
export function branchProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > BRANCH.longest) return `has ${name.length} characters, at most ${BRANCH.longest} fit`;
  if (name.startsWith('-')) return "starts with '-', which commands read as an option";
  if (name.startsWith('refs/')) return "is written without 'refs/heads/'";
  if (name === 'HEAD') return 'is a word that Git keeps for itself';
  return refProblem(name) ?? (BRANCH.pattern.test(name) ? undefined : foreignCharacter(name, '_+@#=,'));
}

/** The rules of `git check-ref-format` that the pattern of the schema does not cover. */
function refProblem(name: string): string | undefined {
  if (name.includes('..')) return "holds '..', which Git reads as a range";
  if (name.includes('@{')) return "holds '@{', which Git reads as a reflog entry";
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//')) return "has an empty part around a '/'";
  const part = name.split('/').find((each) => each.startsWith('.') || each.endsWith('.') || each.endsWith('.lock'));
  if (part !== undefined) return `has the part '${part}': none may start or end with '.', or end with '.lock'`;
  return undefined;
}

/** Why a folder of a repository cannot be written that way; empty means its root. */
export function folderProblem(path: string): string | undefined {
  if (path === '') return undefined;
  if (path.length > FOLDER.longest) return `has ${path.length} characters, at most ${FOLDER.longest} fit`;
  if (path.startsWith('/')) return 'starts with a slash, but is relative to the repository';
  if (path.endsWith('/') || path.includes('//')) return "has an empty part around a '/'";
  const part = path.split('/').find((each) => each === '.' || each === '..' || each.toLowerCase() === '.git');
  if (part !== undefined) return `has the part '${part}'`;
  return FOLDER.pattern.test(path) ? undefined : foreignCharacter(path, '_+@=,');
}

/** `folder` and a path seen from it, as one path from the root of the repository. */
export function joinFolders(folder: string, path: string): string {
  return [folder, path].filter((part) => part !== '').join('/');
}

/** The refs that Git cannot hold beside `name`, because it would be a folder of theirs: `a/b` for `a/b/c`, and `a`. */
export function refsAbove(name: string): string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function foreignCharacter(text: string, punctuation: string): string {
  if (UNREADABLE.test(text)) return 'holds a control character or one that reorders or hides text';
  return `holds a character other than letters, digits, '.', '-', '/' and '${punctuation}'${
    /^[A-Za-z0-9_]/.test(text) ? '' : ' or does not start with a letter or digit'
  }`;
}

function schemaOf(schema: { pattern?: string; maxLength?: number }): { pattern: RegExp; longest: number } {
  return { pattern: new RegExp(schema.pattern ?? ''), longest: schema.maxLength ?? Number.POSITIVE_INFINITY };
}
