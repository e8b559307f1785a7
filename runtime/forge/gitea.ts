/** Gitea and Forgejo. */

import { Type, type Static } from '@sinclair/typebox';
import { encoded, openAlready, type Adapter } from './adapter';
import type { PullRequest } from './contract';
import { accepted, ask, expected, refusalIn, type Api } from './http';

const Pull = Type.Object({
  number: Type.Integer(),
  html_url: Type.String(),
  state: Type.String(),
  merged: Type.Boolean(),
  mergeable: Type.Optional(Type.Boolean()),
  merge_commit_sha: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  head: Type.Object({ sha: Type.String(), label: Type.String() }),
  base: Type.Object({ ref: Type.String() }),
});
const Combined = Type.Object({ state: Type.String(), total_count: Type.Integer() });

const CHECKS: Readonly<Record<string, PullRequest['checks']>> = {
  success: 'Passed',
  warning: 'Passed',
  pending: 'Pending',
  failure: 'Failed',
  error: 'Failed',
};
const Statuses = Type.Array(
  Type.Object({ id: Type.Integer(), context: Type.String(), status: Type.String(), description: Type.String() }),
);
const WORDS = { Passed: 'success', Failed: 'failure' } as const;
const METHODS = { Merge: 'merge', Squash: 'squash', Rebase: 'rebase' } as const;

/** @param path `owner/name` */
export function gitea(api: Api, path: string): Adapter {
  const repository = `/repos/${encoded(path)}`;
  const checksOf = async (commit: string): Promise<PullRequest['checks']> => {
    const answer = await ask(api, {
      method: 'GET',
      path: `${repository}/commits/${encodeURIComponent(commit)}/status`,
    });
    if (answer.status === 404) return 'None';
    const { state, total_count: count } = expected(Combined, answer, `the checks of ${commit}`);
    // Without any it says pending.
    return count === 0 ? 'None' : (CHECKS[state] ?? 'Unknown');
  };
  const told = async (pull: Static<typeof Pull>): Promise<PullRequest> => {
    const state = pull.merged ? 'Merged' : pull.state === 'open' ? 'Open' : 'Closed';
    return {
      url: pull.html_url,
      id: `${pull.number}`,
      state,
      head: pull.head.sha,
      ...(pull.merged && pull.merge_commit_sha ? { merged: pull.merge_commit_sha } : {}),
      checks: state === 'Open' ? await checksOf(pull.head.sha) : 'Unknown',
      ...(state === 'Open' &&
        pull.mergeable === false && { obstacle: 'it conflicts, or is still being checked for it' }),
    };
  };
  const find: Adapter['find'] = async ({ source, target }) => {
    const what = `${repository}/pulls/${encodeURIComponent(target)}/${encodeURIComponent(source)}`;
    const answer = await ask(api, { method: 'GET', path: what });
    if (answer.status === 404) return undefined;
    const first = expected(Pull, answer, `the pull request of ${source}`);
    return told(first.state === 'open' ? first : await newest(first, source, target));
  };
  /** Of several on one way the forge gives any; the others are among those that were touched lately. */
  const newest = async (first: Static<typeof Pull>, source: string, target: string): Promise<Static<typeof Pull>> => {
    const query = { state: 'all', sort: 'recentupdate', limit: '50' };
    const answer = await ask(api, { method: 'GET', path: `${repository}/pulls`, query });
    const all = expected(Type.Array(Pull), answer, 'the pull requests');
    return all
      .filter(({ head, base }) => head.label === source && base.ref === target)
      .reduce((newer, one) => (one.number > newer.number ? one : newer), first);
  };
  return {
    find,

    async open(order, effect) {
      const { source: head, target: base, title, body } = order;
      const question = { method: 'POST', path: `${repository}/pulls`, body: { head, base, title, body } } as const;
      const answer = await ask(api, question, effect);
      const what = `a pull request of ${head} into ${base}`;
      if (answer.status !== 409) return told(expected(Pull, answer, what));
      return openAlready(find, order, answer, what);
    },

    async merge({ id }, { method, commit, title, message }, effect) {
      const body = {
        Do: METHODS[method],
        head_commit_id: commit,
        MergeTitleField: title,
        MergeMessageField: message,
        delete_branch_after_merge: false,
      };
      const answer = await ask(api, { method: 'POST', path: `${repository}/pulls/${id}/merge`, body }, effect);
      return refusalIn(answer);
    },

    async close({ id }, note, effect) {
      const comment = { method: 'POST', path: `${repository}/issues/${id}/comments`, body: { body: note } } as const;
      accepted(await ask(api, comment, effect), `a note on pull request ${id}`);
      const closing = { method: 'PATCH', path: `${repository}/pulls/${id}`, body: { state: 'closed' } } as const;
      // 412: it was merged meanwhile.
      accepted(await ask(api, closing, effect), `closing pull request ${id}`, 412);
    },

    async report(commit, { context, state, description }, effect) {
      const query = { sort: 'recentupdate', limit: '50' };
      const listed = await ask(api, { method: 'GET', path: `${repository}/commits/${commit}/statuses`, query });
      const [newest] = expected(Statuses, listed, `the statuses of ${commit}`)
        .filter((one) => one.context === context)
        .sort((one, other) => other.id - one.id);
      if (newest?.status === WORDS[state] && newest.description === description) return;
      const body = { context, state: WORDS[state], description };
      const answer = await ask(api, { method: 'POST', path: `${repository}/statuses/${commit}`, body }, effect);
      accepted(answer, `a status of ${commit}`);
    },

    async removeBranch(branch, effect) {
      const path = `${repository}/branches/${encodeURIComponent(branch)}`;
      accepted(await ask(api, { method: 'DELETE', path }, effect), `removing branch ${branch}`, 404);
    },
  };
}
