/** GitHub, and GitHub Enterprise Server. */

import { Type, type Static } from '@sinclair/typebox';
import { TransientError } from '../errors';
import { encoded, type Adapter } from './adapter';
import type { PullRequest } from './contract';
import { accepted, ask, expected, refusalIn, type Api } from './http';

const Pull = Type.Object({
  number: Type.Integer(),
  html_url: Type.String(),
  state: Type.String(),
  merged_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  merge_commit_sha: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  mergeable_state: Type.Optional(Type.String()),
  head: Type.Object({ sha: Type.String() }),
});
type Pull = Static<typeof Pull>;

/** What GitHub makes of checks, reviews and conflicts, all together. */
const MERGEABLE: Readonly<Record<string, Pick<PullRequest, 'checks' | 'obstacle'>>> = {
  clean: { checks: 'Passed' },
  has_hooks: { checks: 'Passed' },
  unstable: { checks: 'Pending', obstacle: 'some of its checks do not pass, or have not ended' },
  blocked: { checks: 'Pending', obstacle: 'a check or a review is missing that the branch asks for' },
  behind: { checks: 'Passed', obstacle: 'the branch asks for one that is up to date' },
  dirty: { checks: 'Unknown', obstacle: 'it conflicts' },
  draft: { checks: 'Unknown', obstacle: 'it is a draft' },
};
const Statuses = Type.Array(
  Type.Object({
    context: Type.String(),
    state: Type.String(),
    description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);
const WORDS = { Passed: 'success', Failed: 'failure' } as const;
const METHODS = { Merge: 'merge', Squash: 'squash', Rebase: 'rebase' } as const;

const told = (pull: Pull): PullRequest => {
  const isMerged = typeof pull.merged_at === 'string';
  const state = isMerged ? 'Merged' : pull.state === 'open' ? 'Open' : 'Closed';
  return {
    url: pull.html_url,
    id: `${pull.number}`,
    state,
    head: pull.head.sha,
    // Of an open one it is what a merge would make, which nobody has made.
    ...(isMerged && pull.merge_commit_sha ? { merged: pull.merge_commit_sha } : {}),
    checks: 'Unknown',
    ...(state === 'Open' && MERGEABLE[pull.mergeable_state ?? '']),
  };
};

/** @param path `owner/name` */
export function github(api: Api, path: string): Adapter {
  const repository = `/repos/${encoded(path)}`;
  const [owner = ''] = path.split('/');
  const one = async (id: string): Promise<PullRequest> => {
    const answer = await ask(api, { method: 'GET', path: `${repository}/pulls/${id}` });
    return told(expected(Pull, answer, `pull request ${id}`));
  };
  const find: Adapter['find'] = async ({ source, target }) => {
    const query = {
      head: `${owner}:${source}`,
      base: target,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: '1',
    };
    const answer = await ask(api, { method: 'GET', path: `${repository}/pulls`, query });
    const [newest] = expected(Type.Array(Pull), answer, `the pull requests of ${source}`);
    if (newest === undefined) return undefined;
    // Only one by itself says whether it can be merged.
    return newest.state === 'open' ? one(`${newest.number}`) : told(newest);
  };
  return {
    find,

    async open(order, effect) {
      const { source: head, target: base, title, body } = order;
      const answer = await ask(
        api,
        { method: 'POST', path: `${repository}/pulls`, body: { head, base, title, body } },
        effect,
      );
      const what = `a pull request of ${head} into ${base}`;
      if (answer.status !== 422) return told(expected(Pull, answer, what));
      const present = await find(order);
      return present?.state === 'Open' ? present : told(expected(Pull, answer, what));
    },

    async merge({ id }, { method, commit, title, message }, effect) {
      const body = { sha: commit, merge_method: METHODS[method], commit_title: title, commit_message: message };
      const answer = await ask(api, { method: 'PUT', path: `${repository}/pulls/${id}/merge`, body }, effect);
      if (answer.status === 404) throw new TransientError(`pull request ${id} is not found, or we may not merge it`);
      return refusalIn(answer);
    },

    async close({ id }, note, effect) {
      const comment = { method: 'POST', path: `${repository}/issues/${id}/comments`, body: { body: note } } as const;
      accepted(await ask(api, comment, effect), `a note on pull request ${id}`);
      const closing = { method: 'PATCH', path: `${repository}/pulls/${id}`, body: { state: 'closed' } } as const;
      // 422: it was merged meanwhile.
      accepted(await ask(api, closing, effect), `closing pull request ${id}`, 422);
    },

    async report(commit, { context, state, description }, effect) {
      const query = { per_page: '100' };
      const listed = await ask(api, { method: 'GET', path: `${repository}/commits/${commit}/statuses`, query });
      // The newest come first.
      const newest = expected(Statuses, listed, `the statuses of ${commit}`).find((one) => one.context === context);
      if (newest?.state === WORDS[state] && newest.description === description) return;
      const body = { context, state: WORDS[state], description };
      const answer = await ask(api, { method: 'POST', path: `${repository}/statuses/${commit}`, body }, effect);
      accepted(answer, `a status of ${commit}`);
    },

    async removeBranch(branch, effect) {
      const path = `${repository}/git/refs/heads/${encoded(branch)}`;
      // 422: there is no such reference.
      accepted(await ask(api, { method: 'DELETE', path }, effect), `removing branch ${branch}`, 404, 422);
    },
  };
}
