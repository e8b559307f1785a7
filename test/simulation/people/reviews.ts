/** People at a forge: what becomes of a pull request that they are asked to merge. */

import type { Scene } from '../scene';
import type { PullRequestKept } from '../world/forges';
import { placesOf } from './choice';

const LONGEST_MS = 120_000;
const METHODS = ['Merge', 'Squash', 'Rebase'] as const;

/**
 * Somebody looks at a pull request some time after it was opened, and merges it in a way of theirs, closes it, or leaves
 * it open.
 */
export function review(scene: Scene, { number, repoURL, target }: PullRequestKept): void {
  const { chance, forges, timeline } = scene;
  const about = `review ${target}`;
  const word = chance.next(`${about} word`);
  const method = chance.one(`${about} method`, METHODS) ?? 'Merge';
  timeline.after(1_000 + Math.floor(chance.next(`${about} after`) * LONGEST_MS), () => {
    const one = forges.requests.find((other) => other.number === number);
    if (one?.state !== 'Open' || word > 0.92) return;
    if (word > 0.82) {
      forges.close(one);
      scene.tell(scene.person, `closes the pull request into ${target}`);
    } else if (isAsked(scene, repoURL, target)) {
      const refused = forges.merge(one, method, scene.person);
      scene.tell(scene.person, `${refused === undefined ? 'merges' : 'cannot merge'} the pull request into ${target}`);
    }
  });
}

/** Whether the station says that people merge. */
const isAsked = ({ story: { network } }: Scene, repoURL: string, target: string): boolean =>
  placesOf(network).some(
    ({ url, branch, station }) => url === repoURL && branch === target && station.pullRequests?.merge === 'People',
  );
