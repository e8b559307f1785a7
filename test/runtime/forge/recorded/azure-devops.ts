/** What Azure DevOps Services answered and posted when it was recorded; names and values are others. */

import { BASE, type Recorded } from './request';

const STATES = { Open: 'active', Merged: 'completed', Closed: 'abandoned' } as const;
const COLLECTION = 'https://dev.azure.com/acme';
const ID = '601cf461-9338-4396-895d-a3e2780bd52f';
const API = `${COLLECTION}/dc493f7d-0b57-4de2-a59b-3f74ff3ea334/_apis/git/repositories/${ID}`;

const href = (url: string) => ({ href: url });

const ada = {
  displayName: 'ada@example.com',
  url: `https://identity.example.com/_apis/Identities/${ID}`,
  _links: { avatar: href(`${COLLECTION}/_apis/GraphProfile/MemberAvatars/aad.NDczZGVj`) },
  id: ID,
  uniqueName: 'ada@example.com',
  imageUrl: `${COLLECTION}/_api/_common/identityImage?id=${ID}`,
  descriptor: 'aad.NDczZGVj',
};

const repository = {
  id: ID,
  name: 'shop',
  url: API,
  project: {
    id: 'dc493f7d-0b57-4de2-a59b-3f74ff3ea334',
    name: 'team',
    url: `${COLLECTION}/_apis/projects/dc493f7d-0b57-4de2-a59b-3f74ff3ea334`,
    state: 'wellFormed',
    revision: 11,
    visibility: 'private',
    lastUpdateTime: '2023-01-20T19:22:47.403Z',
  },
  size: 3688630,
  remoteUrl: 'https://acme@dev.azure.com/acme/team/_git/shop',
  sshUrl: 'git@ssh.dev.azure.com:v3/acme/team/shop',
  webUrl: `${COLLECTION}/team/_git/shop`,
  isDisabled: false,
  isInMaintenance: false,
};

const commit = (commitId: string) => ({ commitId, url: `${API}/commits/${commitId}` });

const merge = (commitId: string) => {
  const by = { name: 'ada@example.com', email: 'ada@example.com', date: '2023-02-01T01:18:35Z' };
  return { lastMergeCommit: { ...commit(commitId), author: by, committer: by, comment: 'Merge pull request 7' } };
};

/** What it has worked out of one that was just made, or that is just being merged, is not there yet. */
type Merging = 'queued' | 'succeeded' | 'conflicts';

/** The commit that a merge of an open one would make. */
const TRIED = '39f52d24533cc712fc845ed9fd1b6c06b3942588';

/** A pull request, as every answer about one holds it. */
export const pull = (one: Recorded, mergeStatus: Merging = 'succeeded') => ({
  repository,
  pullRequestId: one.number,
  codeReviewId: one.number,
  status: STATES[one.state],
  createdBy: ada,
  creationDate: '2023-02-17T02:21:23.2995071Z',
  ...(one.state !== 'Open' && { closedDate: '2023-02-21T17:21:20.9037353Z' }),
  title: one.title,
  description: one.body,
  sourceRefName: `refs/heads/${one.source}`,
  targetRefName: `refs/heads/${one.target}`,
  // Of one that is abandoned it says nothing of that.
  ...(one.state !== 'Closed' && { mergeStatus }),
  isDraft: false,
  mergeId: '168fc5d7-c830-45a0-b8c4-f69e16faa67a',
  lastMergeSourceCommit: commit(one.head),
  lastMergeTargetCommit: commit(BASE),
  ...(one.state !== 'Closed' && mergeStatus === 'succeeded' && merge(one.merged ?? TRIED)),
  reviewers: [],
  labels: [],
  url: `${API}/pullRequests/${one.number}`,
  _links: {
    self: href(`${API}/pullRequests/${one.number}`),
    repository: href(API),
    workItems: href(`${API}/pullRequests/${one.number}/workitems`),
    sourceBranch: href(`${API}/refs/heads/${one.source}`),
    statuses: href(`${API}/pullRequests/${one.number}/statuses`),
    createdBy: href(ada.url),
  },
  ...(one.state === 'Merged' && {
    completionOptions: { mergeStrategy: 'noFastForward' },
    completionQueueTime: '2023-02-01T01:18:35.1073252Z',
    closedBy: ada,
  }),
  supportsIterations: true,
  artifactId: `vstfs:///Git/PullRequestId/dc493f7d%2f${ID}%2f${one.number}`,
});

/** A word on a commit. */
export const status = (
  id: number,
  said: { readonly state: string; readonly description: string },
  context: { readonly name: string; readonly genre: string },
) => ({
  id,
  ...said,
  context,
  creationDate: '2023-02-22T21:45:25.6900614Z',
  updatedDate: '2023-02-22T21:45:25.6900614Z',
  createdBy: ada,
  targetUrl: null,
});

/** With status 203, to a read or a post with a token that is not known. */
export const SIGN_IN = '<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head></html>';

/** What its service hooks post. */
export const webhook = (eventType: string, one: Recorded) => ({
  id: '6872ee8c-b333-4eff-bfb9-0d5274943566',
  eventType,
  publisherId: 'tfs',
  scope: 'all',
  message: { text: 'Ada completed a pull request', html: 'Ada completed', markdown: 'Ada completed' },
  detailedMessage: { text: '- Merge status: Succeeded\r\n', html: '<ul></ul>', markdown: '+ Merge status: Succeeded' },
  resource: {
    ...pull(one),
    reviewers: [
      {
        reviewerUrl: null,
        vote: 0,
        id: ID,
        displayName: '[team]\\Team',
        uniqueName: 'vstfs:///Team',
        isContainer: true,
      },
    ],
  },
  resourceVersion: '1.0',
  resourceContainers: {
    collection: { id: 'c12d0eb8-e382-443b-9f9c-c52cba5014c2' },
    account: { id: 'f844ec47-a9db-4511-8281-8b63f4eaf94e' },
    project: { id: 'be9b3917-87e6-42a4-a549-2bc06a7a878f' },
  },
  createdDate: '2016-09-19T13:03:27.3156388Z',
});
