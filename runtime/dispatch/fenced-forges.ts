/** Forges as a leader uses them: an effect asks the fence right before it goes out, and is over before the lease is. */

import type { Fence } from '../fence';
import type { Forges } from '../forge';

export function fencedForges(forges: Forges, fence: Fence): Forges {
  const permit = (): number => fence.remainingMs();
  return {
    find: (...asked) => forges.find(...asked),
    open: (repoURL, order) => forges.open(repoURL, order, { permit }),
    merge: (repoURL, request, order) => forges.merge(repoURL, request, order, { permit }),
    close: (repoURL, request, note) => forges.close(repoURL, request, note, { permit }),
    report: (repoURL, commit, status) => forges.report(repoURL, commit, status, { permit }),
    removeBranch: (repoURL, branch) => forges.removeBranch(repoURL, branch, { permit }),
  };
}
