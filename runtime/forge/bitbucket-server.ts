/** Bitbucket Data Center and Server, by its REST API 1.0. */

import { Type, type Static } from '@sinclair/typebox';
import { TransientError } from '../errors';
import { openAlready, type Adapter } from './adapter';
import type { PullRequest } from './contract';
import { accepted, ask, expected, refusalIn, type Api } from './http';
import type { BitbucketRepository } from './place';

const Pull = Type.Object({
  id: Type.Integer(),
  version: Type.Integer(),
  state: Type.String(),
  fromRef: Type.Object({ id: Type.String(), latestCommit: Type.String() }),
  toRef: Type.Object({ id: Type.String() }),
  properties: Type.Optional(
    Type.Object({ mergeCommit: Type.Optional(Type.Object({ id: Type.Optional(Type.String()) })) }),
  ),
});
type Pull = Static<typeof Pull>;
const Pulls = Type.Object({ values: Type.Array(Pull) });
/** Older servers know neither builds that were cancelled nor such as they cannot tell the state of. */
const Builds = Type.Object({
  successful: Type.Integer(),
  inProgress: Type.Integer(),
  failed: Type.Integer(),
  cancelled: Type.Optional(Type.Integer()),
  unknown: Type.Optional(Type.Integer()),
});
const Mergeable = Type.Object({ canMerge: Type.Boolean(), conflicted: Type.Optional(Type.Boolean()) });
const Nullable = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Build = Type.Object({ state: Type.String(), description: Nullable });

const METHODS = { Merge: 'no-ff', Squash: 'squash', Rebase: 'rebase-ff-only' } as const;
const WORDS = { Passed: 'SUCCESSFUL', Failed: 'FAILED' } as const;
/** Of one branch few pull requests are ever made. */
const MOST = '100';

const refOf = (branch: string): string => `refs/heads/${branch}`;

/** @param api of the whole REST interface, which has several parts: `https://bitbucket.example.com/rest` */
export function bitbucketServer(api: Api, { web, project, slug }: BitbucketRepository): Adapter {
  const own = `projects/${encodeURIComponent(project)}/repos/${encodeURIComponent(slug)}`;
  const repository = `/api/1.0/${own}`;
  const pulls = `${repository}/pull-requests`;
  const one = async (id: string): Promise<Pull> =>
    expected(Pull, await ask(api, { method: 'GET', path: `${pulls}/${id}` }), `pull request ${id}`);
  const checksOf = async (commit: string): Promise<PullRequest['checks']> => {
    const answer = await ask(api, { method: 'GET', path: `/build-status/1.0/commits/stats/${commit}` });
    const builds = expected(Builds, answer, `the builds of ${commit}`);
    const { successful, inProgress, failed, cancelled = 0, unknown = 0 } = builds;
    if (failed + cancelled > 0) return 'Failed';
    if (inProgress + unknown > 0) return 'Pending';
    return successful > 0 ? 'Passed' : 'None';
  };
  const obstacleTo = async (id: number): Promise<string | undefined> => {
    const answer = await ask(api, { method: 'GET', path: `${pulls}/${id}/merge` });
    // It was merged or declined in this moment, which the next look finds.
    if (answer.status === 409) return undefined;
    const { canMerge, conflicted } = expected(Mergeable, answer, `whether pull request ${id} can be merged`);
    if (canMerge) return undefined;
    return conflicted === true ? 'it conflicts' : 'a check of the repository forbids it';
  };
  const told = async (pull: Pull): Promise<PullRequest> => {
    const state = pull.state === 'OPEN' ? 'Open' : pull.state === 'MERGED' ? 'Merged' : 'Closed';
    const merged = pull.properties?.mergeCommit?.id;
    const head = pull.fromRef.latestCommit;
    const obstacle = state === 'Open' ? await obstacleTo(pull.id) : undefined;
    return {
      url: `${web}/pull-requests/${pull.id}`,
      id: `${pull.id}`,
      state,
      head,
      ...(state === 'Merged' && merged !== undefined && { merged }),
      checks: state === 'Open' ? await checksOf(head) : 'Unknown',
      ...(obstacle !== undefined && { obstacle }),
    };
  };
  const find: Adapter['find'] = async ({ source, target }) => {
    const query = { at: refOf(source), direction: 'OUTGOING', state: 'ALL', order: 'NEWEST', limit: MOST };
    const answer = await ask(api, { method: 'GET', path: pulls, query });
    const found = expected(Pulls, answer, `the pull requests of ${source}`).values.filter(
      ({ fromRef, toRef }) => fromRef.id === refOf(source) && toRef.id === refOf(target),
    );
    const newest = found.reduce<Pull | undefined>((last, next) => (last && last.id > next.id ? last : next), undefined);
    return newest && told(newest);
  };
  return {
    find,

    async open(order, effect) {
      const place = { slug, project: { key: project } };
      const body = {
        title: order.title,
        description: order.body,
        fromRef: { id: refOf(order.source), repository: place },
        toRef: { id: refOf(order.target), repository: place },
      };
      const answer = await ask(api, { method: 'POST', path: pulls, body }, effect);
      const what = `a pull request of ${order.source} into ${order.target}`;
      if (answer.status !== 409) return told(expected(Pull, answer, what));
      return openAlready(find, order, answer, what);
    },

    async merge({ id }, { method, commit, title, message }, effect) {
      const { version, fromRef } = await one(id);
      if (fromRef.latestCommit !== commit) return 'its head is another commit';
      // The version is that of the pull request with this head: whatever changes it meanwhile has the merge refused.
      const query = { version: `${version}` };
      const body = { message: `${title}\n\n${message}`, strategyId: METHODS[method] };
      return refusalIn(await ask(api, { method: 'POST', path: `${pulls}/${id}/merge`, query, body }, effect));
    },

    async close({ id }, note, effect) {
      const comment = { method: 'POST', path: `${pulls}/${id}/comments`, body: { text: note } } as const;
      accepted(await ask(api, comment, effect), `a note on pull request ${id}`);
      const query = { version: `${(await one(id)).version}` };
      const declining = { method: 'POST', path: `${pulls}/${id}/decline`, query } as const;
      const answer = await ask(api, declining, effect);
      // 409: it is not open any more, or was edited in this moment.
      if (answer.status === 409 && (await one(id)).state === 'OPEN') {
        throw new TransientError(`pull request ${id} has changed while it was to be declined: ${answer.words}`);
      }
      accepted(answer, `declining pull request ${id}`, 409);
    },

    async removeBranch(branch, effect) {
      const body = { name: refOf(branch), dryRun: false };
      const path = `/branch-utils/1.0/${own}/branches`;
      accepted(await ask(api, { method: 'DELETE', path, body }, effect), `removing branch ${branch}`, 404);
    },

    async report(commit, { context: key, state, description }, effect) {
      const path = `${repository}/commits/${commit}/builds`;
      const present = await ask(api, { method: 'GET', path, query: { key } });
      const said = present.status === 404 ? undefined : expected(Build, present, `the build ${key} of ${commit}`);
      if (said?.state === WORDS[state] && said.description === description) return;
      const body = { key, name: key, state: WORDS[state], description, url: `${web}/commits/${commit}` };
      accepted(await ask(api, { method: 'POST', path, body }, effect), `a status of ${commit}`);
    },
  };
}
