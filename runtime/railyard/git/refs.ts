import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The files are small and a few: to read them at once takes a tenth of what it takes to have them read.
 */

/** A branch or tag as it stands in the files of a bare repository. */
export interface Ref {
  readonly name: string;
  readonly sha: string;
  /** What an annotated tag is about, where the files say it. */
  readonly peeled?: string;
  /** Whether `peeled` is known: absent, it is about nothing else then. */
  readonly isPeelKnown: boolean;
}

/** Where `HEAD` points. */
export type Head = { readonly branch: string } | { readonly sha: string };

const SHA = /^[0-9a-f]{40}\n?$/;
const NOTHING = '0'.repeat(40);
/** What surely is no name that Git would pass over. */
const NAME = /^[A-Za-z0-9_+=,#%-][A-Za-z0-9._+=,#%-]*$/;
const ODD = /\.\.|\.$/;
const BRANCH = /^ref: (refs\/heads\/\S+)\n?$/;
const PACKED = /^([0-9a-f]{40}) (refs\/\S+)$/;
const PACKED_PEEL = /^\^([0-9a-f]{40})$/;

/** The files hold something that is for Git to judge. */
export class UnclearRefs extends Error {
  override readonly name = 'UnclearRefs';
}

/**
 * The refs of a bare repository whose names begin with one of these, read in the order in which Git reads them: files
 * first, then what was packed, so that none is missed that is packed meanwhile.
 *
 * @returns in no order
 * @throws UnclearRefs for links, symbolic refs, odd names and broken files
 */
export function refsIn(repository: string, prefixes: readonly string[]): readonly Ref[] {
  const refs = new Map<string, Ref>();
  readFolder(repository, 'refs', prefixes, refs);
  for (const ref of packedIn(textOf(join(repository, 'packed-refs')) ?? '')) {
    if (!refs.has(ref.name) && prefixes.some((prefix) => ref.name.startsWith(prefix))) refs.set(ref.name, ref);
  }
  return [...refs.values()];
}

/** @throws UnclearRefs where it is neither a branch nor a commit */
export function headOf(repository: string): Head {
  const text = textOf(join(repository, 'HEAD')) ?? '';
  const [, branch] = BRANCH.exec(text) ?? [];
  return branch === undefined ? { sha: shaIn(text) } : { branch };
}

function readFolder(repository: string, folder: string, prefixes: readonly string[], refs: Map<string, Ref>): void {
  const inside = `${folder}/`;
  if (!prefixes.some((prefix) => prefix.startsWith(inside) || inside.startsWith(prefix))) return;
  const entries = unlessGone(() => readdirSync(join(repository, folder), { withFileTypes: true }));
  for (const entry of entries ?? []) {
    const name = `${inside}${entry.name}`;
    // Git passes over what it is about to move into place.
    if (entry.name.endsWith('.lock')) continue;
    if (!NAME.test(entry.name) || ODD.test(entry.name)) throw new UnclearRefs(name);
    if (entry.isDirectory()) readFolder(repository, name, prefixes, refs);
    else if (!entry.isFile()) throw new UnclearRefs(name);
    else if (prefixes.some((prefix) => name.startsWith(prefix))) readRef(repository, name, refs);
  }
}

function readRef(repository: string, name: string, refs: Map<string, Ref>): void {
  const text = textOf(join(repository, name));
  if (text === undefined) return;
  // Git lets no branch be anything but a commit.
  refs.set(name, { name, sha: shaIn(text), isPeelKnown: name.startsWith('refs/heads/') });
}

function packedIn(text: string): readonly Ref[] {
  const refs: Ref[] = [];
  const lines = text.split('\n');
  if (text !== '' && lines.pop() !== '') throw new UnclearRefs('packed-refs ends within a line');
  const isFullyPeeled = lines[0]?.startsWith('# pack-refs with:') === true && lines[0].includes(' fully-peeled');
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    const [, peeled] = PACKED_PEEL.exec(line) ?? [];
    const [, sha, name] = PACKED.exec(line) ?? [];
    const before = refs.at(-1);
    if (peeled !== undefined && before !== undefined) refs[refs.length - 1] = { ...before, peeled, isPeelKnown: true };
    else if (sha !== undefined && name !== undefined) {
      refs.push({ name, sha, isPeelKnown: isFullyPeeled || name.startsWith('refs/heads/') });
    } else if (line !== '') throw new UnclearRefs(line);
  }
  return refs;
}

function shaIn(text: string): string {
  const sha = text.trimEnd();
  if (!SHA.test(text) || sha === NOTHING) throw new UnclearRefs(text);
  return sha;
}

const textOf = (path: string): string | undefined => unlessGone(() => readFileSync(path, 'latin1'));

/** What was deleted meanwhile, or became a folder, is not there. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}
