/** Bitbucket Data Center's answers. @see https://developer.atlassian.com/server/bitbucket/rest/ */

import { saidIn, type Asked, type Kept, type Shape, type Told, type Yard } from './shapes';

const STATES = { Open: 'OPEN', Merged: 'MERGED', Closed: 'DECLINED' } as const;
const METHODS: Readonly<Record<string, 'Merge' | 'Squash' | 'Rebase'>> = {
  'no-ff': 'Merge',
  squash: 'Squash',
  'rebase-ff-only': 'Rebase',
};

/** Every change of a pull request, its head's too, makes it another version. */
const versionOf = (one: Kept): number => parseInt(one.head.slice(0, 6), 16) + STATES[one.state].length;

const branchOf = (ref: unknown): string => String(ref).replace(/^refs\/heads\//, '');

const pull = (one: Kept) => ({
  id: one.number,
  version: versionOf(one),
  title: one.title,
  description: one.body,
  state: STATES[one.state],
  open: one.state === 'Open',
  fromRef: { id: `refs/heads/${one.source}`, displayId: one.source, latestCommit: one.head },
  toRef: { id: `refs/heads/${one.target}`, displayId: one.target },
  ...(one.merged !== undefined && {
    properties: { mergeCommit: { id: one.merged, displayId: one.merged.slice(0, 11) } },
  }),
  links: { self: [{ href: `https://bitbucket.example.com/projects/ACME/repos/shop/pull-requests/${one.number}` }] },
});

const error = (status: number, message: string): Told => ({
  status,
  body: { errors: [{ context: null, message, exceptionName: 'com.atlassian.bitbucket.Exception' }] },
});

export const bitbucketServer: Shape = (yard, asked) => {
  const [, part, , ...rest] = asked.parts;
  if (part === 'build-status') return stats(yard, String(rest[2]));
  if (rest.slice(0, 4).join('/') !== 'projects/ACME/repos/shop')
    return error(404, 'Repository ACME/shop does not exist.');
  if (part === 'branch-utils') {
    return yard.remove(branchOf(asked.body['name'])) ? { status: 204 } : error(404, 'The branch does not exist.');
  }
  const [kind, ...which] = rest.slice(4);
  if (kind === 'commits') return builds(yard, String(which[0]), asked);
  return kind === 'pull-requests' ? pulls(yard, asked, which) : undefined;
};

function stats(yard: Yard, commit: string): Told {
  const state = yard.checksOf(commit);
  const of = (wanted: string): number => (state === wanted ? 1 : 0);
  return { status: 200, body: { successful: of('Passed'), inProgress: of('Pending'), failed: of('Failed') } };
}

function builds(yard: Yard, commit: string, { method, query, body }: Asked): Told {
  if (method === 'POST') {
    if (typeof body['url'] !== 'string') return error(400, 'A url is required.');
    yard.say(commit, saidIn(body, body['key']));
    return { status: 204 };
  }
  const said = yard.saidOn(commit).findLast(({ context }) => context === query.get('key'));
  if (said === undefined) return error(404, 'There is no build with this key.');
  const { context: key, ...others } = said;
  return { status: 200, body: { size: 1, isLastPage: true, values: [{ key, ...others }] } };
}

function pulls(yard: Yard, { method, query, body }: Asked, [number, verb]: string[]): Told | undefined {
  if (number === undefined && method === 'GET') {
    const source = branchOf(query.get('at'));
    const from = yard.forges.requests.filter((one) => one.source === source && query.get('direction') === 'OUTGOING');
    for (const { target } of from) yard.newest(source, target);
    const values = from.filter(({ state }) => query.get('state') === 'ALL' || state === 'Open').map(pull);
    return { status: 200, body: { size: values.length, isLastPage: true, values } };
  }
  if (number === undefined) return open(yard, body);
  const one = yard.byNumber(number);
  if (verb === undefined) return { status: 200, body: pull(one) };
  if (verb === 'comments') {
    one.notes.push(String(body['text']));
    return { status: 201, body: { id: 1 } };
  }
  if (method === 'GET') return { status: 200, body: { canMerge: true, conflicted: false, vetoes: [] } };
  if (query.get('version') !== `${versionOf(one)}`) return error(409, 'You are attempting to modify an old version.');
  if (one.state !== 'Open') return error(409, 'This pull request has already been closed.');
  if (verb === 'decline') {
    yard.forges.close(one);
    return { status: 200, body: pull(one) };
  }
  const refusal = yard.forges.merge(one, METHODS[String(body['strategyId'])] ?? 'Merge', 'Bitbucket');
  return refusal === undefined ? { status: 200, body: pull(one) } : error(409, refusal);
}

interface Ref {
  readonly id: string;
  readonly repository: { readonly slug: string; readonly project: { readonly key: string } };
}

function open(yard: Yard, body: Readonly<Record<string, unknown>>): Told {
  const [from, to] = [body['fromRef'] as Ref, body['toRef'] as Ref];
  if (to.repository.slug !== 'shop' || to.repository.project.key !== 'ACME') return error(404, 'No such repository.');
  const [source, target] = [branchOf(from.id), branchOf(to.id)];
  if (yard.isOpen(source, target))
    return error(409, 'Only one pull request may be open for a given source and target.');
  return { status: 201, body: pull(yard.open(source, target, body['title'], body['description'])) };
}
