import type { AnalysisArgument } from '../../../lib/api';
import { runProgram } from '../../../runtime/cli/program';
import { eventually } from '../../waiting';
import { testTerminal } from '../cli/terminal';
import { Rollouts } from './rollouts';
import { IMAGE } from './scene';
import { Yard } from './yard';

let yard: Yard;

beforeAll(async () => {
  yard = await Yard.open();
}, 60_000);

afterAll(() => yard.close(), 30_000);

/** `k8sta diff` with the rights of whoever has the kubeconfig. */
async function diff(
  name: string,
  namespace: string,
  ...more: string[]
): Promise<{ readonly out: string; readonly err: string }> {
  const terminal = testTerminal({ env: { PATH: process.env.PATH, HOME: yard.folder } });
  const kubeconfig = ['--kubeconfig', yard.railyard.kubeconfigPath];
  expect(await runProgram(['diff', name, '--namespace', namespace, ...more, ...kubeconfig], terminal)).toBe(0);
  return terminal.written;
}

const entryOf = (ticket: { status?: { entry?: { digest?: string } } }): string =>
  ticket.status?.entry?.digest ?? 'none';

test('an approval of the trees that are shown lets the ticket in, and its commit names the person (F2, F3, D3)', async () => {
  const scene = await yard.scene('approval', {
    stations: ['test', { name: 'prod', spec: { entry: { approval: {} } } }],
  });
  await scene.ticket('one', '1.0.0');
  const shown = await scene.until('one', 'shows its trees', ({ status }) => status?.entry?.digest !== undefined);
  expect(shown.status?.entry?.diffs).toMatchObject([{ application: 'argocd/approval-prod', changed: 1 }]);
  expect(shown.status?.entry?.diffs[0]?.summary).toMatch(/^\+\S+\.yaml$/);
  await scene.waiting('one', 'Approval');
  expect(await scene.repository.head('env/prod')).toBeUndefined();
  const foreseen = await diff('one', 'approval');
  expect(foreseen.err).toContain(`This is what an approval of ${entryOf(shown)} says yes to.`);
  expect(foreseen.out).toContain('# argocd/approval-prod: branch env/prod of ');
  expect(foreseen.out).toMatch(/^\+ +- image: ghcr\.io\/acme\/guestbook:1\.0\.0$/m);

  const approval = { station: 'prod', digest: entryOf(shown), by: 'ada' };
  await scene.say('ticket', 'one', { approvals: [approval] });
  const done = await scene.completed('one');
  expect(done.status?.stamps?.at(-1)).toMatchObject({ result: 'Arrived', approvals: [approval] });
  const [commit] = await scene.repository.log('env/prod');
  expect(commit?.trailers).toMatchObject({ 'K8sTA-Approved-By': 'ada' });
  expect(await scene.repository.manifests('env/prod')).toContain(`${IMAGE}:1.0.0`);
  const arrived = await diff('one', 'approval');
  expect(arrived.err).toContain('one at prod: 3 files, as its commits have them.');

  const head = await scene.repository.head('env/prod');
  const would = await diff('prod', 'approval', '--image', 'guestbook=1.4.0');
  expect(would.out).toMatch(/^- +- image: ghcr\.io\/acme\/guestbook:1\.0\.0$/m);
  expect(would.out).toMatch(/^\+ +- image: ghcr\.io\/acme\/guestbook:1\.4\.0$/m);
  expect(would.err).toContain('prod would show 1 other file with this');
  const told = JSON.parse((await diff('prod', 'approval', '--image', `${IMAGE}=1.0.0`, '-o', 'json')).out) as unknown;
  expect(told).toMatchObject({ station: 'prod', applications: [{ application: 'argocd/approval-prod', files: [] }] });
  expect(await scene.repository.head('env/prod')).toBe(head);
});

test('a change that cannot be rendered fails before the gate, since nobody could approve it', async () => {
  const scene = await yard.scene('bad', { stations: [{ name: 'prod', spec: { entry: { approval: {} } } }] });
  const commit = await scene.repository.commit('main', {
    'env/prod/kustomization.yaml': 'resources: [missing.yaml]\n',
  });
  await scene.ticket('one', { sources: [{ repoURL: scene.repository.url, commit }] });
  const { status } = await scene.failed('one');
  expect(status?.failure).toMatchObject({ reason: 'RenderFailed', station: 'prod' });
});

test('a soak departs when it ends: not before, and at once (F6)', async () => {
  const scene = await yard.scene('soak', { stations: [{ name: 'test', spec: { exit: { soak: '1s' } } }] });
  await scene.ticket('one', '1.0.0');
  const soaking = await scene.waiting('one', 'Soak');
  const { since, until } = soaking.status?.waiting ?? {};
  expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(1_000);
  const ticket = await scene.completed('one');
  const late = Date.parse(ticket.status?.stamps?.[0]?.departed ?? '') - Date.parse(until ?? '');
  expect(late).toBeGreaterThanOrEqual(0);
  expect(late).toBeLessThanOrEqual(250);
});

describe('an analysis', () => {
  const smoke = (args: AnalysisArgument[] = []) => ({
    stations: [{ name: 'prod', spec: { exit: { analyses: [{ template: 'smoke', clusterScope: false, args }] } } }],
  });
  const version = [{ name: 'version', valueFrom: { imageTag: IMAGE } }];

  test('that cannot start says what is missing, and starts when it is there (F5, L10)', async () => {
    const scene = await yard.scene('analysis', smoke(version));
    const rollouts = new Rollouts(yard, 'analysis');
    const says = (words: string) =>
      scene.until('one', `says ${words}`, ({ status }) => status?.waiting?.message.includes(words) ?? false);
    await scene.ticket('one', '1.0.0');
    await says('analysisruns.argoproj.io/v1alpha1 is not served: install Argo Rollouts');
    await rollouts.install();
    await says('AnalysisTemplate analysis/smoke does not exist: create it');
    await rollouts.template('smoke', ['other']);
    await says('it has no argument version, only other');
    await rollouts.template('smoke', ['version']);
    const run = await rollouts.run();
    expect(run.spec).toMatchObject({
      args: [{ name: 'version', value: '1.0.0' }],
      metrics: [{ name: 'success-rate' }],
    });
    expect(run.metadata.ownerReferences).toMatchObject([{ kind: 'Ticket', name: 'one' }]);
    expect(scene.seen('one')?.status?.arrival?.analyses).toEqual([run.metadata.name]);
    await rollouts.say(run, 'Successful');
    await scene.completed('one', 60_000);
  });

  test('that fails ends the ticket in the words of its metric (F5)', async () => {
    const scene = await yard.scene('failing', smoke());
    const rollouts = new Rollouts(yard, 'failing');
    await rollouts.template('smoke', []);
    await scene.ticket('one', '1.0.0');
    await rollouts.say(await rollouts.run(), 'Failed', 'assessed Failed due to failed (1) > failureLimit (0)');
    const { status } = await scene.failed('one');
    expect(status?.failure).toMatchObject({ reason: 'AnalysisFailed', station: 'prod' });
    expect(status?.failure?.message).toContain('metric success-rate: assessed Failed due to failed (1)');
  });

  test('that is under way when its ticket is aborted is told to end (F5)', async () => {
    const scene = await yard.scene('ending', smoke());
    const rollouts = new Rollouts(yard, 'ending');
    await rollouts.template('smoke', []);
    await scene.ticket('one', '1.0.0');
    await rollouts.say(await rollouts.run(), 'Running');
    await scene.say('ticket', 'one', { abort: true });
    await eventually('the run is told to end', async () => (await rollouts.run()).spec?.terminate === true);
  });
});
