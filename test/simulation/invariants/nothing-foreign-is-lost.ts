/** I3: what the runtime did not write is not overwritten without a person's word, and no push takes a head but forward. */

import { TRAILERS } from '../../../lib/api';
import type { HeadChange } from '../world/git-server';
import { at, isRuntime, type Evidence } from './evidence';

const STATE_FILE = '.k8sta/state.yaml';

/** What the runtime last wrote at each path of a branch; `undefined` where it took the file away. */
type Written = Map<string, string | undefined>;

export function nothingForeignIsLost(evidence: Evidence): string[] {
  const { git } = evidence.scene;
  const ours = new Map<string, Written>();
  return git.history
    .filter(({ by }) => isRuntime(by))
    .flatMap((move) => {
      const place = `${move.repoURL} ${move.branch}`;
      const written: Written = ours.get(place) ?? new Map<string, string | undefined>();
      ours.set(place, written);
      return judged(evidence, move, written);
    });
}

function judged(evidence: Evidence, move: HeadChange, written: Written): string[] {
  const { objects } = evidence.scene.git;
  const { time, branch, before, after } = move;
  if (after === undefined && branch.startsWith('k8sta/')) {
    // What waited there for its pull request goes with it, as long as it is nobody else's.
    const isOurs = evidence.scene.git.history.some((one) => one.after === before && isRuntime(one.by));
    return isOurs ? [] : [`${branch} was removed at ${evidence.second(time)}, with commits that were not ours`];
  }
  if (after === undefined || (before !== undefined && !objects.descends(before, after))) {
    return [`${branch} was forced from ${before?.slice(0, 7)} at ${evidence.second(time)}`];
  }
  const old: ReadonlyMap<string, string> = before === undefined ? new Map() : objects.filesNow(before);
  const now = objects.filesNow(after);
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  const lost = changed.filter((path) => old.has(path) && old.get(path) !== written.get(path));
  for (const path of [...changed, STATE_FILE]) written.set(path, now.get(path));
  // A branch that somebody set back to a commit of ours holds nothing foreign.
  if (evidence.landings.some(({ commit }) => commit.commit === before)) return [];
  if (lost.length === 0) return [];
  if (before !== undefined && wasResumed(evidence, before, time)) return unsaid(evidence, move, lost);
  return [`${lost.join(', ')} of ${branch}, which was not ours, was overwritten at ${evidence.second(time)}`];
}

/** Of what was overwritten at a person's word, what the commit that did it does not name (rule D8). */
function unsaid(evidence: Evidence, { branch, after, time }: HeadChange, lost: readonly string[]): string[] {
  const trailers = after === undefined ? [] : evidence.scene.git.objects.commit(after).trailers;
  const valuesOf = (key: string): string[] => trailers.filter((one) => one.key === key).map(({ value }) => value);
  const named = valuesOf(TRAILERS.overwrote);
  const left = lost.filter((path) => !named.includes(path));
  if (left.length === 0 && valuesOf(TRAILERS.resumedBy).length === 1) return [];
  return [
    `${left.join(', ')} of ${branch} was overwritten at ${evidence.second(time)}, and its commit does not say what at whose word`,
  ];
}

/** Whether a person had said, of this very head, that our files go on top. */
const wasResumed = (evidence: Evidence, head: string, time: number): boolean =>
  [...evidence.tickets.values()].some((versions) =>
    (at(versions, time)?.object.spec.resumes ?? []).some((resume) => resume.heads?.includes(head)),
  );
