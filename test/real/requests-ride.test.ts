/** A whole ride by pull requests: people merge on the real forge, the real Argo CD syncs what came of it (rule D9). */

import type { Ticket } from '../../lib/api';
import { addressOf, type StoredReceiver } from '../../runtime/webhooks';
import { eventually } from '../waiting';
import { driven } from './driven';
import { application, kubectl, Line } from './line';
import { IMAGE } from './image';
import { ask } from './people';
import { realStack } from './stack';

const { runtime } = driven({ args: ['--webhook-port=0', '--address=127.0.0.1'] });

const { forge } = realStack();
/** Nobody looks at an open pull request sooner again, unless a webhook of the forge says so. */
const SOONEST_LOOK_MS = 10_000;

/** Whom the runtime takes webhooks from. */
const receiver: StoredReceiver = {
  namespace: 'k8sta',
  name: 'webhook-gitea',
  values: { sender: 'gitea', secret: 'a secret that nobody guesses' },
};

/** A Secret of the runtime's, as the guide says. */
async function store(name: string, kind: 'forge' | 'webhook', stringData: object): Promise<void> {
  const metadata = { name, namespace: 'k8sta', labels: { 'k8sta.io/credential': kind } };
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }));
}

beforeAll(async () => {
  const { url, username, password } = forge;
  await store('requests', 'forge', { url: `${url}/`, kind: 'gitea', username, password });
  await store(receiver.name, 'webhook', receiver.values);
});

/** The forge tells the runtime what becomes of the repository's pull requests. */
async function tellOfRequests({ repository }: Line): Promise<void> {
  const port = await eventually(
    'webhooks are taken',
    async () => /"port":(\d+)[^\n]*Taking webhooks/.exec(await runtime.log())?.[1],
  );
  await ask(realStack(), 'POST', `/api/v1/repos/${repository.path}/hooks`, {
    type: 'gitea',
    active: true,
    events: ['pull_request'],
    config: {
      url: `http://127.0.0.1:${port}${addressOf(receiver)}`,
      content_type: 'json',
      secret: receiver.values['secret'],
    },
  });
}

/** A person merges the one pull request that the ticket waits for. */
async function merge(line: Line, name: string, method: 'squash' | 'merge'): Promise<void> {
  const asked = await line.waiting(name, 'PullRequest');
  const url = asked.status?.arrival?.pullRequests?.[0]?.url ?? '';
  const id = url.slice(url.lastIndexOf('/') + 1);
  await eventually('it can be merged', async () => {
    await ask(realStack(), 'POST', `/api/v1/repos/${line.repository.path}/pulls/${id}/merge`, { Do: method });
    return true;
  });
}

/** A person merges it. @returns the ticket, once it has completed */
async function merged(line: Line, name: string, method: 'squash' | 'merge'): Promise<Ticket> {
  await merge(line, name, method);
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

test('a person’s merge is noticed at once where the forge tells of it', async () => {
  const line = await Line.open({
    namespace: 'told',
    stations: [{ name: 'test', via: 'PullRequest', applications: [{ id: 'web' }] }],
  });
  await tellOfRequests(line);
  await line.ticket('one', '1.0.0');
  await merge(line, 'one', 'merge');
  const at = Date.now();
  const ticket = await line.until('one', 'has come in', ({ status }) => status?.waiting?.reason !== 'PullRequest');
  const noticed = Date.now() - at;
  expect(ticket.status?.hinted).toBeDefined();
  expect(noticed).toBeLessThan(SOONEST_LOOK_MS / 2);
  await line.completed('one');
  expect(await line.repository.manifests('env/test')).toContain(`image: ${IMAGE}:1.0.0`);
});
