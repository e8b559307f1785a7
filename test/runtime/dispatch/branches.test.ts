import type { Scene } from './scene';
import { Yard } from './yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

const MANIFEST = 'deployment-guestbook-test.yaml';

/** A scene whose one branch has its first commit. */
async function arrived(name: string): Promise<Scene> {
  const scene = await yard.scene(name);
  await scene.ticket('one', '1.0.0');
  await scene.completed('one');
  return scene;
}

async function manifestOf(scene: Scene): Promise<string> {
  const files = await scene.repository.files('env/test');
  return files.find((file) => !file.startsWith('.') && file.endsWith('.yaml')) ?? MANIFEST;
}

const resume = async (scene: Scene, name: string, heads: string[]): Promise<void> => {
  const uid = scene.seen(name)?.metadata.uid ?? '';
  await scene.say('ticket', name, { resumes: [{ uid, heads, by: 'ada@example.com' }] });
};

test('a README that a person pushes between record and push is kept: the record is withdrawn, a new commit lands on top (q, D2)', async () => {
  const scene = await arrived('readme');
  let readme = '';
  yard.faults.git.set(scene.repository.name, async (request) => {
    if (request.service !== 'git-receive-pack' || readme !== '') return undefined;
    readme = await scene.repository.commit('env/test', { 'README.md': 'Hands off.\n' });
    return undefined;
  });
  await scene.ticket('two', '1.1.0');
  const ticket = await scene.completed('two');
  yard.faults.git.delete(scene.repository.name);

  const [commit, ...rest] = await scene.repository.log('env/test');
  expect(commit?.parents).toEqual([readme]);
  expect(rest).toHaveLength(2);
  expect(ticket.status?.arrival?.applications[0]).toMatchObject({ commit: commit?.sha, parent: readme });
  expect(ticket.status?.arrival?.applications[0]?.withdrawn).toHaveLength(1);
  expect(await scene.repository.read('env/test', 'README.md')).toBe('Hands off.\n');
});

test('a managed file that a person edits suspends; resume with that head puts ours on top, history kept (D8)', async () => {
  const scene = await arrived('edited');
  const path = await manifestOf(scene);
  const edit = await scene.repository.commit('env/test', { [path]: 'kind: Nonsense\n' });
  await scene.ticket('two', '1.1.0');
  const suspended = await scene.waiting('two', 'ForeignCommit');
  expect(suspended.status?.phase).toBe('Suspended');
  expect(suspended.status?.waiting?.message).toContain(path);
  expect(suspended.status?.waiting?.message).toContain(edit);
  expect(await scene.repository.head('env/test')).toBe(edit);

  await resume(scene, 'two', [edit]);
  await scene.completed('two');
  const [commit] = await scene.repository.log('env/test');
  expect(commit?.parents).toEqual([edit]);
  expect(commit?.trailers).toMatchObject({ 'K8sTA-Resumed-By': 'ada@example.com', 'K8sTA-Overwrote': path });
  expect(await scene.repository.manifests('env/test')).toContain('guestbook:1.1.0');
});

test('a person who puts the managed file back by hand needs no resume: Argo CD sees the branch change (D8)', async () => {
  const scene = await arrived('mended');
  const path = await manifestOf(scene);
  const ours = await scene.repository.read('env/test', path);
  await scene.repository.commit('env/test', { [path]: 'kind: Nonsense\n' });
  await scene.annotate('mended-test', { 'argocd.argoproj.io/refresh': 'normal' });
  await scene.ticket('two', '1.1.0');
  await scene.waiting('two', 'ForeignCommit');
  const mended = await scene.repository.commit('env/test', { [path]: ours });
  await scene.annotate('mended-test', { 'argocd.argoproj.io/refresh': 'normal' });
  await scene.completed('two');
  const [commit] = await scene.repository.log('env/test');
  expect(commit?.parents).toEqual([mended]);
});

