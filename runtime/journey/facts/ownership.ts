/** Whose the head of a rendered branch is: decided by content and record only (rule D8). */

/** How Git writes that a branch does not exist; a resume names it to say yes to a deleted branch. */
export const NO_COMMIT = '0'.repeat(40);

/** How a head relates to one commit that we know to be ours. */
export interface Kinship {
  readonly commit: string;
  /** The head is that commit, or descends from it. */
  readonly descends: boolean;
  /** Managed files of that commit that the head changed or lost, `.k8sta/state.yaml` included. */
  readonly touched: readonly string[];
}

/** What a look at the branch found. */
export interface HeadFacts {
  /** `undefined` where the branch does not exist. */
  readonly head: string | undefined;
  /** One entry for each commit that was asked for and that the repository still knows. */
  readonly kin: readonly Kinship[];
}

export type Ownership =
  /** `by` is the newest commit of ours that it is, or descends from. */
  | { readonly whose: 'Ours'; readonly head: string; readonly by: string }
  | { readonly whose: 'Nobody' }
  | { readonly whose: 'ForeignCommit'; readonly head: string; readonly paths: readonly string[] }
  | { readonly whose: 'HistoryRewritten'; readonly head: string }
  | { readonly whose: 'BranchDeleted' }
  | { readonly whose: 'ForeignBranch'; readonly head: string };

/**
 * @param facts what the look found
 * @param recorded the head that Station.status records, if any
 * @param listed SHAs that the occupant lists; each counts as a recorded head
 * @param resumed heads that a person has seen and told us to write over
 */
export function ownershipOf(
  facts: HeadFacts,
  recorded: string | undefined,
  listed: readonly string[],
  resumed: readonly string[] = [],
): Ownership {
  const ours = recorded === undefined ? listed : [...listed, recorded];
  if (facts.head === undefined) {
    return recorded === undefined || resumed.includes(NO_COMMIT) ? { whose: 'Nobody' } : { whose: 'BranchDeleted' };
  }
  if (resumed.includes(facts.head)) return { whose: 'Ours', head: facts.head, by: facts.head };
  if (ours.length === 0) return { whose: 'ForeignBranch', head: facts.head };

  const descent = facts.kin.filter((kin) => ours.includes(kin.commit) && kin.descends);
  const untouched = descent.find((kin) => kin.touched.length === 0);
  if (untouched) return { whose: 'Ours', head: facts.head, by: untouched.commit };
  const nearest = descent[0];
  if (nearest) return { whose: 'ForeignCommit', head: facts.head, paths: nearest.touched };
  return recorded === undefined
    ? { whose: 'ForeignBranch', head: facts.head }
    : { whose: 'HistoryRewritten', head: facts.head };
}
