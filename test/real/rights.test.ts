/** The runtime with its ServiceAccount's token alone: it can do all that it must, and nothing that it must not. */

import { accountAccess, AUTHORITY, installAuthority, podOf } from './authority';
import { application, kubectl, Line, type RuntimeProcess } from './line';
import { type Access, call, realStack } from './stack';
import { Workloads } from './workloads';

let account: Access;
let runtime: RuntimeProcess;
let workloads: Workloads;

beforeAll(async () => {
  const { forge } = realStack();
  await installAuthority(['--credential', 'forge']);
  const label = { 'k8sta.io/credential': 'git' };
  for (const [name, namespace] of [
    ['forge', AUTHORITY.namespace],
    ['other', AUTHORITY.namespace],
    ['theirs', 'default'],
  ]) {
    const stringData = { url: `${forge.url}/`, username: forge.username, password: forge.password };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels: label }, stringData };
    await kubectl(['apply', '-f', '-'], JSON.stringify(secret));
  }
  account = await accountAccess();
  workloads = new Workloads();
  runtime = await podOf('authority');
  await runtime.start();
}, 120_000);
afterAll(async () => {
  await runtime.stop();
  await workloads.stop();
});

test('a change rides to prod with the token of the ServiceAccount alone', async () => {
  const line = await Line.open({
    namespace: 'rights',
    stations: [
      { name: 'test', applications: [{ id: 'web' }] },
      { name: 'prod', applications: [{ id: 'web', automated: false }] },
    ],
  });
  await line.ticket('one', '1.0.0');
  await line.completed('one');
  const head = await line.repository.head('env/prod');
  expect((await application('rights-prod-web')).status?.sync).toMatchObject({ status: 'Synced', revision: head });
  const events = await kubectl(['get', 'events', '-n', 'rights', '-o', 'name']);
  expect(events.trim().split('\n').length).toBeGreaterThan(2);
  expect(await runtime.log()).not.toMatch(/forbidden|cannot (get|list|watch|create|update|patch)/i);
});

test('it looks at Applications in the namespaces that it was given, and says so of others', async () => {
  await kubectl(['create', 'namespace', 'rights-apps']);
  const line = await Line.open({
    namespace: 'rights-blind',
    stations: [{ name: 'test', applications: [{ id: 'shop', existingIn: 'rights-apps' }] }],
  });
  await line.ticket('one', '1.0.0');
  const { status } = await line.waiting('one', 'ApplicationMissing');
  expect(status?.waiting?.message).toContain('rights-apps/shop is not looked at: name its namespace to the runtime');
});

const OURS = '/apis/k8sta.io/v1alpha1/namespaces/rights';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const SECRETS = `/api/v1/namespaces/${AUTHORITY.namespace}/secrets`;
const merge = { 'content-type': 'application/merge-patch+json' };
const json = { 'content-type': 'application/json' };
const meta = (kind: string, apiVersion: string, more: object = {}): object => ({
  apiVersion,
  kind,
  metadata: { name: 'x' },
  ...more,
});
const admin = { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: 'rbac.authorization.k8s.io' };

