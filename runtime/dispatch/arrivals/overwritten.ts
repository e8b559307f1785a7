/** What a person's resume has us write over: it is recorded in the commit that does it (rule D8). */

import { TRAILERS } from '../../../lib/api';
import type { Git } from '../../git';
import { namingPaths, NO_COMMIT, type PrepareApplication, type PrepareJob } from '../../journey';
import { branchContent, type BranchContent } from '../jobs/state-record';

/** Paths that a commit names; of more it says how many. */
const MOST_PATHS = 200;

/** A person's word, and the paths of the head that are not as we left them and that our commit sets or takes away. */
export interface Overwritten {
  readonly by: string;
  readonly paths: readonly string[];
}

/**
 * @param head that the commit is put on, and what it shows; neither where the branch is gone
 * @param changed every path that the commit writes or removes, with the blob id that it puts there, if any
 * @returns `undefined` where no person has told us to write over this head
 */
export async function overwrittenBy(
  git: Git,
  { resumes }: PrepareJob,
  { reference, head: recorded, listed }: PrepareApplication,
  head: { readonly commit: string | undefined; readonly content: BranchContent | undefined },
  changed: ReadonlyMap<string, string | undefined>,
): Promise<Overwritten | undefined> {
  const word = resumes.findLast((one) => one.head === (head.commit ?? NO_COMMIT));
  if (word === undefined) return undefined;
  const known = [...listed, ...(recorded === undefined ? [] : [recorded])];
  const last = await newestBelow(git, reference.repoURL, known, head.commit);
  const ours =
    last === undefined ? new Map<string, never>() : (await branchContent(git, reference.repoURL, last)).files;
  const paths = [...changed].flatMap(([path, oid]) => {
    const theirs = head.content?.files.get(path)?.oid;
    return theirs !== oid && theirs !== ours.get(path)?.oid ? [path] : [];
  });
  return { by: word.by, paths: paths.sort() };
}

/** The first of these commits, the newest being the first, that the head is or descends from. */
async function newestBelow(
  git: Git,
  repoURL: string,
  commits: readonly string[],
  head: string | undefined,
): Promise<string | undefined> {
  if (head === undefined) return undefined;
  for (const commit of commits) {
    if ((await git.has(repoURL, commit)) && (await git.contains(repoURL, commit, head))) return commit;
  }
  return undefined;
}

/** The same for the ticket, in a line. */
export const wordsOfOverwritten = ({ by, paths }: Overwritten): string =>
  paths.length === 0 ? `resumed by ${by}` : `wrote over ${namingPaths(paths)} at the word of ${by}`;

/** The same for the commit. */
export function overwroteTrailers(overwritten: Overwritten | undefined): (readonly [key: string, value: string])[] {
  if (overwritten === undefined) return [];
  const { by, paths } = overwritten;
  const more = paths.length > MOST_PATHS ? [`${paths.length - MOST_PATHS} more`] : [];
  const named = [...paths.slice(0, MOST_PATHS), ...more];
  return [[TRAILERS.resumedBy, by], ...named.map((path) => [TRAILERS.overwrote, path] as const)];
}
