/** What servers answer besides what goes well, as it was recorded from them. */

import { createForges, type PullRequest } from '../../../runtime/forge';
import * as azure from './recorded/azure-devops';
import * as cloud from './recorded/bitbucket';
import * as dataCenter from './recorded/bitbucket-server';
import type { Recorded } from './recorded/request';
import { serve, type Asked, type Running, type Told } from './shapes';

const HEAD = '43f23696277d8c412aa5da481009a5ec8302ded4';
const MERGED = 'c7e4f3b29a8e0b08233440687efd3c351e2a0372';
const WAY = { source: 'k8sta/shop/web', target: 'env/prod' };
const one = (state: Recorded['state']): Recorded => ({
  number: 7,
  state,
  ...WAY,
  title: 'web 1.2.0 to prod',
  body: 'image web: 1.1.0 to 1.2.0',
  head: HEAD,
  ...(state === 'Merged' && { merged: MERGED }),
});
const ours: PullRequest = { url: 'https://forge', id: '7', state: 'Open', head: HEAD, checks: 'None' };
const order = {
  method: 'Merge',
  commit: HEAD,
  source: WAY.source,
  title: 'web',
  message: 'K8sTA-Ticket: shop/web-1',
} as const;

const PLACES = {
  bitbucket: ['/acme/shop.git', '/2.0'],
  'bitbucket-server': ['/scm/ACME/shop.git', '/rest'],
  'azure-devops': ['/acme/team/_git/shop', '/acme'],
} as const;
type Kind = keyof typeof PLACES;

const running: Running[] = [];
afterAll(() => Promise.all(running.map((server) => server.stop())));

/** A server that answers like this, by method and the last parts of the path, and what it is asked. */
async function answering(kind: Kind, answers: Readonly<Record<string, Told>>) {
  const asked: Asked[] = [];
  const shape = (_: unknown, question: Asked): Told | undefined => {
    asked.push(question);
    const path = question.parts.join('/');
    const found = Object.entries(answers).find(([place]) => {
      const [method, end = ''] = place.split(' ');
      return method === question.method && path.endsWith(end);
    });
    return found?.[1];
  };
  const server = await serve(shape, () => true, {});
  running.push(server);
  const [path, api] = PLACES[kind];
  const credential = { kind, password: 'a-token', secretName: 'k8sta-system/forge', api: `${server.origin}${api}` };
  return { repoURL: `${server.origin}${path}`, forges: createForges({ credentials: async () => credential }), asked };
}

const ok = (body: unknown): Told => ({ status: 200, body });
const noBuilds = { cancelled: 0, successful: 0, inProgress: 0, failed: 0, unknown: 0 };
const inDataCenter = (more: Readonly<Record<string, Told>>) => ({
  ...more,
  'GET pull-requests': ok({ size: 1, limit: 100, isLastPage: true, values: [dataCenter.pull(one('Open'))], start: 0 }),
  'GET pull-requests/7': ok(dataCenter.pull(one('Open'))),
});

interface Found {
  readonly what: string;
  readonly kind: Kind;
  readonly answers: Readonly<Record<string, Told>>;
  readonly is: Partial<PullRequest>;
}

test.each<Found>([
  {
    what: 'one in the cloud that a person declined',
    kind: 'bitbucket',
    answers: { 'GET pullrequests': ok({ values: [cloud.pull(one('Closed'))], pagelen: 1, size: 1, page: 1 }) },
    is: { state: 'Closed', head: HEAD.slice(0, 12), checks: 'Unknown' },
  },
  {
    what: 'one in the cloud whose build was stopped',
    kind: 'bitbucket',
    answers: {
      'GET pullrequests': ok({ values: [cloud.pull(one('Open'))], pagelen: 1, size: 1, page: 1 }),
      'GET 7/statuses': ok(cloud.statuses('STOPPED', HEAD)),
    },
    is: { state: 'Open', checks: 'Failed' },
  },
  {
    what: 'one in a data center that is merged between two questions',
    kind: 'bitbucket-server',
    answers: inDataCenter({
      'GET 7/merge': { status: 409, body: dataCenter.NOT_OPEN },
      [`GET stats/${HEAD}`]: ok(noBuilds),
    }),
    is: { state: 'Open', checks: 'None' },
  },
  {
    what: 'one in a data center with conflicts and a build that was cancelled',
    kind: 'bitbucket-server',
    answers: inDataCenter({
      'GET 7/merge': ok({ canMerge: false, conflicted: true, outcome: 'CONFLICTED', vetoes: [] }),
      [`GET stats/${HEAD}`]: ok({ ...noBuilds, successful: 1, cancelled: 1 }),
    }),
    is: { state: 'Open', checks: 'Failed', obstacle: 'it conflicts' },
  },
  {
    what: 'one of an older data center, which counts neither what was cancelled nor what is unknown',
    kind: 'bitbucket-server',
    answers: inDataCenter({
      'GET 7/merge': ok({ canMerge: true, conflicted: false, outcome: 'CLEAN', vetoes: [] }),
      [`GET stats/${HEAD}`]: ok({ successful: 2, inProgress: 0, failed: 0 }),
    }),
    is: { state: 'Open', checks: 'Passed' },
  },
  {
    what: 'one on Azure that is completed, with its merge still in a queue',
    kind: 'azure-devops',
    answers: { 'GET pullrequests': ok({ value: [azure.pull(one('Merged'), 'queued')], count: 1 }) },
    is: { state: 'Merged', head: HEAD },
  },
  {
    what: 'one on Azure with conflicts',
    kind: 'azure-devops',
    answers: { 'GET pullrequests': ok({ value: [azure.pull(one('Open'), 'conflicts')], count: 1 }) },
    is: { state: 'Open', obstacle: 'it conflicts' },
  },
  {
    what: 'one on Azure that was abandoned, of which it does not say what a merge would do',
    kind: 'azure-devops',
    answers: { 'GET pullrequests': ok({ value: [azure.pull(one('Closed'))], count: 1 }) },
    is: { state: 'Closed', head: HEAD, checks: 'Unknown' },
  },
])('$what is understood', async ({ kind, answers, is }) => {
  const { forges, repoURL } = await answering(kind, answers);
  const found = await forges.find(repoURL, WAY);
  expect(found).toMatchObject(is);
  expect(found?.obstacle).toBe(is.obstacle);
});

