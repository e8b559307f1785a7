/** Azure DevOps Services, and Azure DevOps Server. */

import { Type, type Static } from '@sinclair/typebox';
import { TransientError } from '../errors';
import { openAlready, type Adapter } from './adapter';
import type { PullRequest } from './contract';
import { accepted, ask, expected, refusalIn, type Answer, type Api, type Question } from './http';
import type { AzureRepository } from './place';

const Commit = Type.Optional(Type.Union([Type.Object({ commitId: Type.String() }), Type.Null()]));
const Pull = Type.Object({
  pullRequestId: Type.Integer(),
  status: Type.String(),
  mergeStatus: Type.Optional(Type.String()),
  lastMergeSourceCommit: Commit,
  lastMergeCommit: Commit,
});
type Pull = Static<typeof Pull>;
const Refs = Type.Object({ value: Type.Array(Type.Object({ name: Type.String(), objectId: Type.String() })) });
const Updates = Type.Object({ value: Type.Array(Type.Object({ success: Type.Boolean() })) });

const Nullable = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Statuses = Type.Object({
  value: Type.Array(
    Type.Object({
      state: Type.String(),
      description: Nullable,
      context: Type.Object({ name: Type.String(), genre: Nullable }),
    }),
  ),
});
const WORDS = { Passed: 'succeeded', Failed: 'failed' } as const;
const GENRE = 'continuous-delivery';

const API_VERSION = '7.1';
/** To reads and posts with a token that it does not know, it gives the page on which people sign in. */
const SIGN_IN = 203;
const NOBODY = '0'.repeat(40);
/** It takes no longer description. */
const BODY_LENGTH = 4_000;
const METHODS = { Merge: 'noFastForward', Squash: 'squash', Rebase: 'rebase' } as const;
const OBSTACLES: Readonly<Record<string, string>> = {
  conflicts: 'it conflicts',
  rejectedByPolicy: 'a policy of the branch rejects it',
  failure: 'it cannot be merged',
};

const refOf = (branch: string): string => `refs/heads/${branch}`;

/** @param api of the project's collection: `https://dev.azure.com/organisation` */
export function azureDevOps(
  api: Api,
  { web, project, name }: Pick<AzureRepository, 'web' | 'project' | 'name'>,
): Adapter {
  const repository = `/${encodeURIComponent(project)}/_apis/git/repositories/${encodeURIComponent(name)}`;
  const pulls = `${repository}/pullrequests`;
  const request = async (question: Question, ...effect: [Parameters<typeof ask>[2]?]): Promise<Answer> => {
    const query = { ...question.query, 'api-version': API_VERSION };
    const answer = await ask(api, { ...question, query }, ...effect);
    if (answer.status === SIGN_IN) {
      throw new TransientError(
        `${new URL(api.base).host} wants us to sign in: check whether the token in Secret ${api.secretName} is right and has not expired`,
      );
    }
    return answer;
  };
  const told = (pull: Pull): PullRequest => {
    const state = pull.status === 'active' ? 'Open' : pull.status === 'completed' ? 'Merged' : 'Closed';
    const obstacle = OBSTACLES[pull.mergeStatus ?? ''];
    return {
      url: `${web}/pullrequest/${pull.pullRequestId}`,
      id: `${pull.pullRequestId}`,
      state,
      head: pull.lastMergeSourceCommit?.commitId ?? '',
      // Of an active one it is what a merge would make, which no branch shows.
      ...(state === 'Merged' && pull.lastMergeCommit ? { merged: pull.lastMergeCommit.commitId } : {}),
      checks: 'Unknown',
      ...(state === 'Open' && obstacle !== undefined && { obstacle }),
    };
  };
  const find: Adapter['find'] = async ({ source, target }) => {
    const query = {
      'searchCriteria.sourceRefName': refOf(source),
      'searchCriteria.targetRefName': refOf(target),
      'searchCriteria.status': 'all',
    };
    const answer = await request({ method: 'GET', path: pulls, query });
    const { value } = expected(Type.Object({ value: Type.Array(Pull) }), answer, `the pull requests of ${source}`);
    const newest = value.reduce<Pull | undefined>(
      (last, one) => (last === undefined || one.pullRequestId > last.pullRequestId ? one : last),
      undefined,
    );
    return newest && told(newest);
  };
  return {
    find,

    async open(order, effect) {
      const body = {
        sourceRefName: refOf(order.source),
        targetRefName: refOf(order.target),
        title: order.title,
        description: order.body.slice(0, BODY_LENGTH),
      };
      const answer = await request({ method: 'POST', path: pulls, body }, effect);
      const what = `a pull request of ${order.source} into ${order.target}`;
      if (answer.status !== 409) return told(expected(Pull, answer, what));
      return openAlready(find, order, answer, what);
    },

    async merge({ id }, { method, commit, title, message }, effect) {
      const body = {
        status: 'completed',
        lastMergeSourceCommit: { commitId: commit },
        completionOptions: {
          mergeStrategy: METHODS[method],
          mergeCommitMessage: `${title}\n\n${message}`,
          deleteSourceBranch: false,
        },
      };
      const answer = await request({ method: 'PATCH', path: `${pulls}/${id}`, body }, effect);
      if (answer.status === 404) throw new TransientError(`pull request ${id} is not found, or we may not complete it`);
      return refusalIn(answer);
    },

    async close({ id }, note, effect) {
      const thread = { comments: [{ parentCommentId: 0, content: note, commentType: 1 }], status: 'closed' };
      const comment = { method: 'POST', path: `${pulls}/${id}/threads`, body: thread } as const;
      accepted(await request(comment, effect), `a note on pull request ${id}`);
      const closing = { method: 'PATCH', path: `${pulls}/${id}`, body: { status: 'abandoned' } } as const;
      // 400, 409: it is not active any more.
      accepted(await request(closing, effect), `abandoning pull request ${id}`, 400, 409);
    },

    async report(commit, { context, state, description }, effect) {
      const path = `${repository}/commits/${commit}/statuses`;
      const query = { latestOnly: 'true', top: '1000' };
      const listed = await request({ method: 'GET', path, query });
      const said = expected(Statuses, listed, `the statuses of ${commit}`).value.find(
        (one) => one.context.genre === GENRE && one.context.name === context,
      );
      if (said?.state === WORDS[state] && said.description === description) return;
      const body = { state: WORDS[state], description, context: { name: context, genre: GENRE } };
      accepted(await request({ method: 'POST', path, body }, effect), `a status of ${commit}`);
    },

    async removeBranch(branch, effect) {
      const listed = await request({ method: 'GET', path: `${repository}/refs`, query: { filter: `heads/${branch}` } });
      const refs = expected(Refs, listed, `branch ${branch}`).value;
      const head = refs.find((ref) => ref.name === refOf(branch))?.objectId;
      if (head === undefined) return;
      const body = [{ name: refOf(branch), oldObjectId: head, newObjectId: NOBODY }];
      const answer = await request({ method: 'POST', path: `${repository}/refs`, body }, effect);
      const [update] = expected(Updates, answer, `removing branch ${branch}`).value;
      if (update?.success !== true) throw new TransientError(`branch ${branch} has moved while it was to be removed`);
    },
  };
}