const forbidden: readonly (readonly [what: string, method: string, path: string, body?: object])[] = [
  ['read a Secret of another namespace', 'GET', '/api/v1/namespaces/default/secrets/theirs'],
  ['read a Secret of its own namespace that it was not given', 'GET', `${SECRETS}/other`],
  ['list the Secrets of its own namespace', 'GET', SECRETS],
  ['list the Secrets of the cluster', 'GET', '/api/v1/secrets'],
  ['write the Secret that it reads', 'PATCH', `${SECRETS}/forge`, { data: {} }],
  ['read a ConfigMap of Argo CD', 'GET', '/api/v1/namespaces/argocd/configmaps/argocd-cm'],
  ['list Applications of other namespaces', 'GET', '/apis/argoproj.io/v1alpha1/applications'],
  [
    'patch an Application of another namespace',
    'PATCH',
    '/apis/argoproj.io/v1alpha1/namespaces/rights-apps/applications/shop',
    { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } },
  ],
  [
    'make an Application',
    'POST',
    '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications',
    meta('Application', 'argoproj.io/v1alpha1'),
  ],
  ['delete an Application', 'DELETE', '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/rights-prod-web'],
  ['widen an AppProject', 'PATCH', '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/default', { spec: {} }],
  ['edit a Station', 'PATCH', `${OURS}/stations/prod`, { spec: { hold: true } }],
  ['edit a Track', 'PATCH', `${OURS}/tracks/main`, { spec: { hold: true } }],
  ['edit a Ticket', 'PATCH', `${OURS}/tickets/one`, { spec: { abort: true } }],
  ['delete a Station', 'DELETE', `${OURS}/stations/prod`],
  ['make a pod', 'POST', '/api/v1/namespaces/rights/pods', meta('Pod', 'v1')],
  ['make a pod in its own namespace', 'POST', `/api/v1/namespaces/${AUTHORITY.namespace}/pods`, meta('Pod', 'v1')],
  [
    'change its own Deployment',
    'PATCH',
    `/apis/apps/v1/namespaces/${AUTHORITY.namespace}/deployments/k8sta`,
    { spec: {} },
  ],
  ['delete a namespace', 'DELETE', '/api/v1/namespaces/rights'],
  ['list namespaces', 'GET', '/api/v1/namespaces'],
  [
    'make itself an administrator',
    'POST',
    `${RBAC}/clusterrolebindings`,
    meta('ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', { roleRef: admin, subjects: [] }),
  ],
  ['widen its own role', 'PATCH', `${RBAC}/clusterroles/k8sta`, { rules: [] }],
  [
    'get a token of another account',
    'POST',
    '/api/v1/namespaces/argocd/serviceaccounts/default/token',
    meta('TokenRequest', 'authentication.k8s.io/v1', { spec: {} }),
  ],
  [
    'write a Lease that is not its own',
    'PATCH',
    `/apis/coordination.k8s.io/v1/namespaces/${AUTHORITY.namespace}/leases/other`,
    { spec: {} },
  ],
  [
    'take an admission policy away',
    'DELETE',
    '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/tickets.k8sta.io',
  ],
  [
    'change its own definitions',
    'PATCH',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/tickets.k8sta.io',
    { spec: {} },
  ],
];

// As objects: a row that is shorter than the parameters would be handed a callback to wait for.
test.each(forbidden.map(([what, method, path, body]) => ({ what, method, path, body })))(
  'S16: it cannot $what',
  async ({ method, path, body }) => {
    const headers = method === 'PATCH' ? merge : json;
    const { code, text } = await call(account, method, path, body && JSON.stringify(body), headers);
    expect(`${code} ${text}`).toMatch(/^403 .*"reason":"Forbidden"/);
  },
);

test('S16: it cannot act as somebody else', async () => {
  const { code } = await call(account, 'GET', '/api/v1/secrets', undefined, { 'impersonate-user': 'admin' });
  expect(code).toBe(403);
});

test('S16: it cannot approve a ticket, nor make one that is approved, nor one that speaks for a person', async () => {
  const ticket = (spec: object): string =>
    JSON.stringify({
      apiVersion: 'k8sta.io/v1alpha1',
      kind: 'Ticket',
      metadata: { name: 'forged' },
      spec: { track: 'main', change: { images: [{ repoURL: 'ghcr.io/acme/web', tag: '9.9.9' }] }, ...spec },
    });
  const approvals = [
    {
      station: 'prod',
      digest: `sha256:${'a'.repeat(64)}`,
      by: `system:serviceaccount:${AUTHORITY.namespace}:${AUTHORITY.account}`,
    },
  ];
  for (const spec of [{ approvals }, { hold: true }, { origin: { person: 'ada' } }]) {
    const { code, text } = await call(account, 'POST', `${OURS}/tickets`, ticket(spec), json);
    expect(`${code} ${text}`).toMatch(/^403 .*ValidatingAdmissionPolicy 'tickets.k8sta.io'/);
  }
});
