/** The jobs `descent` and `follow`: how commits of source branches relate, and what they touch (rules A4, B4, B5). */

import type { Git } from '../../git';
import type { Descent, DescentJob, DescentQuestion, Follow, FollowJob } from '../../journey';

/** Looks at the source branch past every cache, and at the history of its commits. */
export async function descent(
  git: Git,
  { questions }: Pick<DescentJob, 'questions'>,
  signal?: AbortSignal,
): Promise<Descent> {
  const answers: Descent[] = [];
  for (const question of questions) answers.push(await answer(git, question, signal));
  return {
    onBranch: answers.flatMap(({ onBranch }) => onBranch),
    contained: answers.flatMap(({ contained }) => contained),
  };
}

async function answer(
  git: Git,
  { repoURL, branch, incoming, recorded }: DescentQuestion,
  signal: AbortSignal | undefined,
): Promise<Descent> {
  const head = (await git.heads(repoURL, [branch], signal)).get(branch);
  const onBranch: string[] = [];
  for (const commit of new Set([...incoming, ...recorded])) {
    if (head !== undefined && (await git.contains(repoURL, commit, head))) onBranch.push(`${repoURL} ${commit}`);
  }
  const contained: string[] = [];
  for (const later of recorded) {
    if (!(await git.has(repoURL, later))) continue;
    for (const earlier of incoming) {
      if (await git.contains(repoURL, earlier, later)) contained.push(`${repoURL} ${earlier} ${later}`);
    }
  }
  return { onBranch, contained };
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Rule B4: what an overlay's commit stands on that the station's base does not have. */
export async function follow(git: Git, job: FollowJob): Promise<Follow> {
  const { repoURL, commit, path, base, recorded, overlays } = job;
  const history = await git.history(repoURL, { upTo: commit, without: (await git.has(repoURL, base)) ? [base] : [] });
  const outside = history.filter(({ paths }) =>
    paths.some((touched) => !overlays.some((overlay) => isWithin(touched, overlay))),
  );
  const knowsOverlay = await git.has(repoURL, recorded);
  let mixed = false;
  for (const one of outside) {
    if (!one.paths.some((touched) => isWithin(touched, path))) continue;
    if (knowsOverlay && (await git.contains(repoURL, one.commit, recorded))) continue;
    mixed = true;
    break;
  }
  const newest = outside[0];
  return { mixed, ...(newest === undefined ? {} : { outside: newest.commit }) };
}
