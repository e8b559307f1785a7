/** Azure DevOps's answers. @see https://learn.microsoft.com/rest/api/azure/devops/git/pull-requests */

import { pull, status } from './recorded/azure-devops';
import { saidIn, type Kept, type Shape, type Yard } from './shapes';

const METHODS: Readonly<Record<string, 'Merge' | 'Squash' | 'Rebase'>> = {
  noFastForward: 'Merge',
  squash: 'Squash',
  rebase: 'Rebase',
};

const branchOf = (ref: unknown): string => String(ref).replace(/^refs\/heads\//, '');

const error = (status: number, message: string) => ({ status, body: { $id: '1', message, typeKey: 'GitException' } });

export const azureDevOps: Shape = (yard, asked) => {
  const [, , , , , , kind] = asked.parts;
  if (!asked.query.has('api-version')) return error(400, 'No api-version was supplied');
  if (kind === 'refs') return refs(yard, asked);
  if (kind === 'commits') return statuses(yard, asked);
  const [number, verb] = asked.parts.slice(7);
  const { method, query, body } = asked;
  if (number === undefined && method === 'GET') {
    const way = ['sourceRefName', 'targetRefName'].map((name) => branchOf(query.get(`searchCriteria.${name}`)));
    const value = yard.forges.requests.filter(({ source, target }) => source === way[0] && target === way[1]);
    yard.newest(way[0] ?? '', way[1] ?? '');
    return { status: 200, body: { value: value.map((one) => pull(one)), count: value.length } };
  }
  if (number === undefined) {
    const [source, target] = [branchOf(body['sourceRefName']), branchOf(body['targetRefName'])];
    if (yard.isOpen(source, target)) return error(409, 'TF401179: An active pull request for them already exists.');
    return { status: 201, body: pull(yard.open(source, target, body['title'], body['description']), 'queued') };
  }
  const one = yard.byNumber(number);
  if (verb === 'threads') {
    const [comment] = body['comments'] as readonly { readonly content: string }[];
    one.notes.push(comment?.content ?? '');
    return { status: 200, body: { id: 1 } };
  }
  return update(yard, one, body);
};

function statuses(yard: Yard, { method, parts, body }: Parameters<Shape>[1]) {
  const commit = String(parts[7]);
  const context = body['context'] as { readonly name: string; readonly genre: string } | undefined;
  if (method === 'POST')
    return { status: 201, body: yard.say(commit, saidIn(body, `${context?.genre}/${context?.name}`)) };
  const told = yard
    .saidOn(commit)
    .slice(-1)
    .map(({ context: said, ...rest }, index) => {
      const slash = said.indexOf('/');
      return status(index + 1, rest, { genre: said.slice(0, slash), name: said.slice(slash + 1) });
    });
  return { status: 200, body: { value: told, count: told.length } };
}

function update(yard: Yard, one: Kept, body: Readonly<Record<string, unknown>>) {
  if (one.state !== 'Open') return error(409, 'TF401181: The pull request cannot be edited due to its state.');
  if (body['status'] === 'abandoned') yard.forges.close(one);
  else {
    const { commitId } = body['lastMergeSourceCommit'] as { readonly commitId: string };
    const { mergeStrategy } = body['completionOptions'] as { readonly mergeStrategy: string };
    if (commitId !== one.head) return error(409, 'TF401192: The pull request source has changed.');
    yard.forges.merge(one, METHODS[mergeStrategy] ?? 'Merge', 'Azure');
  }
  return { status: 200, body: pull(one) };
}

function refs(yard: Yard, { method, query, body }: Parameters<Shape>[1]) {
  if (method === 'GET') {
    // It lists all that begin like this.
    const prefix = String(query.get('filter')).replace(/^heads\//, '');
    const found = [...yard.git.heads('the repository')].filter(([name]) => name.startsWith(prefix));
    return {
      status: 200,
      body: { value: found.map(([name, objectId]) => ({ name: `refs/heads/${name}`, objectId })) },
    };
  }
  const [update] = body as unknown as readonly { readonly name: string; readonly oldObjectId: string }[];
  const branch = branchOf(update?.name);
  const success = yard.head(branch) === update?.oldObjectId && yard.remove(branch);
  return { status: 200, body: { value: [{ name: update?.name, success }], count: 1 } };
}
