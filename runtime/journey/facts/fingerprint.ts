/** Digests: of managed files, of all trees of an arrival, of whatever a decision depends on. Functions of their input. */

import { hash } from 'node:crypto';

/** SHA-256 of a text, as status writes digests. */
export const fingerprint = (text: string): string => `sha256:${hash('sha256', text)}`;

/**
 * Digest over managed files; the record of the state is none of them (rule F3).
 *
 * @param files path -> id of its blob
 */
export const treeDigest = (files: Readonly<Record<string, string>>): string =>
  fingerprint(
    Object.keys(files)
      .sort()
      .map((path) => `${path}\0${files[path] ?? ''}\n`)
      .join(''),
  );

/**
 * The digest that an approval names: over the trees of all applications (rule F3).
 *
 * @param trees `<namespace>/<name>` of the Application -> digest over its managed files
 */
export const digestOfTrees = (trees: ReadonlyMap<string, string>): string =>
  fingerprint(
    [...trees]
      .map(([application, tree]) => `${application} ${tree}\n`)
      .sort()
      .join(''),
  );
