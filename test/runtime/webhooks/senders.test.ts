import type { Subscription } from '../../../lib/api';
import { addressOf, type Hint, isAbout, Receivers, SENDERS, type SenderName, setUpOf } from '../../../runtime/webhooks';
import * as azure from '../forge/recorded/azure-devops';
import * as cloud from '../forge/recorded/bitbucket';
import * as dataCenter from '../forge/recorded/bitbucket-server';
import type { Recorded } from '../forge/recorded/request';
import { IMAGES, type Payload, PUSHES } from './payloads';
import { deliveryOf, NOW, SECRET } from './signing';

function hintsOf(sender: SenderName, payload: Payload): readonly Hint[] {
  const stored = { namespace: 'k8sta-system', name: sender, values: { sender, secret: SECRET } };
  const reception = new Receivers([stored]).receive(addressOf(stored), deliveryOf(sender, payload), NOW);
  if (reception.outcome !== 'Taken') throw new Error(`${sender}: ${reception.outcome}`);
  return reception.hints;
}

const images = (...repositories: string[]): Subscription => ({
  name: 'web',
  images: { repositories, select: { newest: {} }, interval: '5m' },
});
const source = (repoURL: string, spec: Partial<NonNullable<Subscription['source']>> = {}): Subscription => ({
  name: 'source',
  source: { repoURL, branch: 'main', folder: '', interval: '1m', ...spec },
});
const about = (hints: readonly Hint[], subscription: Subscription): boolean =>
  hints.some((hint) => isAbout(hint, subscription));

test.each(PUSHES)('%s says that a branch was pushed (%#)', (sender, payload, urls) => {
  const hints = hintsOf(sender, payload);
  for (const url of urls) {
    expect(about(hints, source(url))).toBe(true);
    expect(about(hints, source(url, { branch: 'release' }))).toBe(false);
  }
  expect(about(hints, source('https://git.example.com/acme/other.git'))).toBe(false);
  expect(about(hints, images('ghcr.io/acme/web'))).toBe(false);
});

test.each(IMAGES)('%s says that an image was pushed (%#)', (sender, payload, repository) => {
  const hints = hintsOf(sender, payload);
  expect(about(hints, images('ghcr.io/acme/first', repository))).toBe(true);
  expect(about(hints, images(`${repository}-other`))).toBe(false);
  expect(about(hints, source('https://github.com/acme/shop'))).toBe(false);
});

test.each(['github', 'gitlab', 'gitea'] as const)('%s wakes only whom the touched files concern (R23)', (sender) => {
  const [, payload, [url = ''] = []] = PUSHES.find(([name]) => name === sender) ?? [];
  if (payload === undefined) throw new Error(`no payload of ${sender}`);
  const hints = hintsOf(sender, payload);
  expect(about(hints, source(url, { folder: 'base' }))).toBe(true);
  expect(about(hints, source(url, { folder: 'env/prod' }))).toBe(true);
  expect(about(hints, source(url, { folder: 'env/stage' }))).toBe(false);
});

test('whoever may have left files out wakes everyone of that branch', () => {
  const file = (index: number) => ({ added: [`a/${index}`], removed: [], modified: [] });
  const push = (change: object) => ({
    headers: { 'x-github-event': 'push' },
    body: {
      ref: 'refs/heads/main',
      repository: { clone_url: 'https://github.com/acme/shop.git' },
      commits: [file(0)],
      ...change,
    },
  });
  const elsewhere = source('https://github.com/acme/shop', { folder: 'b' });
  expect(about(hintsOf('github', push({})), elsewhere)).toBe(false);
  for (const change of [
    { commits: [] },
    { commits: Array.from({ length: 20 }, (_, index) => file(index)) },
    { commits: [{ id: 'abc' }] },
    { forced: true },
    { total_commits: 2 },
  ])
    expect(about(hintsOf('github', push(change)), elsewhere)).toBe(true);
});

test.each<[SenderName, Payload]>([
  ['github', { headers: { 'x-github-event': 'ping' }, body: { zen: 'Keep it simple.' } }],
  ['gitlab', { body: { object_kind: 'merge_request' } }],
  ['gitea', { headers: { 'x-gitea-event': 'issues' }, body: {} }],
  ['bitbucket', { headers: { 'x-event-key': 'diagnostics:ping' }, body: { test: true } }],
  ['azure-devops', { body: { eventType: 'build.complete' } }],
  [
    'harbor',
    { body: { type: 'DELETE_ARTIFACT', event_data: { resources: [{ resource_url: 'h.example.com/a/b:1' }] } } },
  ],
  ['artifactory', { body: { domain: 'artifact', event_type: 'deployed' } }],
  ['distribution', { body: { events: [{ action: 'pull' }] } }],
  ['quay', { body: null }],
  ['docker-hub', { body: [] }],
  ['aws', { body: { detail: { 'action-type': 'DELETE' } } }],
  ['generic', { body: { image: '../../etc/passwd', repository: 7 } }],
])('%s says something that is about no push (%#)', (sender, payload) => {
  expect(hintsOf(sender, payload)).toEqual([]);
});

