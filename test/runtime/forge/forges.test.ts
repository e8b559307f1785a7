/** The forges that are no program of ours to start, each by the shapes that its makers document. */

import { createForges, type ForgeCredential } from '../../../runtime/forge';
import { conforms, type Abilities, type ForgeWorld } from '../../conformance/forge/suite';
import { azureDevOps } from './azure-devops-shape';
import { bitbucketServer } from './bitbucket-server-shape';
import { bitbucket } from './bitbucket-shape';
import { github } from './github-shape';
import { gitlab } from './gitlab-shape';
import { REPOSITORY, serve, type Running, type Shape } from './shapes';

const TOKEN = 'the-token-that-the-forge-knows';
const WRONG = 'a-token-that-nobody-has-given-to-us';
const secretName = 'k8sta-system/forge';

interface Kind {
  readonly name: string;
  readonly kind: string;
  readonly shape: Shape;
  /** Path of the repository, as Git clones it, and of the API. */
  readonly path: string;
  readonly api: string;
  /** The header in which the credential comes, and how. */
  readonly header: string;
  readonly credential: string;
  readonly stranger: unknown;
  readonly abilities?: Abilities;
}

const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${TOKEN}`).toString('base64')}`;

const KINDS: readonly Kind[] = [
  {
    name: 'GitHub',
    kind: 'github',
    shape: github,
    path: '/acme/shop.git',
    api: '',
    header: 'authorization',
    credential: `Bearer ${TOKEN}`,
    stranger: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' },
    // Of checks, reviews and conflicts it only says whether all together allow a merge.
    abilities: { tellsChecks: false },
  },
  {
    name: 'GitLab',
    kind: 'gitlab',
    shape: gitlab,
    path: '/acme/shop.git',
    api: '/api/v4',
    header: 'private-token',
    credential: TOKEN,
    stranger: { message: '401 Unauthorized' },
  },
  {
    name: 'Bitbucket Cloud',
    kind: 'bitbucket',
    shape: bitbucket,
    path: '/acme/shop.git',
    api: '/2.0',
    header: 'authorization',
    credential: `Bearer ${TOKEN}`,
    stranger: { type: 'error', error: { message: 'Token is invalid or not supported for this endpoint.' } },
  },
  {
    name: 'Bitbucket Data Center',
    kind: 'bitbucket-server',
    shape: bitbucketServer,
    path: '/scm/ACME/shop.git',
    api: '/rest',
    header: 'authorization',
    credential: `Bearer ${TOKEN}`,
    stranger: { errors: [{ context: null, message: 'Authentication failed. Please check your credentials.' }] },
  },
  {
    name: 'Azure DevOps',
    kind: 'azure-devops',
    shape: azureDevOps,
    path: '/acme/team/_git/shop',
    api: '/acme',
    header: 'authorization',
    credential: basic(''),
    stranger: { message: 'TF400813: The user is not authorized to access this resource.' },
    // Policies are its own matter: it takes or refuses the completion.
    abilities: { tellsChecks: false },
  },
];

const running: Running[] = [];
afterAll(() => Promise.all(running.map((one) => one.stop())));

async function begin(one: Kind): Promise<ForgeWorld> {
  const server = await serve(one.shape, (headers) => headers[one.header] === one.credential, one.stranger);
  running.push(server);
  const { yard, origin } = server;
  const { kind } = one;
  const asking = (password: string): ForgeCredential => ({ kind, password, secretName, api: `${origin}${one.api}` });
  yard.git.commit(REPOSITORY, 'main', { 'README.md': 'requests\n' }, 'Ada');
  return {
    repoURL: `${origin}${one.path}`,
    forges: createForges({ credentials: async () => asking(TOKEN) }),
    strangers: createForges({ credentials: async () => asking(WRONG) }),
    wrongToken: WRONG,
    branch: async (name, files, onto) =>
      yard.git.commit(REPOSITORY, name, files, 'Ada', onto === undefined ? undefined : yard.head(onto)),
    head: async (branch) => yard.head(branch),
    merge: async (id, method) => void yard.forges.merge(yard.byNumber(id), method, 'Ada'),
    close: async (id) => yard.forges.close(yard.byNumber(id)),
    notes: async (id) => yard.byNumber(id).notes,
    texts: async (id) => yard.byNumber(id),
    statuses: async (commit) =>
      yard.saidOn(commit).map(({ state, description }) => ({
        state: /^(success|succeeded)/i.test(state) ? 'Passed' : 'Failed',
        description,
      })),
    check: async (commit, state) => void yard.checks.set(commit, state),
  };
}

for (const one of KINDS) conforms(one.name, () => begin(one), one.abilities);

test('a host that says which forge it is needs no kind, and another one is asked for it', async () => {
  const forges = createForges({ credentials: async () => ({ password: TOKEN, secretName }) });
  const found = forges.find('https://git.example.com/acme/shop.git', { source: 'a', target: 'b' });
  await expect(found).rejects.toThrow(
    /key kind of Secret k8sta-system\/forge has to say: one of gitea, github, gitlab/,
  );
});

test('a repository that no Secret serves says what to make', async () => {
  const forges = createForges({ credentials: async () => undefined });
  const found = forges.find('https://github.com/acme/shop.git', { source: 'a', target: 'b' });
  await expect(found).rejects.toThrow(
    'no Secret labelled k8sta.io/credential: forge serves https://github.com/acme/shop.git',
  );
});
