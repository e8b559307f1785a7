/** What a Bitbucket Data Center answered and posted when it was recorded; names and values are others. */

import { BASE, type Recorded } from './request';

const STATES = { Open: 'OPEN', Merged: 'MERGED', Closed: 'DECLINED' } as const;
const HOME = 'https://bitbucket.example.com';

const self = (path: string) => ({ self: [{ href: `${HOME}${path}` }] });

const ada = {
  user: {
    name: 'ada',
    emailAddress: 'ada@example.com',
    id: 152,
    displayName: 'Ada',
    active: true,
    slug: 'ada',
    type: 'NORMAL',
    links: self('/users/ada'),
  },
  role: 'AUTHOR',
  approved: false,
  status: 'UNAPPROVED',
};

const repository = {
  slug: 'shop',
  id: 10070,
  name: 'shop',
  hierarchyId: '1c17e4711a8a022d0a9a',
  scmId: 'git',
  state: 'AVAILABLE',
  statusMessage: 'Available',
  forkable: true,
  project: { key: 'ACME', id: 1, name: 'Acme', public: false, type: 'NORMAL', links: self('/projects/ACME') },
  public: false,
  links: {
    clone: [
      { href: `${HOME}/scm/acme/shop.git`, name: 'http' },
      { href: 'ssh://git@bitbucket.example.com:7999/acme/shop.git', name: 'ssh' },
    ],
    ...self('/projects/ACME/repos/shop/browse'),
  },
};

const ref = (branch: string, latestCommit: string) => ({
  id: `refs/heads/${branch}`,
  displayId: branch,
  latestCommit,
  repository,
});

/** Every change of a pull request, its head's too, makes it another version. */
export const versionOf = (one: Recorded): number => parseInt(one.head.slice(0, 6), 16) + STATES[one.state].length;

/** A pull request, as every answer about one holds it. */
export const pull = (one: Recorded) => ({
  id: one.number,
  version: versionOf(one),
  title: one.title,
  description: one.body,
  state: STATES[one.state],
  open: one.state === 'Open',
  closed: one.state !== 'Open',
  createdDate: 1585034604332,
  updatedDate: 1585577702838,
  ...(one.state !== 'Open' && { closedDate: 1585577702838 }),
  fromRef: ref(one.source, one.head),
  toRef: ref(one.target, BASE),
  locked: false,
  author: ada,
  reviewers: [],
  participants: [{ ...ada, role: 'PARTICIPANT' }],
  ...(one.merged !== undefined && {
    properties: { mergeCommit: { displayId: one.merged.slice(0, 11), id: one.merged } },
  }),
  links: self(`/projects/ACME/repos/shop/pull-requests/${one.number}`),
});

const PULL = 'com.atlassian.bitbucket.pull';
const refusal = (message: string, exceptionName: string, more: object = {}) => ({
  errors: [{ context: null, message, exceptionName: `${PULL}.${exceptionName}`, ...more }],
});

/** With status 409, where there is one already. */
export const duplicate = (present: Recorded) =>
  refusal('Only one pull request may be open for a given source and target branch', 'DuplicatePullRequestException', {
    existingPullRequest: pull(present),
  });

/** With status 409, whatever was changed meanwhile. */
export const outOfDate = (present: Recorded) =>
  refusal(
    'You are attempting to modify a pull request based on out-of-date information.',
    'PullRequestOutOfDateException',
    { currentVersion: versionOf(present), expectedVersion: 0, pullRequest: pull(present) },
  );

/** With status 409, also to the question whether it could be merged. */
export const NOT_OPEN = refusal('This pull request has already been merged.', 'IllegalPullRequestStateException');

/** With status 409. */
export const CONFLICTS = refusal(
  'The pull request has conflicts and cannot be merged.',
  'PullRequestMergeVetoedException',
  { conflicted: true, vetoes: [] },
);

/** With status 409. */
export const VETOED = refusal('Merging the pull request has been vetoed.', 'PullRequestMergeVetoedException', {
  conflicted: false,
  vetoes: [
    {
      summaryMessage: 'Not all required builds are successful yet',
      detailedMessage: 'You still need a minimum of one successful build before this pull request can be merged.',
    },
  ],
});

/** With status 403, to a request that a browser might have been made to send. */
export const XSRF = 'XSRF check failed';

/** What its webhook `pr:merged`, `pr:declined` or `pr:deleted` posts. */
export const webhook = (eventKey: string, one: Recorded) => ({
  eventKey,
  date: '2018-07-05T19:33:20+0000',
  actor: ada.user,
  pullRequest: pull(one),
});
