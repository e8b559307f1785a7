/**
 * Keeps the packs of a mirror few and small: every fetch and every commit adds one, and Git looks through all of them.
 * Small ones become one in which versions of a file are kept as differences; no object is lost and nothing is traversed,
 * so that what was left out of a mirror stays out.
 */

import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from './command';
import { idsIn } from './pack';

/** Packs that may stand side by side before the smaller ones become one. */
export const MOST_PACKS = 50;
/** A pack joins smaller ones while it is at most this many times as large as they are together. */
const GROWTH = 2;

interface Pack {
  readonly name: string;
  readonly bytes: number;
}

/**
 * @param folder of the mirror
 * @param run runs a Git command on the mirror
 * @param most packs that may stand side by side
 * @returns how many packs there are now
 */
export async function tidy(
  folder: string,
  run: (args: readonly string[], input: string) => Promise<CommandResult>,
  most = MOST_PACKS,
): Promise<number> {
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
    await merge(packs, { small, promised }, run);
    count -= small.length - 1;
  }
  // Others may have come meanwhile.
  return (await readdir(packs)).filter((name) => name.endsWith('.idx')).length;
}

const stemOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

const sizeOf = async (folder: string, name: string): Promise<Pack> => ({
  name,
  bytes: (await stat(join(folder, `${name}.pack`))).size,
});

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

async function merge(
  folder: string,
  { small, promised }: { readonly small: readonly Pack[]; readonly promised: boolean },
  run: (args: readonly string[], input: string) => Promise<CommandResult>,
): Promise<void> {
  const indexes = await Promise.all(small.map(({ name }) => readFile(join(folder, `${name}.idx`))));
  const ids = new Set(indexes.flatMap(idsIn));
  const options = ['--quiet', '--delta-base-offset', '--no-write-bitmap-index'];
  const result = await run(['pack-objects', ...options, join(folder, 'pack')], `${[...ids].join('\n')}\n`);
  const made = `pack-${result.stdout.trim()}`;
  if (result.exitCode !== 0 || !/^pack-[0-9a-f]{40}$/.test(made)) throw new Error(result.stderr.trim());
  if (promised) await writeFile(join(folder, `${made}.promisor`), '');
  const gone = small.filter(({ name }) => name !== made);
  // Without its index nobody finds a pack any more, and whoever is reading it has it open.
  for (const ending of ['idx', 'rev', 'promisor', 'pack']) {
    await Promise.all(gone.map(({ name }) => rm(join(folder, `${name}.${ending}`), { force: true })));
  }
}
