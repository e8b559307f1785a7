import { Repository, webSource } from './people';
import { eventually } from '../waiting';
import { driven } from './driven';
import { IMAGE } from './image';
import { kubectl, Line, run, COMMAND } from './line';

driven();

/** An Application as a team made it by hand; Argo CD makes the namespace of its name. */
const existing = (name: string, namespace: string, repoURL: string, branch: string): string =>
  JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace },
    spec: {
      project: 'default',
      source: { repoURL, targetRevision: branch, path: '.' },
      destination: { name: 'in-cluster', namespace: name },
      syncPolicy: { automated: {}, syncOptions: ['CreateNamespace=true'] },
    },
  });

test('an Application in another namespace is driven only with its consent, by the line that k8sta consent prints (G5)', async () => {
  await kubectl(['create', 'namespace', 'apps-till']);
  const repository = await Repository.create('consent', webSource(['env/test']));
  await kubectl(['apply', '-f', '-'], existing('till', 'apps-till', repository.url, 'env/test'));
  const line = Line.of('consent', repository);
  const output = await line.apply({
    namespace: 'consent',
    repositoryURL: repository.url,
    stations: [{ name: 'test', applications: [{ id: 'till', existingIn: 'apps-till' }] }],
  });
  await line.ticket('one', '1.0.0');
  const refused = await line.waiting('one', 'NotConsented');
  expect(refused.status?.waiting?.message).toContain('k8sta.io/authorized-station=consent/test');
  expect(await repository.head('env/test')).toBeUndefined();

  const { out } = await run(process.execPath, [COMMAND, 'consent', output]);
  const [words = ''] = out.split('\n').filter((one) => one.startsWith('kubectl '));
  expect(words).toContain('k8sta.io/authorized-station=consent/test');
  await kubectl(words.trim().split(' ').slice(1));
  await line.completed('one');
  expect(await repository.log('env/test')).toHaveLength(1);
});

const THEIRS = `# by hand, since 2019
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}   # two spaces and a remark
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "${IMAGE}:0.9.0"}]
`;

test('a hand-made Application on a branch that another tool filled is adopted: its image changes in place (D10)', async () => {
  const repository = await Repository.create('adopted', webSource(['env/test']));
  const theirs = await repository.commit('env/test', { 'web.yaml': THEIRS, 'README.md': 'Ours.\n' }, 'By the old tool');
  await kubectl(['apply', '-f', '-'], existing('legacy', 'argocd', repository.url, 'env/test'));
  const legacy = ['applications.argoproj.io', 'legacy', '-n', 'argocd'];
  await kubectl(['annotate', ...legacy, 'k8sta.io/authorized-station=adopted/test']);
  await eventually('it runs as it was', async () => (await deployed()).includes(`${IMAGE}:0.9.0`), 60_000);
  const line = Line.of('adopted', repository);
  const network = (adopt: boolean) => ({
    namespace: 'adopted',
    repositoryURL: repository.url,
    stations: [{ name: 'test', applications: [{ id: 'legacy', existingIn: 'argocd', adopt }] }],
  });
  await line.apply(network(false));
  await line.ticket('one', '1.0.0');
  const refused = await line.waiting('one', 'ForeignBranch');
  expect(refused.status?.waiting?.message).toContain(theirs.slice(0, 7));
  expect(await repository.head('env/test')).toBe(theirs);

  await line.apply(network(true));
  await line.completed('one');
  expect((await repository.log('env/test')).map(({ author, parents }) => [author, parents])).toEqual([
    ['K8sTA', [theirs]],
    ['Ada', []],
  ]);
  expect(await repository.read('env/test', 'web.yaml')).toBe(THEIRS.replace('0.9.0', '1.0.0'));
  expect(await repository.read('env/test', 'README.md')).toBe('Ours.\n');
  expect(await deployed()).toContain(`${IMAGE}:1.0.0`);

  async function deployed(): Promise<string> {
    return kubectl(['get', 'deployment', 'web', '-n', 'legacy', '-o', 'yaml']);
  }
});

test('a Station that names the repository of another team writes not a byte to it (G5)', async () => {
  const theirs = await Repository.create('theirs', webSource(['env/test']));
  await theirs.commit('env/test', { 'theirs.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n' });
  await kubectl(['apply', '-f', '-'], existing('theirs', 'argocd', theirs.url, 'env/test'));
  const before = await theirs.heads();
  const line = await Line.open({
    namespace: 'thief',
    stations: [{ name: 'test', applications: [{ id: 'theirs', existingIn: 'argocd', repositoryURL: theirs.url }] }],
  });
  await line.ticket('one', '1.0.0');
  await line.waiting('one', 'NotConsented');

  const own = await Line.open({
    namespace: 'claims',
    stations: [{ name: 'test', applications: [{ id: 'web' }] }],
  });
  // Its own Application consents, and the Station says another repository than the one that this Application syncs.
  const patch = [{ op: 'replace', path: '/spec/applications/0/repoURL', value: theirs.url }];
  await kubectl(['patch', 'station', 'test', '-n', 'claims', '--type', 'json', '-p', JSON.stringify(patch)]);
  await own.ticket('one', '1.0.0');
  const wrong = await own.waiting('one', 'WrongBranch');
  expect(wrong.status?.waiting?.message).toContain(theirs.url);

  expect(await theirs.heads()).toEqual(before);
});
