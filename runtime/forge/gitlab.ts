/** GitLab, its own and self-managed ones. */

import { Type, type Static } from '@sinclair/typebox';
import { TransientError } from '../errors';
import { openAlready, type Adapter } from './adapter';
import type { PullRequest } from './contract';
import { accepted, ask, expected, refusalIn, type Api } from './http';

const Nullable = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const MergeRequest = Type.Object({
  iid: Type.Integer(),
  web_url: Type.String(),
  state: Type.String(),
  sha: Nullable,
  merge_commit_sha: Nullable,
  squash_commit_sha: Nullable,
  detailed_merge_status: Nullable,
});
type MergeRequest = Static<typeof MergeRequest>;

const STATES: Readonly<Record<string, PullRequest['state']>> = {
  opened: 'Open',
  merged: 'Merged',
  closed: 'Closed',
  locked: 'Open',
};

/** What GitLab makes of pipelines, approvals and conflicts, all together. */
const MERGE_STATUS: Readonly<Record<string, Pick<PullRequest, 'checks' | 'obstacle'>>> = {
  mergeable: { checks: 'Passed' },
  ci_still_running: { checks: 'Pending' },
  ci_must_pass: { checks: 'Failed' },
  external_status_checks: { checks: 'Pending' },
  status_checks_must_pass: { checks: 'Pending' },
  not_approved: { checks: 'Pending', obstacle: 'an approval is missing' },
  conflict: { checks: 'Unknown', obstacle: 'it conflicts' },
  discussions_not_resolved: { checks: 'Pending', obstacle: 'a thread is not resolved' },
  need_rebase: { checks: 'Pending', obstacle: 'the project asks for one that is rebased' },
};

/** By default only the newest of each name is listed. */
const Statuses = Type.Array(Type.Object({ name: Type.String(), status: Type.String(), description: Nullable }));
const WORDS = { Passed: 'success', Failed: 'failed' } as const;

const told = (one: MergeRequest): PullRequest => {
  const state = STATES[one.state] ?? 'Closed';
  const merged = one.merge_commit_sha ?? one.squash_commit_sha;
  return {
    url: one.web_url,
    id: `${one.iid}`,
    state,
    head: one.sha ?? '',
    ...(state === 'Merged' && merged ? { merged } : {}),
    checks: 'Unknown',
    ...(state === 'Open' && MERGE_STATUS[one.detailed_merge_status ?? '']),
  };
};

/**
 * How it merges without squashing is the project's own setting: by a merge commit, or only by fast-forward.
 *
 * @param path `group/subgroup/name`
 */
export function gitlab(api: Api, path: string): Adapter {
  const project = `/projects/${encodeURIComponent(path)}`;
  const requests = `${project}/merge_requests`;
  const find: Adapter['find'] = async ({ source, target }) => {
    const query = {
      source_branch: source,
      target_branch: target,
      state: 'all',
      order_by: 'created_at',
      sort: 'desc',
      per_page: '1',
    };
    const answer = await ask(api, { method: 'GET', path: requests, query });
    const [newest] = expected(Type.Array(MergeRequest), answer, `the merge requests of ${source}`);
    return newest && told(newest);
  };
  return {
    find,

    async open(order, effect) {
      const body = {
        source_branch: order.source,
        target_branch: order.target,
        title: order.title,
        description: order.body,
        remove_source_branch: false,
      };
      const answer = await ask(api, { method: 'POST', path: requests, body }, effect);
      const what = `a merge request of ${order.source} into ${order.target}`;
      if (answer.status !== 409) return told(expected(MergeRequest, answer, what));
      return openAlready(find, order, answer, what);
    },

    async merge({ id }, { method, commit, title, message }, effect) {
      const text = `${title}\n\n${message}`;
      const squash = method === 'Squash';
      const body = {
        sha: commit,
        squash,
        should_remove_source_branch: false,
        ...(squash ? { squash_commit_message: text } : { merge_commit_message: text }),
      };
      const answer = await ask(api, { method: 'PUT', path: `${requests}/${id}/merge`, body }, effect);
      if (answer.status === 404) throw new TransientError(`merge request ${id} is not found, or we may not merge it`);
      return refusalIn(answer);
    },

    async close({ id }, note, effect) {
      const comment = { method: 'POST', path: `${requests}/${id}/notes`, body: { body: note } } as const;
      accepted(await ask(api, comment, effect), `a note on merge request ${id}`);
      const closing = { method: 'PUT', path: `${requests}/${id}`, body: { state_event: 'close' } } as const;
      // 400, 422: it was merged meanwhile.
      accepted(await ask(api, closing, effect), `closing merge request ${id}`, 400, 422);
    },

    async report(commit, { context: name, state, description }, effect) {
      const where = `${project}/repository/commits/${commit}/statuses`;
      const listed = await ask(api, { method: 'GET', path: where, query: { name, per_page: '100' } });
      const said = expected(Statuses, listed, `the statuses of ${commit}`).filter((one) => one.name === name);
      if (said.some((one) => one.status === WORDS[state] && one.description === description)) return;
      const body = { name, state: WORDS[state], description };
      const answer = await ask(api, { method: 'POST', path: `${project}/statuses/${commit}`, body }, effect);
      accepted(answer, `a status of ${commit}`);
    },

    async removeBranch(branch, effect) {
      const where = `${project}/repository/branches/${encodeURIComponent(branch)}`;
      accepted(await ask(api, { method: 'DELETE', path: where }, effect), `removing branch ${branch}`, 404);
    },
  };
}
