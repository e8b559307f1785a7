/** Bitbucket Cloud. */

import { createHash } from 'node:crypto';
import { Type, type Static } from '@sinclair/typebox';
import { TransientError } from '../errors';
import { encoded, type Adapter } from './adapter';
import type { PullRequest } from './contract';
import { accepted, ask, expected, refusalIn, type Api } from './http';

const Commit = Type.Optional(Type.Union([Type.Object({ hash: Type.String() }), Type.Null()]));
const Pull = Type.Object({
  id: Type.Integer(),
  state: Type.String(),
  links: Type.Object({ html: Type.Object({ href: Type.String() }) }),
  source: Type.Object({ commit: Commit }),
  merge_commit: Commit,
});
type Pull = Static<typeof Pull>;
const Statuses = Type.Object({ values: Type.Array(Type.Object({ state: Type.String() })) });

const STATES = ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'] as const;
const METHODS = { Merge: 'merge_commit', Squash: 'squash', Rebase: 'rebase_fast_forward' } as const;

const Build = Type.Object({
  state: Type.String(),
  description: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const WORDS = { Passed: 'SUCCESSFUL', Failed: 'FAILED' } as const;
/** It takes no longer key. */
const KEY_LENGTH = 40;
const keyOf = (context: string): string =>
  context.length <= KEY_LENGTH ? context : createHash('sha256').update(context).digest('hex').slice(0, KEY_LENGTH);

/** A name in a query, which may hold neither quotes nor backslashes: names of branches do not. */
const quoted = (name: string): string => `"${name.replace(/["\\]/g, '')}"`;

/** @param path `workspace/name` */
export function bitbucket(api: Api, path: string): Adapter {
  const repository = `/repositories/${encoded(path)}`;
  const pulls = `${repository}/pullrequests`;
  const checksOf = async (id: number): Promise<PullRequest['checks']> => {
    const answer = await ask(api, { method: 'GET', path: `${pulls}/${id}/statuses`, query: { pagelen: '100' } });
    const states = expected(Statuses, answer, `the checks of pull request ${id}`).values.map(({ state }) => state);
    if (states.length === 0) return 'None';
    if (states.some((state) => state === 'FAILED' || state === 'STOPPED')) return 'Failed';
    return states.every((state) => state === 'SUCCESSFUL') ? 'Passed' : 'Pending';
  };
  const told = async (pull: Pull): Promise<PullRequest> => {
    const state = pull.state === 'OPEN' ? 'Open' : pull.state === 'MERGED' ? 'Merged' : 'Closed';
    return {
      url: pull.links.html.href,
      id: `${pull.id}`,
      state,
      head: pull.source.commit?.hash ?? '',
      ...(state === 'Merged' && pull.merge_commit ? { merged: pull.merge_commit.hash } : {}),
      checks: state === 'Open' ? await checksOf(pull.id) : 'Unknown',
    };
  };
  const find: Adapter['find'] = async ({ source, target }) => {
    const q = `source.branch.name=${quoted(source)} AND destination.branch.name=${quoted(target)}`;
    const query = { q, state: STATES, sort: '-created_on', pagelen: '1' };
    const answer = await ask(api, { method: 'GET', path: pulls, query });
    const [newest] = expected(
      Type.Object({ values: Type.Array(Pull) }),
      answer,
      `the pull requests of ${source}`,
    ).values;
    return newest && told(newest);
  };
  return {
    find,

    async open(order, effect) {
      // A second one on the same way would write over the first one's texts.
      const present = await find(order);
      if (present?.state === 'Open') return present;
      const body = {
        title: order.title,
        description: order.body,
        source: { branch: { name: order.source } },
        destination: { branch: { name: order.target } },
        close_source_branch: false,
      };
      const answer = await ask(api, { method: 'POST', path: pulls, body }, effect);
      return told(expected(Pull, answer, `a pull request of ${order.source} into ${order.target}`));
    },

    async merge({ id, head }, { method, commit, title, message }, effect) {
      // It has no way to name the commit: what is seen right before has to do.
      if (head.length < 7 || !commit.startsWith(head)) return 'its head is another commit';
      const body = {
        type: 'pullrequest',
        message: `${title}\n\n${message}`,
        merge_strategy: METHODS[method],
        close_source_branch: false,
      };
      const answer = await ask(api, { method: 'POST', path: `${pulls}/${id}/merge`, body }, effect);
      if (answer.status === 404) throw new TransientError(`pull request ${id} is not found, or we may not merge it`);
      return refusalIn(answer);
    },

    async close({ id }, note, effect) {
      const comment = { method: 'POST', path: `${pulls}/${id}/comments`, body: { content: { raw: note } } } as const;
      accepted(await ask(api, comment, effect), `a note on pull request ${id}`);
      // 400, 409: it is not open any more.
      const declining = { method: 'POST', path: `${pulls}/${id}/decline`, body: {} } as const;
      accepted(await ask(api, declining, effect), `declining pull request ${id}`, 400, 409);
    },

    async report(commit, { context, state, description }, effect) {
      const key = keyOf(context);
      const where = `${repository}/commit/${commit}/statuses/build`;
      const present = await ask(api, { method: 'GET', path: `${where}/${encodeURIComponent(key)}` });
      const said = present.status === 404 ? undefined : expected(Build, present, `the builds of ${commit}`);
      if (said?.state === WORDS[state] && said.description === description) return;
      const url = `https://bitbucket.org/${encoded(path)}/commits/${commit}`;
      const body = { key, name: context, state: WORDS[state], description, url };
      accepted(await ask(api, { method: 'POST', path: where, body }, effect), `a status of ${commit}`);
    },

    async removeBranch(branch, effect) {
      const where = `${repository}/refs/branches/${encoded(branch)}`;
      accepted(await ask(api, { method: 'DELETE', path: where }, effect), `removing branch ${branch}`, 404);
    },
  };
}