test('a resume that names another head ends nothing (G1)', async () => {
  const scene = await arrived('stale-resume');
  const path = await manifestOf(scene);
  const seen = await scene.repository.commit('env/test', { [path]: 'kind: Nonsense\n' });
  await scene.ticket('two', '1.1.0');
  await scene.waiting('two', 'ForeignCommit');
  const newer = await scene.repository.commit('env/test', { [path]: 'kind: MoreNonsense\n' });
  await resume(scene, 'two', [seen]);
  await scene.until('two', 'names the newer head', ({ status }) => status?.waiting?.message.includes(newer) === true);
  expect(await scene.repository.head('env/test')).toBe(newer);
  await scene.say('ticket', 'two', { abort: true });
  await scene.until('two', 'is aborted', ({ status }) => status?.phase === 'Aborted');
  expect(await scene.repository.head('env/test')).toBe(newer);
});

test('a branch that was deleted suspends; resume with no commit makes it anew (D8)', async () => {
  const scene = await arrived('gone');
  await scene.repository.deleteBranch('env/test');
  await scene.ticket('two', '1.1.0');
  await scene.waiting('two', 'BranchDeleted');
  expect(await scene.repository.head('env/test')).toBeUndefined();
  await resume(scene, 'two', ['0'.repeat(40)]);
  await scene.completed('two');
  expect(await scene.repository.log('env/test')).toHaveLength(1);
});

test('a branch whose history was rewritten suspends, and is left alone until a person says so (D8)', async () => {
  const scene = await arrived('rewritten');
  const rewritten = await scene.repository.commit('env/test', { 'other.txt': 'x\n' }, { from: null });
  await scene.ticket('two', '1.1.0');
  const { status } = await scene.waiting('two', 'HistoryRewritten');
  expect(status?.waiting?.message).toContain(rewritten);
  expect(await scene.repository.head('env/test')).toBe(rewritten);
});

test('a branch with content of nobody we know is never written (D8)', async () => {
  const scene = await yard.scene('foreign');
  const theirs = await scene.repository.commit('env/test', { 'deployment.yaml': 'kind: Deployment\n' }, { from: null });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.waiting('one', 'ForeignBranch');
  expect(status?.phase).toBe('Suspended');
  expect(status?.waiting?.message).toContain(theirs.slice(0, 7));
  expect(await scene.repository.head('env/test')).toBe(theirs);
});

const THEIRS = `# by hand, since 2019
apiVersion: apps/v1
kind: Deployment
metadata: {name: guestbook-test}   # two spaces and a remark
spec:
  selector: {matchLabels: {app: guestbook}}
  template:
    metadata: {labels: {app: guestbook}}
    spec:
      containers:
        - name: web
          image: "ghcr.io/acme/guestbook:0.9.0"
        - {name: sidecar, image: ghcr.io/acme/proxy:3}
`;

test('a branch that CI filled is adopted: images change in place, and a source ticket leaves them as they were (o, D10)', async () => {
  const scene = await yard.scene('adopted');
  const theirs = await scene.repository.commit(
    'env/test',
    { 'web.yaml': THEIRS, 'README.md': 'Ours.\n', '.ci/config.yaml': 'steps: []\n' },
    { from: null },
  );
  await scene.ticket('one', { images: [{ repoURL: 'ghcr.io/acme/proxy', tag: '4' }] });
  await scene.waiting('one', 'ForeignBranch');
  await scene.station({ name: 'test', applications: [{ adopt: true }] });
  await scene.completed('one');

  const [taken] = await scene.repository.log('env/test');
  expect(taken?.parents).toEqual([theirs]);
  expect(await scene.repository.files('env/test')).toEqual([
    '.ci/config.yaml',
    '.k8sta/state.yaml',
    'README.md',
    'web.yaml',
  ]);
  expect(await scene.repository.read('env/test', 'web.yaml')).toBe(THEIRS.replace('proxy:3', 'proxy:4'));

  await scene.ticket('two', {
    sources: [{ repoURL: scene.repository.url, commit: (await scene.repository.head('main')) ?? '' }],
  });
  await scene.completed('two');
  expect(await scene.repository.files('env/test')).not.toContain('web.yaml');
  expect(await scene.repository.read('env/test', 'README.md')).toBe('Ours.\n');
  expect(await scene.repository.manifests('env/test')).toContain('ghcr.io/acme/guestbook:0.9.0');
});

