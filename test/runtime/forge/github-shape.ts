/** GitHub's answers. @see https://docs.github.com/rest/pulls */

import { saidIn, type Kept, type Shape, type Yard } from './shapes';

const MERGEABLE = {
  None: 'clean',
  Passed: 'clean',
  Pending: 'blocked',
  Failed: 'unstable',
  Unknown: 'unknown',
} as const;
const METHODS: Readonly<Record<string, 'Merge' | 'Squash' | 'Rebase'>> = {
  merge: 'Merge',
  squash: 'Squash',
  rebase: 'Rebase',
};

const pull = (yard: Yard, one: Kept, whole: boolean) => ({
  url: `https://api.github.com/repos/acme/shop/pulls/${one.number}`,
  html_url: `https://github.com/acme/shop/pull/${one.number}`,
  number: one.number,
  state: one.state === 'Open' ? 'open' : 'closed',
  title: one.title,
  body: one.body,
  merged_at: one.state === 'Merged' ? '2030-01-01T00:00:00Z' : null,
  merge_commit_sha: one.merged ?? 'e5bd3914e2e596debea16f433f57875b5b90bcd6',
  head: { label: `acme:${one.source}`, ref: one.source, sha: one.head },
  base: { label: `acme:${one.target}`, ref: one.target },
  ...(whole && {
    merged: one.state === 'Merged',
    mergeable: true,
    mergeable_state: MERGEABLE[yard.checksOf(one.head)],
  }),
});

export const github: Shape = (yard, { method, parts, query, body }) => {
  const [, , , kind, ...rest] = parts;
  const [number, verb] = rest;
  if (kind === 'git' && method === 'DELETE') {
    const isGone = yard.remove(rest.slice(2).join('/'));
    return isGone ? { status: 204 } : { status: 422, body: { message: 'Reference does not exist' } };
  }
  if (kind === 'issues' && method === 'POST') {
    yard.byNumber(number).notes.push(String(body['body']));
    return { status: 201, body: { id: 1, body: body['body'] } };
  }
  if (kind !== 'pulls') return statuses(yard, kind, String(number), body);
  if (number === undefined) return method === 'GET' ? list(yard, query) : open(yard, body);
  const one = yard.byNumber(number);
  if (verb === 'merge') return merge(yard, one, body);
  if (method === 'GET') return { status: 200, body: pull(yard, one, true) };
  if (one.state === 'Merged')
    return { status: 422, body: { message: 'Validation Failed', errors: [{ code: 'invalid' }] } };
  yard.forges.close(one);
  return { status: 200, body: pull(yard, one, true) };
};

/** They are written to one place, and read from another, the newest first. */
function statuses(yard: Yard, kind: string | undefined, commit: string, body: Readonly<Record<string, unknown>>) {
  if (kind === 'statuses') return { status: 201, body: yard.say(commit, saidIn(body, body['context'])) };
  return kind === 'commits' ? { status: 200, body: [...yard.saidOn(commit)].reverse() } : undefined;
}

function list(yard: Yard, query: URLSearchParams) {
  const found = yard.newest((query.get('head') ?? '').replace(/^acme:/, ''), query.get('base') ?? '');
  return { status: 200, body: found === undefined ? [] : [pull(yard, found, false)] };
}

function open(yard: Yard, { head, base, title, body }: Readonly<Record<string, unknown>>) {
  const [source, target] = [String(head), String(base)];
  if (yard.isOpen(source, target)) {
    const message = `A pull request already exists for acme:${source}.`;
    const errors = [{ resource: 'PullRequest', code: 'custom', message }];
    return { status: 422, body: { message: 'Validation Failed', errors } };
  }
  return { status: 201, body: pull(yard, yard.open(source, target, title, body), true) };
}

function merge(yard: Yard, one: Kept, { sha, merge_method: method }: Readonly<Record<string, unknown>>) {
  if (sha !== one.head) {
    return { status: 409, body: { message: 'Head branch was modified. Review and try the merge again.' } };
  }
  const refusal = yard.forges.merge(one, METHODS[String(method)] ?? 'Merge', 'GitHub');
  return refusal === undefined
    ? { status: 200, body: { sha: one.merged, merged: true, message: 'Pull Request successfully merged' } }
    : { status: 405, body: { message: 'Pull Request is not mergeable' } };
}
