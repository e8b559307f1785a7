/**
 * Keeps the packs of a mirror few and small: every fetch and every commit adds one, and Git looks through all of them.
 * Small ones become one in which versions of a file are kept as differences. Of what was made here, commits that no branch
 * came to show are left behind, with all that only they have; what a server promised to give again is kept as it is, and
 * what was left out of a mirror stays out.
 */

import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from './command';
import { idsIn } from './pack';

/** Packs that may stand side by side before the smaller ones become one. */
export const MOST_PACKS = 50;
/** A pack joins smaller ones while it is at most this many times as large as they are together. */
const GROWTH = 2;
/** Objects among which one is looked for that another is like; a branch's files come back once for each arrival. */
const WINDOW = '--window=20';

/** A commit that is as old as this and that no branch shows was withdrawn, or can be made again; in milliseconds. */
const WITHDRAWN_MS = 60 * 60_000;
/** Histories with more objects are not walked for the sake of a few commits. */
const MOST_WALKED = 500_000;

interface Pack {
  readonly name: string;
  readonly bytes: number;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
}

/** Runs a Git command on the mirror. */
export type Run = (args: readonly string[], input: string) => Promise<CommandResult>;

export interface TidyOptions {
  /** Packs that may stand side by side. @default MOST_PACKS */
  readonly most?: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * @param folder of the mirror; its refs stand for what branches show
 * @returns how many packs there are now, and which objects are gone
 */
export async function tidy(
  folder: string,
  run: Run,
  { most = MOST_PACKS, now }: TidyOptions,
): Promise<{ readonly packs: number; readonly gone: readonly string[] }> {
  const gone: string[] = [];
  const packs = join(folder, 'objects', 'pack');
  const names = await readdir(packs);
  // What a server promised to give again is marked, and stays apart.
  const marked = new Set(names.filter((name) => name.endsWith('.promisor')).map(stemOf));
  const all = names.filter((name) => name.endsWith('.idx')).map(stemOf);
  let count = all.length;
  for (const promised of [true, false]) {
    const sized = all.filter((name) => marked.has(name) === promised).map((name) => sizeOf(packs, name));
    const small = smallest(await Promise.all(sized));
    if (count <= most || small.length < 2) continue;
    gone.push(...(await merge(packs, { small, promised, now }, run)));
    count -= small.length - 1;
  }
  // Others may have come meanwhile.
  return { packs: (await readdir(packs)).filter((name) => name.endsWith('.idx')).length, gone };
}

const stemOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

async function sizeOf(folder: string, name: string): Promise<Pack> {
  const { size, mtimeMs } = await stat(join(folder, `${name}.pack`));
  return { name, bytes: size, at: mtimeMs };
}

/** The small ones, up to where the next is much larger than all of them: so each object is moved a few times only. */
function smallest(packs: readonly Pack[]): Pack[] {
  const sorted = [...packs].sort((one, other) => one.bytes - other.bytes);
  const chosen: Pack[] = [];
  let bytes = 0;
  for (const pack of sorted) {
    if (chosen.length >= 2 && pack.bytes > GROWTH * bytes) break;
    chosen.push(pack);
    bytes += pack.bytes;
  }
  return chosen;
}

/** @returns what of them was left behind */
async function merge(
  folder: string,
  { small, promised, now }: { readonly small: readonly Pack[]; readonly promised: boolean; readonly now: number },
  run: Run,
): Promise<readonly string[]> {
  const contents = await Promise.all(small.map(async ({ name }) => idsIn(await readFile(join(folder, `${name}.idx`)))));
  const ids = new Set(contents.flat());
  const old = new Set(contents.flatMap((content, at) => (now - (small[at]?.at ?? now) < WITHDRAWN_MS ? [] : content)));
  const left = promised ? [] : await withdrawn(old, run);
  for (const oid of left) ids.delete(oid);
  const made = ids.size === 0 ? undefined : await pack(folder, ids, run);
  if (promised && made !== undefined) await writeFile(join(folder, `${made}.promisor`), '');
  const gone = small.filter(({ name }) => name !== made);
  // Without its index nobody finds a pack any more, and whoever is reading it has it open.
  for (const ending of ['idx', 'rev', 'promisor', 'pack']) {
    await Promise.all(gone.map(({ name }) => rm(join(folder, `${name}.${ending}`), { force: true })));
  }
  return left;
}

/** @returns the name of the new pack, without ending */
async function pack(folder: string, ids: ReadonlySet<string>, run: Run): Promise<string> {
  const options = ['--quiet', '--delta-base-offset', '--no-write-bitmap-index', WINDOW];
  const result = await run(['pack-objects', ...options, join(folder, 'pack')], `${[...ids].join('\n')}\n`);
  const made = `pack-${result.stdout.trim()}`;
  if (result.exitCode !== 0 || !/^pack-[0-9a-f]{40}$/.test(made)) throw new Error(result.stderr.trim());
  return made;
}

/** Objects to which no ref leads. Where that cannot be told, none. */
async function withdrawn(old: ReadonlySet<string>, run: Run): Promise<string[]> {
  if (old.size === 0 || old.size > MOST_WALKED) return [];
  const walk = ['rev-list', '--objects', '--no-object-names', '--exclude-promisor-objects', '--all'];
  const { exitCode, stdout } = await run(walk, '');
  if (exitCode !== 0) return [];
  const shown = new Set(stdout.split('\n'));
  return [...old].filter((oid) => !shown.has(oid));
}