test('a branch that Argo CD builds itself is not adopted, and says why (D10)', async () => {
  const scene = await yard.scene('built', { stations: [{ name: 'test', applications: [{ adopt: true }] }] });
  const theirs = await scene.repository.commit('env/test', { 'kustomization.yaml': 'resources: []\n' }, { from: null });
  await scene.ticket('one', '1.0.0');
  const { status } = await scene.failed('one');
  expect(status?.failure?.message).toContain('kustomization.yaml stands on the branch');
  expect(await scene.repository.head('env/test')).toBe(theirs);
});

test('a revert on top during the wait suspends: what Argo CD calls healthy is not ours (b, D6)', async () => {
  const scene = await arrived('revert');
  const path = await manifestOf(scene);
  const old = await scene.repository.read('env/test', path);
  yard.railyard.argocd.script('argocd', 'revert-test', { health: 'Progressing' });
  await scene.ticket('two', '2.0.0');
  await scene.waiting('two', 'Progressing');
  const revert = await scene.repository.commit('env/test', { [path]: old });
  await scene.annotate('revert-test', { 'argocd.argoproj.io/refresh': 'normal' });
  yard.railyard.argocd.script('argocd', 'revert-test', undefined);
  await scene.waiting('two', 'ForeignCommit');
  expect(await scene.repository.head('env/test')).toBe(revert);
  expect(scene.stamps('two')).toEqual([]);
});

test('a branch that is set back during the wait to the head before ours suspends, too (D8)', async () => {
  const scene = await arrived('set-back');
  const before = (await scene.repository.head('env/test')) ?? '';
  yard.railyard.argocd.script('argocd', 'set-back-test', { health: 'Progressing' });
  await scene.ticket('two', '2.0.0');
  await scene.waiting('two', 'Progressing');
  await scene.repository.git(['update-ref', 'refs/heads/env/test', before]);
  await scene.annotate('set-back-test', { 'argocd.argoproj.io/refresh': 'normal' });
  yard.railyard.argocd.script('argocd', 'set-back-test', undefined);
  const { status } = await scene.waiting('two', 'HistoryRewritten');
  expect(status?.phase).toBe('Suspended');
  expect(await scene.repository.head('env/test')).toBe(before);
  await resume(scene, 'two', [before]);
  await scene.completed('two');
  const [commit] = await scene.repository.log('env/test');
  expect(commit?.parents).toEqual([before]);
  expect(await scene.repository.manifests('env/test')).toContain('guestbook:2.0.0');
});

test('a hook that says no fails the ticket in the words of the server (D5)', async () => {
  const scene = await arrived('hook');
  await scene.repository.refuse('no deploys on Fridays');
  await scene.ticket('two', '1.1.0');
  const { status } = await scene.failed('two');
  expect(status?.failure).toMatchObject({ reason: 'PushRejected', station: 'test' });
  expect(status?.failure?.message).toContain('no deploys on Fridays');
  await scene.repository.accept();
  await scene.ticket('three', '1.2.0');
  await scene.completed('three');
  expect(await scene.repository.log('env/test')).toHaveLength(2);
});

test('a push whose answer is lost is judged by the head, and made once (D5)', async () => {
  const scene = await arrived('lost');
  let lost = 0;
  yard.faults.git.set(scene.repository.name, (request) => {
    if (request.service !== 'git-receive-pack' || request.advertisement || lost > 0) return undefined;
    lost += 1;
    return { loseReply: true };
  });
  await scene.ticket('two', '1.1.0');
  await scene.completed('two');
  yard.faults.git.delete(scene.repository.name);
  expect(lost).toBe(1);
  expect(await scene.repository.log('env/test')).toHaveLength(2);
});

test('a Git server that is down is waited for, saying so, and the ride goes on when it is back', async () => {
  const scene = await yard.scene('down', { stations: ['test', 'prod'] });
  await scene.ticket('one', '1.0.0');
  await scene.until('one', 'has passed test', ({ status }) => (status?.stamps?.length ?? 0) > 0);
  await scene.completed('one');
  yard.faults.git.set(scene.repository.name, () => ({ status: 503, message: 'The server takes a break.' }));
  await scene.ticket('two', '1.1.0');
  const { status } = await scene.waiting('two', 'GitUnavailable');
  expect(status?.waiting?.message).toContain(scene.repository.url);
  yard.faults.git.delete(scene.repository.name);
  await scene.completed('two', 30_000);
  expect(await scene.repository.log('env/prod')).toHaveLength(2);
});
