import { forbids, projectAppProject } from '../../../runtime/argocd';

const HERE = { server: 'https://kubernetes.default.svc', namespace: 'web' };
const project = (spec: object) => projectAppProject({ metadata: { name: 'shop' }, spec });
const everywhere = { destinations: [{ server: '*', name: '*', namespace: '*' }] };

const deployment = { group: 'apps', kind: 'Deployment', name: 'web' };
const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all' };
const custom = { group: 'example.com', kind: 'Widget', name: 'w' };

const WHITELIST = 'its clusterResourceWhitelist does not have this kind';

describe('kinds', () => {
  test.each([
    ['no list at all', {}, deployment, undefined],
    ['an empty list of what is allowed', { namespaceResourceWhitelist: [] }, deployment, /WhiteList does not have/i],
    ['a list with the kind', { namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }] }, deployment, undefined],
    ['a list with another', { namespaceResourceWhitelist: [{ group: '', kind: '*' }] }, deployment, /does not have/],
    [
      'a list of what is not',
      { namespaceResourceBlacklist: [{ group: '*', kind: 'Dep*' }] },
      deployment,
      /Blacklist has/,
    ],
    ['nothing of the cluster', {}, role, WHITELIST],
    ['all of the cluster', { clusterResourceWhitelist: [{ group: '*', kind: '*' }] }, role, undefined],
    [
      'all of the cluster but this',
      { clusterResourceWhitelist: [{ group: '*', kind: '*' }], clusterResourceBlacklist: [role] },
      role,
      'its clusterResourceBlacklist has this kind',
    ],
    ['a pattern that is none', { namespaceResourceBlacklist: [{ group: '{', kind: '{' }] }, deployment, undefined],
  ])('%s', (_name, spec, object, expected) => {
    const why = forbids(project({ ...everywhere, ...spec }), HERE, object);
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(expected);
  });

  test('that somebody defined are refused only where they are neither way allowed', () => {
    expect(forbids(project(everywhere), HERE, custom)).toBeUndefined();
    const closed = project({ ...everywhere, namespaceResourceWhitelist: [] });
    expect(forbids(closed, HERE, custom)).toBeDefined();
    const clusterOnly = { namespaceResourceWhitelist: [], clusterResourceWhitelist: [{ group: '*', kind: 'Widget' }] };
    expect(forbids(project({ ...everywhere, ...clusterOnly }), HERE, custom)).toBeUndefined();
  });
});

describe('destinations', () => {
  const to = (...destinations: object[]) => project({ destinations });
  const server = HERE.server;
  const inNamespace = (namespace: string) => ({ ...deployment, namespace });

  test.each([
    ['by server', to({ server, namespace: 'web' }), 'web', true],
    ['by the name of the cluster', to({ name: 'in-cluster', namespace: 'web' }), 'web', true],
    ['another namespace', to({ server, namespace: 'web' }), 'kube-system', false],
    ['a glob', to({ server, namespace: 'team-*' }), 'team-a', true],
    ['another server', to({ server: 'https://other.example.com', namespace: '*' }), 'web', false],
    ['a glob across slashes', to({ server: 'https://*', namespace: '*' }), 'web', true],
    ['a refusal', to({ server, namespace: '!kube-system' }, { server, namespace: '*' }), 'kube-system', false],
    ['a refusal of another', to({ server, namespace: '!kube-system' }, { server, namespace: '*' }), 'web', true],
    ['a refused server', to({ server: `!${server}`, namespace: '*' }, { server: '*', namespace: '*' }), 'web', false],
    ['none at all', to(), 'web', false],
  ])('%s', (_name, view, namespace, allowed) => {
    expect(forbids(view, HERE, inNamespace(namespace)) === undefined).toBe(allowed);
  });

  test('an object without a namespace goes to that of the Application', () => {
    expect(forbids(to({ server, namespace: 'web' }), HERE, deployment)).toBeUndefined();
    expect(forbids(to({ server, namespace: 'api' }), HERE, deployment)).toMatch(/namespace web/);
  });

  test('a cluster of which only the name is known is not judged by the servers of others', () => {
    const view = to({ server, namespace: '*' });
    expect(forbids(view, { name: 'paris', namespace: 'web' }, deployment)).toBeUndefined();
  });

  test('a kind of the cluster has none', () => {
    const view = project({ clusterResourceWhitelist: [{ group: '*', kind: '*' }] });
    expect(forbids(view, HERE, role)).toBeUndefined();
  });
});
