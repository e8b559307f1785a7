/** Bitbucket Cloud's answers. @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/ */

import { CLOSED, pull, statuses } from './recorded/bitbucket';
import { saidIn, type Kept, type Shape, type Yard } from './shapes';

const STATES = { Open: 'OPEN', Merged: 'MERGED', Closed: 'DECLINED' } as const;
const METHODS: Readonly<Record<string, 'Merge' | 'Squash' | 'Rebase'>> = {
  merge_commit: 'Merge',
  squash: 'Squash',
  rebase_fast_forward: 'Rebase',
};
const error = (status: number, message: string) => ({ status, body: { type: 'error', error: { message } } });

export const bitbucket: Shape = (yard, { method, parts, query, body }) => {
  const [, , , , kind, number, verb] = parts;
  if (kind === 'commit') return builds(yard, method, parts.slice(5), body);
  if (kind === 'refs') {
    return yard.remove(parts.slice(6).join('/')) ? { status: 204 } : error(404, 'No such branch');
  }
  if (number === undefined && method === 'GET') {
    const [, source = '', target = ''] =
      /^source\.branch\.name="([^"]*)" AND destination\.branch\.name="([^"]*)"$/.exec(query.get('q') ?? '') ?? [];
    // Without states it shows only those that are open.
    const found = yard.newest(source, target);
    const isAsked = found !== undefined && query.getAll('state').includes(STATES[found.state]);
    return { status: 200, body: { pagelen: 1, values: isAsked ? [pull(found)] : [] } };
  }
  if (number === undefined) return open(yard, body);
  return about(yard, yard.byNumber(number), verb, body);
};

const LONGEST_KEY = 40;

function builds(yard: Yard, method: string, [commit = '', , , key]: string[], body: Readonly<Record<string, unknown>>) {
  if (method === 'POST') {
    if (String(body['key']).length > LONGEST_KEY) return error(400, 'key: this value is too long');
    if (typeof body['url'] !== 'string') return error(400, 'url: required key not provided');
    return { status: 201, body: yard.say(commit, saidIn(body, body['key'])) };
  }
  const said = yard.saidOn(commit).findLast(({ context }) => context === key);
  return said === undefined ? error(404, 'Build status not found') : { status: 200, body: said };
}

function about(yard: Yard, one: Kept, verb: string | undefined, body: Readonly<Record<string, unknown>>) {
  switch (verb) {
    case 'statuses': {
      const state = {
        None: undefined,
        Unknown: undefined,
        Passed: 'SUCCESSFUL',
        Pending: 'INPROGRESS',
        Failed: 'FAILED',
      }[yard.checksOf(one.head)];
      return { status: 200, body: statuses(state, one.head) };
    }
    case 'comments':
      one.notes.push((body['content'] as { raw: string }).raw);
      return { status: 201, body: { id: 1 } };
    case 'decline':
      if (one.state !== 'Open') return { status: 400, body: CLOSED };
      yard.forges.close(one);
      return { status: 200, body: pull(one) };
    case 'merge': {
      const refusal = yard.forges.merge(one, METHODS[String(body['merge_strategy'])] ?? 'Merge', 'Bitbucket');
      return refusal === undefined ? { status: 200, body: pull(one) } : error(409, refusal);
    }
    default:
      return undefined;
  }
}

interface Named {
  readonly branch: { readonly name: string };
}

function open(yard: Yard, body: Readonly<Record<string, unknown>>) {
  const [source, target] = [body['source'] as Named, body['destination'] as Named];
  const one = yard.open(source.branch.name, target.branch.name, body['title'], body['description']);
  return { status: 201, body: pull(one) };
}
