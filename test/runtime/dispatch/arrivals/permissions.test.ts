import { Permissions } from '../../../../runtime/dispatch/arrivals/permissions';
import { referenceTo } from '../reference';

const manifests = ['one', 'two', 'three', 'four'].map((name) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
}));
const closed = { metadata: { name: 'shop' }, spec: { destinations: [{ server: '*', name: '*', namespace: '*' }] } };
const open = { ...closed, spec: { ...closed.spec, clusterResourceWhitelist: [{ group: '*', kind: '*' }] } };
const reference = referenceTo('https://git.example.com/shop.git');

/** Projects by namespace and name, as they stand; a read of `broken` fails. */
function world(projects: Record<string, unknown>) {
  let seconds = 0;
  const permissions = new Permissions({
    applicationOf: () => ({ project: 'shop', destination: { name: 'in-cluster', namespace: 'web' } }),
    read: ({ namespace = '', name }) => {
      const found = projects[`${namespace}/${name}`];
      return found === 'broken' ? Promise.reject(new Error('forbidden')) : Promise.resolve(found);
    },
    namespaces: ['argocd'],
    now: () => new Date(seconds * 1000),
  });
  return {
    projects,
    judge: () => permissions.assert(reference, manifests),
    after: (more: number) => (seconds += more),
  };
}

test('what the project forbids fails in words that name it and the field', async () => {
  const refused = world({ 'argocd/shop': closed }).judge();
  await expect(refused).rejects.toMatchObject({ name: 'TerminalError', reason: 'RenderFailed' });
  await expect(refused).rejects.toThrow(
    /^AppProject shop forbids ClusterRole\S* one \(its clusterResourceWhitelist does not have this kind\), .* and 1 more: /,
  );
});

test('what is allowed since the last look is not refused', async () => {
  const { projects, judge } = world({ 'argocd/shop': closed });
  await expect(judge()).rejects.toThrow('forbids');
  projects['argocd/shop'] = open;
  await judge();
});

test('what is forbidden since is noticed after a minute', async () => {
  const { projects, judge, after } = world({ 'argocd/shop': open });
  await judge();
  projects['argocd/shop'] = closed;
  after(59);
  await judge();
  after(2);
  await expect(judge()).rejects.toThrow('forbids');
});

test.each([
  ['there is none', {}],
  ['it may not be read', { 'argocd/shop': 'broken' }],
])('nothing is refused where %s', async (_why, projects) => {
  await world(projects).judge();
});
