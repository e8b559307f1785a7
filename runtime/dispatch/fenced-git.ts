/** Git as a leader uses it: a push asks the fence right before it goes out, and is over before the lease is. */

import type { Fence } from '../fence';
import type { Git } from '../git';

export function fencedGit(git: Git, fence: Fence): Git {
  return {
    heads: (...asked) => git.heads(...asked),
    tags: (...asked) => git.tags(...asked),
    has: (...asked) => git.has(...asked),
    files: (...asked) => git.files(...asked),
    blobs: (...asked) => git.blobs(...asked),
    contains: (...asked) => git.contains(...asked),
    describe: (...asked) => git.describe(...asked),
    history: (...asked) => git.history(...asked),
    commit: (...asked) => git.commit(...asked),
    push: (repoURL, updates, until) => git.push(repoURL, updates, { ...until, permit: () => fence.remainingMs() }),
    close: () => git.close(),
  };
}
