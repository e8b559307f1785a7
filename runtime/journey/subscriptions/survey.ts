/** What the new commits of a source branch ask for (rule B3). Pure: what each of them touched is handed in. */

import { globMatcher } from '../facts/glob';
import type { Survey, SurveyQuestion } from '../facts/source-job';

/** A commit, and every path that it touched. */
interface Touched {
  readonly commit: string;
  readonly paths: readonly string[];
}

/** Which paths count for a subscription. @throws Error naming a glob that is none */
export function countedPaths({
  folder,
  include,
  exclude,
}: Pick<SurveyQuestion, 'folder' | 'include' | 'exclude'>): (path: string) => boolean {
  const wanted = include.map(globMatcher);
  const unwanted = exclude.map(globMatcher);
  const start = folder === '' ? '' : `${folder}/`;
  return (path) => {
    if (!path.startsWith(start)) return false;
    const seen = path.slice(start.length);
    return (wanted.length === 0 || wanted.some((fits) => fits(seen))) && !unwanted.some((fits) => fits(seen));
  };
}

/** The overlay folders in which a path lies. */
function overlaysOf(path: string, overlays: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (overlays.has(folder)) found.push(folder);
  }
  return found;
}

/**
 * @param history first-parent commits, the newest first
 * @throws Error naming a glob that is none
 */
export function survey(history: readonly Touched[], question: SurveyQuestion): Survey {
  const counts = countedPaths(question);
  const known = new Set(question.overlays);
  let source: string | undefined;
  const overlays = new Map<string, string>();
  for (const { commit, paths } of history) {
    const counted = paths.filter(counts);
    if (counted.length === 0) continue;
    // What else such a commit touches, counted or not: one that changes more than overlays must not be torn apart (A2).
    if (paths.some((path) => overlaysOf(path, known).length === 0)) source ??= commit;
    else
      for (const folder of counted.flatMap((path) => overlaysOf(path, known)))
        if (!overlays.has(folder)) overlays.set(folder, commit);
  }
  const chosen = new Set([...overlays.values(), ...(source === undefined ? [] : [source])]);
  const skipped = history.filter(({ commit }) => !chosen.has(commit));
  const [newest, oldest] = [skipped[0], skipped.at(-1)];
  return {
    commits: history.length,
    ...(source === undefined ? {} : { source }),
    overlays: [...overlays].map(([path, commit]) => ({ path, commit })).sort((a, b) => (a.path < b.path ? -1 : 1)),
    ...(newest && oldest && { skipped: { count: skipped.length, oldest: oldest.commit, newest: newest.commit } }),
  };
}
