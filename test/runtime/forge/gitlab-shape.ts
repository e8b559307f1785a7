/** GitLab's answers. @see https://docs.gitlab.com/api/merge_requests/ */

import { saidIn, type Asked, type Kept, type Shape, type Yard } from './shapes';

const STATES = { Open: 'opened', Merged: 'merged', Closed: 'closed' } as const;
const STATUS = {
  None: 'mergeable',
  Passed: 'mergeable',
  Pending: 'ci_still_running',
  Failed: 'ci_must_pass',
  Unknown: 'checking',
} as const;

const squashed = new WeakSet<Kept>();

const request = (yard: Yard, one: Kept) => ({
  id: 1000 + one.number,
  iid: one.number,
  title: one.title,
  description: one.body,
  state: STATES[one.state],
  source_branch: one.source,
  target_branch: one.target,
  sha: one.head,
  merge_commit_sha: one.state === 'Merged' && !squashed.has(one) ? one.merged : null,
  squash_commit_sha: squashed.has(one) ? one.merged : null,
  detailed_merge_status: one.state === 'Open' ? STATUS[yard.checksOf(one.head)] : 'not_open',
  web_url: `https://gitlab.example.com/acme/shop/-/merge_requests/${one.number}`,
});

export const gitlab: Shape = (yard, { method, parts, query, body }) => {
  const [, , , project, kind, ...rest] = parts;
  if (project !== 'acme/shop') return undefined;
  if (kind === 'statuses') return { status: 201, body: yard.say(String(rest[0]), saidIn(body, body['name'])) };
  if (kind === 'repository' && rest[0] === 'commits') return statuses(yard, String(rest[1]), query.get('name'));
  if (kind === 'repository') {
    return yard.remove(rest[1] ?? '') ? { status: 204 } : { status: 404, body: { message: '404 Branch Not Found' } };
  }
  return requests(yard, { method, query, body }, rest);
};

/** The newest of the name. */
function statuses(yard: Yard, commit: string, name: string | null) {
  const newest = yard.saidOn(commit).filter(({ context }) => context === name);
  const told = newest.slice(-1).map(({ context, state, description }) => {
    return { name: context, status: state, description };
  });
  return { status: 200, body: told };
}

function requests(
  yard: Yard,
  { method, query, body }: Pick<Asked, 'method' | 'query' | 'body'>,
  [number, verb]: string[],
) {
  if (number === undefined && method === 'GET') {
    const found = yard.newest(query.get('source_branch') ?? '', query.get('target_branch') ?? '');
    return { status: 200, body: found === undefined ? [] : [request(yard, found)] };
  }
  if (number === undefined) return open(yard, body);
  const one = yard.byNumber(number);
  if (verb === 'merge') return merge(yard, one, body);
  if (verb === 'notes') {
    one.notes.push(String(body['body']));
    return { status: 201, body: { id: 1, body: body['body'] } };
  }
  if (one.state === 'Merged') return { status: 400, body: { message: 'state_event is invalid' } };
  yard.forges.close(one);
  return { status: 200, body: request(yard, one) };
}

function open(yard: Yard, body: Readonly<Record<string, unknown>>) {
  const [source, target] = [String(body['source_branch']), String(body['target_branch'])];
  if (yard.isOpen(source, target)) {
    return { status: 409, body: { message: ['Another open merge request already exists for this source branch: !1'] } };
  }
  return { status: 201, body: request(yard, yard.open(source, target, body['title'], body['description'])) };
}

function merge(yard: Yard, one: Kept, { sha, squash }: Readonly<Record<string, unknown>>) {
  if (sha !== one.head) return { status: 409, body: { message: 'SHA does not match HEAD of source branch' } };
  if (yard.forges.merge(one, squash === true ? 'Squash' : 'Merge', 'GitLab') !== undefined) {
    return { status: 405, body: { message: '405 Method Not Allowed' } };
  }
  if (squash === true) squashed.add(one);
  return { status: 200, body: request(yard, one) };
}
