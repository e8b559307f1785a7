/** A whole ride by pull requests: people merge on the real forge, the real Argo CD syncs what came of it (rule D9). */

import type { Ticket } from '../../lib/api';
import { eventually } from '../waiting';
import { driven } from './driven';
import { application, kubectl, Line } from './line';
import { IMAGE } from './image';
import { ask } from './people';
import { realStack } from './stack';

driven();

const { forge } = realStack();

/** The credential with which the runtime asks the forge, as the guide says. */
beforeAll(async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'requests', namespace: 'k8sta', labels: { 'k8sta.io/credential': 'forge' } },
    stringData: { url: `${forge.url}/`, kind: 'gitea', username: forge.username, password: forge.password },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(secret));
});

/** A person merges the one pull request that the ticket waits for. @returns the ticket, once it has completed */
async function merged(line: Line, name: string, method: 'squash' | 'merge'): Promise<Ticket> {
  const asked = await line.waiting(name, 'PullRequest');
  const url = asked.status?.arrival?.pullRequests?.[0]?.url ?? '';
  const id = url.slice(url.lastIndexOf('/') + 1);
  await eventually('it can be merged', async () => {
    await ask(realStack(), 'POST', `/api/v1/repos/${line.repository.path}/pulls/${id}/merge`, { Do: method });
    return true;
  });
  return line.completed(name);
}

/** Branch, Station and Argo CD show the commit that the merge made, and nothing waits any more. */
async function shows(line: Line, ticket: Ticket): Promise<void> {
  const head = await line.repository.head('env/test');
  expect(ticket.status?.stamps?.map(({ result, commits }) => [result, commits?.[0]?.commit])).toEqual([
    ['Arrived', head],
  ]);
  const station = await line.station('test');
  expect(station?.status?.applications?.[0]).toMatchObject({ head: { commit: head }, good: { commit: head } });
  const { status } = await application('asked-test-web');
  expect(status).toMatchObject({ sync: { status: 'Synced', revision: head }, health: { status: 'Healthy' } });
  expect(await line.repository.heads()).not.toContain('refs/heads/k8sta/');
}

test('an image and a source commit enter by pull requests; the commit shows on the forge where it is', async () => {
  const line = await Line.open({
    namespace: 'asked',
    stations: [{ name: 'test', via: 'PullRequest', commitStatus: true, applications: [{ id: 'web' }] }],
  });
  await line.ticket('one', '1.0.0');
  await shows(line, await merged(line, 'one', 'squash'));
  expect(await line.repository.manifests('env/test')).toContain(`image: ${IMAGE}:1.0.0`);

  const base = await line.repository.read('main', 'base/deployment.yaml');
  const edited = base.replace('spec:\n', 'spec:\n  replicas: 2\n');
  const commit = await line.repository.commit('main', { 'base/deployment.yaml': edited });
  const two = {
    apiVersion: 'k8sta.io/v1alpha1',
    kind: 'Ticket',
    metadata: { name: 'two', namespace: 'asked' },
    spec: { track: 'main', change: { sources: [{ repoURL: line.repository.url, commit }] } },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(two));
  await shows(line, await merged(line, 'two', 'merge'));
  expect(await line.repository.manifests('env/test')).toContain('replicas: 2');
  const said = await eventually('the commit shows where it is', async () => {
    const list = await ask(realStack(), 'GET', `/api/v1/repos/${line.repository.path}/commits/${commit}/statuses`);
    const statuses = JSON.parse(list) as readonly { readonly context: string; readonly status: string }[];
    return statuses.length > 0 && statuses;
  });
  expect(said).toMatchObject([{ context: 'k8sta/asked/test', status: 'success', description: 'in test (ticket two)' }]);
});
