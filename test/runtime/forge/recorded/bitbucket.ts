/** What Bitbucket Cloud answered and posted when it was recorded; names and values are others. */

import { BASE, type Recorded } from './request';

const STATES = { Open: 'OPEN', Merged: 'MERGED', Closed: 'DECLINED' } as const;
const SHORT = 12;
const HOME = 'https://bitbucket.org';
const API = 'https://api.bitbucket.org/2.0';
const REPOSITORY = `${API}/repositories/acme/shop`;
const UUID = '{5f0e8c1a-2b57-4f0e-9a3c-7d1e6b0c4a11}';

const href = (url: string) => ({ href: url });
const self = (path: string, page: string) => ({ self: href(`${API}${path}`), html: href(`${HOME}${page}`) });

const rendered = (raw: string) => ({
  raw,
  markup: 'markdown',
  html: raw === '' ? '' : `<p>${raw}</p>`,
  type: 'rendered',
});

const ada = {
  display_name: 'Ada',
  uuid: UUID,
  links: {
    ...self('/users/%7B5f0e8c1a%7D', '/%7B5f0e8c1a%7D/'),
    avatar: href('https://avatar.example.com/initials/A-2.png'),
  },
  type: 'user',
  nickname: 'Ada',
  account_id: '557058:8ad5a564',
};

const repository = {
  links: {
    ...self('/repositories/acme/shop', '/acme/shop'),
    avatar: href('https://avatar.example.com/shop?ts=default'),
  },
  type: 'repository',
  name: 'shop',
  full_name: 'acme/shop',
  uuid: UUID,
};

const commit = (hash: string) => ({
  hash,
  type: 'commit',
  links: self(`/repositories/acme/shop/commit/${hash}`, `/acme/shop/commits/${hash}`),
});

const end = (branch: string, hash: string) => ({
  commit: commit(hash.slice(0, SHORT)),
  repository,
  branch: { name: branch },
});

const VERBS = ['decline', 'commits', 'comments', 'merge', 'activity', 'request-changes', 'approve', 'statuses'];

/** A pull request, as every answer about one holds it. */
export const pull = (one: Recorded) => ({
  rendered: { description: rendered(one.body), title: rendered(one.title) },
  type: 'pullrequest',
  description: one.body,
  links: {
    ...self(`/repositories/acme/shop/pullrequests/${one.number}`, `/acme/shop/pull-requests/${one.number}`),
    ...Object.fromEntries(VERBS.map((verb) => [verb, href(`${REPOSITORY}/pullrequests/${one.number}/${verb}`)])),
    diff: href(`${REPOSITORY}/diff/acme/shop:${one.head.slice(0, SHORT)}%0D${BASE.slice(0, SHORT)}`),
  },
  title: one.title,
  close_source_branch: false,
  reviewers: [],
  id: one.number,
  destination: end(one.target, BASE),
  created_on: '2022-04-01T21:49:29.957136+00:00',
  summary: rendered(one.body),
  source: end(one.source, one.head),
  comment_count: 0,
  state: STATES[one.state],
  task_count: 0,
  participants: [],
  reason: '',
  updated_on: '2022-04-01T21:49:30.347598+00:00',
  ...(one.state === 'Open' ? {} : { closed_on: '2022-04-01T22:16:26.648207+00:00' }),
  author: ada,
  // Of one that it has just merged it tells the whole hash, later a short one.
  merge_commit: one.merged === undefined ? null : commit(one.merged.slice(0, SHORT)),
  closed_by: one.state === 'Open' ? null : ada,
});

/** The one build of a pull request. */
export const statuses = (state: string | undefined, hash: string) => ({
  pagelen: 100,
  values:
    state === undefined
      ? []
      : [
          {
            key: '715267314',
            description: '',
            repository,
            url: `${HOME}/acme/shop/addon/pipelines/home#!/results/2`,
            links: {
              commit: href(`${REPOSITORY}/commit/${hash}`),
              self: href(`${REPOSITORY}/commit/${hash}/statuses/build/715267314`),
            },
            refname: 'feature/web',
            state,
            created_on: '2022-04-14T20:50:05.708892+00:00',
            commit: commit(hash),
            updated_on: '2022-04-14T20:50:14.138747+00:00',
            type: 'build',
            name: 'Pipeline #2 for feature/web',
          },
        ],
  page: 1,
  size: state === undefined ? 0 : 1,
});

/** To a second merge, and to a second decline. */
export const CLOSED = {
  type: 'error',
  error: {
    fields: { newstatus: ['This pull request is already closed.'] },
    message: 'newstatus: This pull request is already closed.',
  },
};

/** What its webhook `pullrequest:fulfilled` or `pullrequest:rejected` posts. */
export const webhook = (one: Recorded) => ({
  repository: {
    ...repository,
    scm: 'git',
    website: null,
    owner: { ...ada, type: 'team', username: 'acme' },
    workspace: { type: 'workspace', uuid: UUID, name: 'Acme', slug: 'acme', links: self('/workspaces/acme', '/acme/') },
    is_private: true,
    project: { type: 'project', key: 'ACME', uuid: UUID, name: 'Acme' },
  },
  actor: ada,
  pullrequest: pull(one),
});
