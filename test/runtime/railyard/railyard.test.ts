import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  PortInUseError,
  publishImage,
  startRailyard,
  type Railyard,
  type RailyardOptions,
} from '../../../runtime/railyard';
import { configMap, Person } from './world';

let folder: string;
const running: Railyard[] = [];

async function start(options: RailyardOptions = {}): Promise<Railyard> {
  const railyard = await startRailyard({ latencyScale: 0, ...options });
  running.push(railyard);
  return railyard;
}

/** Holds a port as another process would. */
async function occupy(port = 0) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    release: () => new Promise((resolve) => server.close(resolve)),
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'railyard-test-'));
});

afterEach(async () => {
  for (const railyard of running.splice(0)) await railyard.stop();
  await rm(folder, { recursive: true, force: true });
});

test('without a folder everything is in a temporary one, which goes with the railyard', async () => {
  const railyard = await start();
  expect((await stat(railyard.folder)).isDirectory()).toBe(true);
  await railyard.stop();
  await railyard.stop();
  await expect(stat(railyard.folder)).rejects.toThrow(/ENOENT/);
});

test('a restart on the same folder goes on where it stood, at the same addresses', async () => {
  const before = await start({ folder });
  const person = await Person.at(before);
  const commit = await person.push('env/web', { 'a.yaml': configMap('1') });
  await publishImage(before.registryURL, 'ghcr.io/acme/web:1.0.0');
  await person.create('web');
  const settled = await person.untilSynced('web', commit);
  const kubeconfig = await readFile(before.kubeconfigPath, 'utf8');
  await before.stop();

  const after = await start({ folder });
  expect(after).toMatchObject({
    kubernetesURL: before.kubernetesURL,
    gitURL: before.gitURL,
    registryURL: before.registryURL,
  });
  expect(await readFile(after.kubeconfigPath, 'utf8')).toBe(kubeconfig);
  expect((await person.get('web')).metadata.uid).toBe(settled.metadata.uid);
  expect(await person.git('ls-remote', person.repoURL, 'env/web')).toContain(commit);
  expect((await fetch(`${after.registryURL}/v2/acme/web/manifests/1.0.0?ns=ghcr.io`)).status).toBe(200);

  // What was live is still known to be: a new commit with the same manifests starts no sync.
  const next = await person.push('env/web', { 'a.yaml': configMap('1'), 'README.md': 'hello\n' });
  await person.refresh('web');
  const again = await person.untilSynced('web', next);
  expect(again.status?.operationState?.syncResult?.revision).toBe(commit);
  await person.leave();
});

test('an operation that a stop interrupts is finished after the next start', async () => {
  const before = await start({ folder, latencyScale: 0 });
  const person = await Person.at(before);
  const commit = await person.push('env/web', { 'a.yaml': configMap('1') });
  await before.stop();

  // Slow enough that it cannot end before the stop.
  const slow = await start({ folder, latencyScale: 60 });
  await person.create('web', { spec: { syncPolicy: {} } });
  await person.patch('web', { operation: { sync: { revision: commit } } });
  await person.until('web', 'running', ({ status }) => status?.operationState?.phase === 'Running');
  await slow.stop();

  await start({ folder });
  const { status } = await person.untilSynced('web', commit);
  expect(status?.history).toHaveLength(1);
  await person.leave();
});

test('a port that was asked for and is taken is named, with one that is free, and nothing is left running', async () => {
  const taken = await occupy();
  for (const part of ['kubernetes', 'git', 'registry'] as const) {
    const failure: unknown = await startRailyard({ folder, ports: { [part]: taken.port } }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PortInUseError);
    expect(failure).toMatchObject({ port: taken.port, message: expect.stringContaining('is in use') as unknown });
  }
  await taken.release();
  const railyard = await start({ folder, ports: { git: taken.port } });
  expect(railyard.gitURL).toBe(`http://127.0.0.1:${taken.port}`);
});

test('a port of the last run that is taken now gives way to another, and the kubeconfig follows', async () => {
  const before = await start({ folder });
  const port = Number(new URL(before.kubernetesURL).port);
  await before.stop();
  const taken = await occupy(port);
  const after = await start({ folder });
  expect(after.kubernetesURL).not.toBe(before.kubernetesURL);
  const kubeconfig = parse(await readFile(after.kubeconfigPath, 'utf8')) as {
    clusters: { cluster: { server: string } }[];
  };
  expect(kubeconfig.clusters[0]?.cluster.server).toBe(after.kubernetesURL);
  await taken.release();
});

test('a folder that another process has is refused, and one whose process was killed is not', async () => {
  // The first process of every machine lives, and is not ours.
  await writeFile(join(folder, 'lock'), '1');
  await expect(startRailyard({ folder })).rejects.toThrow(/A railyard already runs on .* \(process 1\)/);
  await writeFile(join(folder, 'lock'), '4194399');
  await start({ folder });
});

test("Argo CD's kinds, namespace and default project are there from the start", async () => {
  const railyard = await start();
  const person = await Person.at(railyard);
  const projects = '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/default';
  expect(await person.send('GET', projects)).toMatchObject({ metadata: { name: 'default' } });
  const invalid = person.create('web', { spec: { destination: 'here' } });
  await expect(invalid).rejects.toThrow(/spec.destination/);
  await person.leave();
});

test('credentials of the Git server hold for Argo CD too', async () => {
  const railyard = await start({ git: { credentials: { username: 'ada', password: 'love:lace' } } });
  const person = await Person.at(railyard);
  const secret = railyard.gitURL.replace('://', '://ada:love%3Alace@');
  await person.git('config', `url.${secret}.insteadOf`, railyard.gitURL);
  const commit = await person.push('env/web', { 'a.yaml': configMap('1') });
  await person.create('web');
  await person.untilSynced('web', commit);
  await person.leave();
});
