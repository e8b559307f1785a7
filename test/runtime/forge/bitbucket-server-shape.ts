/** Bitbucket Data Center's answers. @see https://developer.atlassian.com/server/bitbucket/rest/ */

import { duplicate, NOT_OPEN, outOfDate, pull, versionOf, XSRF } from './recorded/bitbucket-server';
import { saidIn, type Asked, type Shape, type Told, type Yard } from './shapes';

const METHODS: Readonly<Record<string, 'Merge' | 'Squash' | 'Rebase'>> = {
  'no-ff': 'Merge',
  squash: 'Squash',
  'rebase-ff-only': 'Rebase',
};

const branchOf = (ref: unknown): string => String(ref).replace(/^refs\/heads\//, '');

const error = (status: number, message: string): Told => ({
  status,
  body: { errors: [{ context: null, message, exceptionName: 'com.atlassian.bitbucket.Exception' }] },
});

/** A browser can be made to send anything but such a header, or a body of such a type. */
const isOurs = ({ method, headers }: Asked): boolean =>
  method === 'GET' || headers['x-atlassian-token'] === 'no-check' || headers['content-type'] === 'application/json';

export const bitbucketServer: Shape = (yard, asked) => {
  const [, part, , ...rest] = asked.parts;
  if (!isOurs(asked)) return { status: 403, text: XSRF };
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
  const builds = {
    cancelled: 0,
    successful: of('Passed'),
    inProgress: of('Pending'),
    failed: of('Failed'),
    unknown: 0,
  };
  return { status: 200, body: builds };
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
  return { status: 200, body: { key, ...others } };
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
  if (method !== 'GET' && query.get('version') !== `${versionOf(one)}`) return { status: 409, body: outOfDate(one) };
  if (one.state !== 'Open') return { status: 409, body: NOT_OPEN };
  if (method === 'GET') return { status: 200, body: { canMerge: true, conflicted: false, vetoes: [] } };
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
  const present = yard.newest(source, target);
  if (present?.state === 'Open') return { status: 409, body: duplicate(present) };
  return { status: 201, body: pull(yard.open(source, target, body['title'], body['description'])) };
}