const SHOP = 'https://git.example.com/acme/shop';
test.each<[SenderName, Payload]>([
  ['github', { headers: { 'x-github-event': 'push' }, body: { ref: 'refs/tags/v1', repository: { html_url: SHOP } } }],
  ['gitlab', { body: { object_kind: 'tag_push', ref: 'refs/tags/v1', project: { web_url: SHOP } } }],
  ['gitea', { headers: { 'x-gitea-event': 'push' }, body: { ref: 'refs/tags/v1', repository: { html_url: SHOP } } }],
  [
    'bitbucket',
    {
      headers: { 'x-event-key': 'repo:push' },
      body: {
        repository: { links: { html: { href: SHOP } } },
        push: { changes: [{ new: { type: 'tag', name: 'v1' } }] },
      },
    },
  ],
  [
    'azure-devops',
    {
      body: {
        eventType: 'git.push',
        resource: { repository: { remoteUrl: SHOP }, refUpdates: [{ name: 'refs/tags/v1' }] },
      },
    },
  ],
])('%s says that a tag was pushed, which wakes those who follow tags', (sender, payload) => {
  const hints = hintsOf(sender, payload);
  const tags = { semver: { constraint: '*', prereleases: false } };
  expect(about(hints, source(SHOP))).toBe(false);
  expect(about(hints, source(SHOP, { tags }))).toBe(true);
  expect(about(hints, source(`${SHOP}-other`, { tags }))).toBe(false);
});

const WAITS = 'k8sta/shop/prod/shop-prod-web/0c5e2a9e-7d1f-4b50-9a55-2b1f6c0f7a11';
const ended = (state: Recorded['state'], source: string): Recorded => ({
  number: 7,
  state,
  source,
  target: 'env/prod',
  title: 'web 1.2.0 to prod',
  body: '',
  head: '43f23696277d8c412aa5da481009a5ec8302ded4',
  ...(state === 'Merged' && { merged: 'c7e4f3b29a8e0b08233440687efd3c351e2a0372' }),
});
const requests = (branch: string): [SenderName, string, Payload][] => [
  [
    'github',
    'merged',
    {
      headers: { 'x-github-event': 'pull_request' },
      body: { action: 'closed', number: 7, pull_request: { merged: true, head: { ref: branch, sha: 'a1' } } },
    },
  ],
  [
    'gitlab',
    'merged',
    { body: { object_kind: 'merge_request', object_attributes: { action: 'merge', source_branch: branch } } },
  ],
  [
    'gitea',
    'closed',
    {
      headers: { 'x-gitea-event': 'pull_request' },
      body: { action: 'closed', pull_request: { merged: false, head: { label: branch, ref: branch } } },
    },
  ],
  [
    'bitbucket',
    'merged in the cloud',
    {
      headers: { 'x-event-key': 'pullrequest:fulfilled' },
      body: cloud.webhook(ended('Merged', branch)),
    },
  ],
  [
    'bitbucket',
    'declined on a server',
    {
      headers: { 'x-event-key': 'pr:declined' },
      body: dataCenter.webhook('pr:declined', ended('Closed', branch)),
    },
  ],
  [
    'bitbucket',
    'merged in a data center',
    {
      headers: { 'x-event-key': 'pr:merged' },
      body: dataCenter.webhook('pr:merged', ended('Merged', branch)),
    },
  ],
  ['azure-devops', 'completed', { body: azure.webhook('git.pullrequest.updated', ended('Merged', branch)) }],
  ['azure-devops', 'merged', { body: azure.webhook('git.pullrequest.merged', ended('Merged', branch)) }],
  ['azure-devops', 'abandoned', { body: azure.webhook('git.pullrequest.updated', ended('Closed', branch)) }],
];

test.each(requests(WAITS))('%s says that a pull request of ours was %s', (sender, _what, payload) => {
  const hints = hintsOf(sender, payload);
  expect(hints).toEqual([{ kind: 'Request', ticketUid: '0c5e2a9e-7d1f-4b50-9a55-2b1f6c0f7a11' }]);
  expect(about(hints, source('https://github.com/acme/shop'))).toBe(false);
});

test.each(requests('feature/web'))(
  '%s says that a pull request of others was %s: nobody is told',
  (sender, _, payload) => {
    expect(hintsOf(sender, payload)).toEqual([]);
  },
);

test.each<[SenderName, Payload]>([
  [
    'github',
    {
      headers: { 'x-github-event': 'pull_request' },
      body: { action: 'synchronize', pull_request: { head: { ref: WAITS } } },
    },
  ],
  ['gitlab', { body: { object_kind: 'merge_request', object_attributes: { action: 'update', source_branch: WAITS } } }],
  ['azure-devops', { body: azure.webhook('git.pullrequest.updated', ended('Open', WAITS)) }],
  // It has tried to merge it.
  ['azure-devops', { body: azure.webhook('git.pullrequest.merged', ended('Open', WAITS)) }],
])('%s says that a pull request is still open (%#)', (sender, payload) => {
  expect(hintsOf(sender, payload)).toEqual([]);
});

test('a chart in a registry is meant like an image', () => {
  const hints = hintsOf('generic', { body: { image: 'ghcr.io/acme/charts/web' } });
  const chart = (repoURL: string): Subscription => ({
    name: 'chart',
    chart: { repoURL, name: 'web', semver: '*', interval: '5m' },
  });
  expect(about(hints, chart('oci://ghcr.io/acme/charts'))).toBe(true);
  expect(about(hints, chart('https://charts.example.com'))).toBe(false);
});

test('each sender has steps that name the address, and say where the secret goes or that there is none', () => {
  for (const sender of Object.keys(SENDERS) as SenderName[]) {
    const steps = setUpOf(sender, 'https://k8sta.example.com/webhooks/x').join('\n');
    expect(steps).toContain('https://k8sta.example.com/webhooks/x');
    expect(steps).toMatch(/secret|keep this address to yourself/i);
  }
});