interface Refused {
  readonly kind: Kind;
  readonly answers: Readonly<Record<string, Told>>;
  readonly words: string;
}

test.each<Refused>([
  {
    kind: 'bitbucket',
    answers: { 'POST 7/merge': { status: 400, body: cloud.CLOSED } },
    words: 'newstatus: This pull request is already closed.',
  },
  {
    kind: 'bitbucket-server',
    answers: inDataCenter({ 'POST 7/merge': { status: 409, body: dataCenter.CONFLICTS } }),
    words: 'The pull request has conflicts and cannot be merged.',
  },
  {
    kind: 'bitbucket-server',
    answers: inDataCenter({ 'POST 7/merge': { status: 409, body: dataCenter.VETOED } }),
    words:
      'Merging the pull request has been vetoed.; You still need a minimum of one successful build before this pull request can be merged.',
  },
  {
    kind: 'bitbucket-server',
    answers: inDataCenter({ 'POST 7/merge': { status: 409, body: dataCenter.outOfDate(one('Open')) } }),
    words: 'You are attempting to modify a pull request based on out-of-date information.',
  },
  {
    kind: 'azure-devops',
    answers: {
      'PATCH pullrequests/7': {
        status: 409,
        body: {
          $id: '1',
          innerException: null,
          message: 'TF401192: The source branch has been modified since the last merge attempt.',
          typeName:
            'Microsoft.TeamFoundation.Git.Server.GitPullRequestStaleException, Microsoft.TeamFoundation.Git.Server',
          typeKey: 'GitPullRequestStaleException',
          errorCode: 0,
          eventId: 3000,
        },
      },
    },
    words: 'TF401192: The source branch has been modified since the last merge attempt.',
  },
])('a merge that $kind refuses is refused in its words, and in no more than those ($words)', async (refused) => {
  const { forges, repoURL } = await answering(refused.kind, refused.answers);
  expect(await forges.merge(repoURL, ours, order)).toBe(refused.words);
});

test('Azure’s page for signing in says what is wrong with the token', async () => {
  const { forges, repoURL } = await answering('azure-devops', {
    'GET pullrequests': { status: 203, text: azure.SIGN_IN },
  });
  await expect(forges.find(repoURL, WAY)).rejects.toThrow(
    /wants us to sign in: check whether the token in Secret k8sta-system\/forge is right and has not expired/,
  );
});

test('a build that a data center knows already is told once, and one that says something else anew', async () => {
  const said = {
    key: 'k8sta/shop/prod',
    state: 'SUCCESSFUL',
    description: 'in prod',
    name: 'k8sta/shop/prod',
    url: 'https://b',
    ref: null,
    parent: null,
    createdDate: 1585577702838,
    updatedDate: 1585577702838,
  };
  const answers = { [`GET ${HEAD}/builds`]: ok(said), [`POST ${HEAD}/builds`]: { status: 204 } };
  const { forges, repoURL, asked: questions } = await answering('bitbucket-server', answers);
  const posts = (): number => questions.filter(({ method }) => method === 'POST').length;
  await forges.report(repoURL, HEAD, { context: 'k8sta/shop/prod', state: 'Passed', description: 'in prod' });
  expect(posts()).toBe(0);
  await forges.report(repoURL, HEAD, { context: 'k8sta/shop/prod', state: 'Passed', description: 'in prod (web-2)' });
  expect(posts()).toBe(1);
});
