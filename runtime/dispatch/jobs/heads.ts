/** Looking at branch heads past every cache, and finding out how they relate to commits of ours (rules D5, D6, D8). */

import type { Git } from '../../git';
import type {
  HeadFacts,
  HeadsJob,
  Kinship,
  LandedApplication,
  Landing,
  RecordedCommit,
  RelateJob,
  RevisionRelation,
} from '../../journey';
import { ownershipOf, sameRepository } from '../../journey';
import { branchContent, touchedPaths } from './state-record';

/** How a head relates to each of some commits; commits that the repository no longer has are left out. */
export async function headFacts(
  git: Git,
  repoURL: string,
  head: string | undefined,
  commits: readonly string[],
): Promise<HeadFacts> {
  if (head === undefined) return { head, kin: [] };
  const kin: Kinship[] = [];
  for (const commit of new Set(commits)) {
    if (commit === head) {
      kin.push({ commit, descends: true, touched: [] });
    } else if (await git.contains(repoURL, commit, head)) {
      const [ours, theirs] = await Promise.all([
        branchContent(git, repoURL, commit),
        branchContent(git, repoURL, head),
      ]);
      kin.push({ commit, descends: true, touched: touchedPaths(ours, theirs) });
    } else {
      kin.push({ commit, descends: false, touched: [] });
    }
  }
  return { head, kin };
}

/** Heads of several branches, one request for each repository; by `repoURL branch` as the caller wrote them. */
export async function readHeads(
  git: Git,
  places: readonly { readonly repoURL: string; readonly branch: string }[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await Promise.all(
    byRepository(places).map(async ([repoURL, group]) => {
      const heads = await git.heads(repoURL, [...new Set(group.map((one) => one.branch))], signal);
      for (const one of group) {
        const head = heads.get(one.branch);
        if (head !== undefined) found.set(placeOf(one), head);
      }
    }),
  );
  return found;
}

export const placeOf = ({ repoURL, branch }: { readonly repoURL: string; readonly branch: string }): string =>
  `${repoURL} ${branch}`;

/** Groups by repository, however its URL is written. */
export function byRepository<T extends { readonly repoURL: string }>(list: readonly T[]): [string, T[]][] {
  const groups: [string, T[]][] = [];
  for (const item of list) {
    const group = groups.find(([repoURL]) => sameRepository(repoURL, item.repoURL));
    if (group) group[1].push(item);
    else groups.push([item.repoURL, [item]]);
  }
  return groups;
}

/** Where a recorded commit stands, judged by the head that its branch has now. */
async function standingOf(
  git: Git,
  one: RecordedCommit,
  head: string | undefined,
  why: string,
): Promise<LandedApplication> {
  const { reference, listed } = one;
  const built = one.parent ?? one.head;
  const ours = [...listed, ...(one.displaced ?? [])];
  const facts = await headFacts(git, reference.repoURL, head, [...ours, ...(built === undefined ? [] : [built])]);
  const ownership = ownershipOf(facts, built, ours);
  switch (ownership.whose) {
    case 'Ours':
      if (listed.includes(ownership.by)) return { outcome: 'Shown', reference, commit: ownership.by };
      // It was there, so that somebody has set the branch back since.
      if (one.entered) {
        return { outcome: 'Suspended', reference, ownership: { whose: 'HistoryRewritten', head: ownership.head } };
      }
      return ownership.head === built
        ? { outcome: 'NotShown', reference, message: why }
        : { outcome: 'Withdraw', reference, message: `${one.branch} has moved on to ${ownership.head}` };
    case 'Nobody':
      return { outcome: 'NotShown', reference, message: why };
    default:
      return { outcome: 'Suspended', reference, ownership };
  }
}

/** The job `heads`: where every recorded commit stands. */
export async function lookAtHeads(
  git: Git,
  job: Pick<HeadsJob, 'commits'>,
  signal: AbortSignal,
  why = 'the branch does not show the commit yet',
): Promise<Landing> {
  const places = job.commits.map((one) => ({ repoURL: one.reference.repoURL, branch: one.branch }));
  const heads = await readHeads(git, places, signal);
  return Promise.all(
    job.commits.map((one) =>
      standingOf(git, one, heads.get(placeOf({ repoURL: one.reference.repoURL, branch: one.branch })), why),
    ),
  );
}

/** The job `relate`: how a revision that Argo CD reports relates to our commit. */
export async function relate(git: Git, { repoURL, commit, revision }: RelateJob): Promise<RevisionRelation> {
  if (commit === revision) return 'same';
  if (!(await git.has(repoURL, revision))) return 'foreign';
  const { kin } = await headFacts(git, repoURL, revision, [commit]);
  return kin.some((one) => one.descends && one.touched.length === 0) ? 'contains' : 'foreign';
}
