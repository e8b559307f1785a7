/**
 * Which files a kustomization can reach. kustomize loads files only from below the folder of the kustomization that
 * names them, and other folders only where one is named; so those folders are all that a render depends on. Pure.
 */

import { posix } from 'node:path';
import { loadAll } from 'js-yaml';
import { TerminalError } from '../errors';

export const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Fields whose entries can be folders. */
const FOLDERS = ['resources', 'components', 'bases', 'generators', 'transformers', 'validators'] as const;

/** What kustomize would clone or download: `https://…`, `git::…`, `git@host:…`, `github.com/…`. */
const REMOTE = /^(?:git::|[a-z][a-z\d+.-]*:\/\/|[^/\s]+@[^/\s]+:|github\.com[/:])/i;

/** Larger or unreadable ones are not followed: kustomize gets every file and the last word. */
const FOLLOWED_BYTES = 256 * 1024;
const MAX_ALIASES = 100;

/** What was read of a file: one render asks several times, and the next one finds most of its files as they were. */
const known = new WeakMap<Uint8Array, { readonly entries: readonly string[] | undefined }>();

/** The kustomization file in a folder. */
export function kustomizationIn(files: ReadonlyMap<string, unknown>, folder: string): string | undefined {
  return KUSTOMIZATION_FILES.map((name) => posix.join(folder, name)).find((path) => files.has(path));
}

/** What a kustomization is made of. */
export interface Reach {
  /** Folders that it, or one that it names, names or stands in. The empty one is the root. */
  readonly folders: ReadonlySet<string>;
  /** Files named outside of these. */
  readonly files: ReadonlySet<string>;
}

/**
 * What the kustomization in `overlay` can reach, as far as the files given say; `undefined`: any file.
 *
 * @throws TerminalError (`RenderFailed`) naming the file and the entry, when a base is remote
 */
export function reach(files: ReadonlyMap<string, Uint8Array>, overlay: string): Reach | undefined {
  const folders = new Set([overlay]);
  const singles = new Set<string>();
  for (const root of folders) {
    const path = kustomizationIn(files, root);
    if (path === undefined) continue;
    const entries = entriesOf(files.get(path));
    if (entries === undefined) return undefined;
    for (const entry of entries) {
      const target = posix.join(root, entry).replace(/\/$/, '');
      if (files.has(target)) singles.add(target);
      else if (REMOTE.test(entry)) throw remote(path, entry);
      else folders.add(target === '.' ? '' : target);
    }
  }
  return { folders, files: singles };
}

/** Which of the files given the kustomization in `overlay` can reach. @throws TerminalError like {@link reach} */
export function reachable(files: ReadonlyMap<string, Uint8Array>, overlay: string): ReadonlySet<string> {
  const found = reach(files, overlay);
  if (found === undefined) return new Set(files.keys());
  return new Set([...files.keys()].filter((path) => found.files.has(path) || isBelow(path, found.folders)));
}

function isBelow(path: string, roots: ReadonlySet<string>): boolean {
  if (roots.has('')) return true;
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (roots.has(path.slice(0, slash))) return true;
  }
  return false;
}

/** Text entries of the fields that can name folders. `undefined`: the file cannot be followed. */
function entriesOf(content: Uint8Array | undefined): readonly string[] | undefined {
  if (content === undefined || content.length > FOLLOWED_BYTES) return undefined;
  const { entries } = known.get(content) ?? { entries: parsed(content) };
  known.set(content, { entries });
  return entries;
}

function parsed(content: Uint8Array): readonly string[] | undefined {
  try {
    const values = loadAll(Buffer.from(content).toString(), { json: true, maxAliases: MAX_ALIASES });
    return values.flatMap((value) => {
      const fields = new Map(Object.entries(value ?? {}) as [string, unknown][]);
      return FOLDERS.flatMap((field) => {
        const entries = fields.get(field);
        return Array.isArray(entries) ? entries.filter((entry) => typeof entry === 'string') : [];
      });
    });
  } catch {
    return undefined;
  }
}

function remote(path: string, entry: string): TerminalError {
  return new TerminalError(
    `${path}: remote base ${JSON.stringify(withoutSecrets(entry))} is refused: vendor it into the repository.`,
    'RenderFailed',
  );
}

/** A URL may carry a password or a token, which no message repeats. */
export function withoutSecrets(words: string): string {
  return words.replace(/:\/\/(?!git@)[^/\s]*@/g, '://***@');
}
