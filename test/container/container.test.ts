/**
 * The steps of `Containerfile`, as far as a machine without containers can take them: the same installation into an empty
 * folder, and from there the command, a railyard, and a ride on it. Nothing of the clone is reachable from it.
 */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Chart, Testing } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { GitRepository, Station, Subscription, Track } from '../../lib';
import { TransitAuthority } from '../../lib/install';
import { compileNative } from '../../scripts/build-kustomize.cjs';
import { withNative } from '../runtime/render/go';
import { eventually } from '../waiting';

const run = promisify(execFile);
const CLONE = resolve(__dirname, '../..');
const DEADLINE_MS = 60_000;

/** Where the machine has a program. */
const which = async (name: string): Promise<string> => (await run('sh', ['-c', `command -v ${name}`])).stdout.trim();

let folder = '';
let root = '';
let env: NodeJS.ProcessEnv = {};
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'k8sta-image-'));
  root = join(folder, 'opt');
  await run('sh', [join(CLONE, 'container/install.sh'), CLONE, root], { maxBuffer: 1 << 24 });
  // What the image has: Node and Git, the command on the PATH, and a home that holds nothing.
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  for (const name of ['git', 'sh']) await symlink(await which(name), join(bin, name));
  await symlink(join(root, 'dist/runtime/cli/main.js'), join(bin, 'k8sta'));
  env = { PATH: bin, HOME: folder, TMPDIR: folder, NODE_ENV: 'production' };
}, 5 * 60_000);

afterAll(async () => {
  await Promise.all(running.map(ended));
  await rm(folder, { recursive: true, force: true });
}, 30_000);

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

const k8sta = async (...args: string[]): Promise<string> =>
  (await run('k8sta', args, { cwd: folder, env, maxBuffer: 1 << 24 })).stdout;

function start(...args: string[]): { child: ChildProcess; words: () => string } {
  const child = spawn('k8sta', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (words += chunk.toString()));
  running.push(child);
  return { child, words: () => words };
}

test('the command is there and answers', async () => {
  expect(await k8sta('run', '--help')).toMatch(/^Usage: k8sta run/);
});

withNative('the native renderer is built to where the runtime looks for it, and is of the same version', async () => {
  const shim = join(root, 'dist/runtime/render/kustomize/kustomize-shim');
  expect(await readFile(join(CLONE, 'Containerfile'), 'utf8')).toContain(
    'node scripts/build-kustomize.cjs --native /opt/k8sta/dist/runtime/render/kustomize/kustomize-shim\n',
  );
  compileNative('local', shim);
  const script =
    "const { installedShim, createRenderer } = require('./dist/runtime/render');" +
    'const log = { warn: (fields) => console.log(fields) };' +
    'const renderer = createRenderer({ shim: installedShim(), log });' +
    'renderer.wake().then(() => renderer.close()).then(() => console.log(installedShim()));';
  const { stdout } = await run('node', ['-e', script], { cwd: root, env });
  expect(stdout).toBe(`${shim}\n`);
});

test('nothing is there that a runtime does not need', async () => {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => join(parentPath, name).slice(root.length));
  expect(
    names.filter((name) =>
      /\.d\.[cm]?ts$|\.map$|node_modules\/(cdk8s|constructs|typescript|jest|@swc)[^/]*\//.test(name),
    ),
  ).toEqual([]);
  await expect(k8sta('manifests', '--image', 'k8sta:1')).rejects.toThrow(
    'k8sta manifests needs cdk8s, which is not installed beside k8sta: npm install cdk8s cdk8s-plus-33 constructs',
  );
});

test(
  'a change rides on a railyard, both run from there, and both end with 0 when they are asked to',
  async () => {
    const yard = start('railyard', '--folder', 'yard', '--latency-scale', '0.02');
    const { kubernetesURL, gitURL, registryURL } = await eventually(
      'the railyard runs',
      async () =>
        JSON.parse(await readFile(join(folder, 'yard/running.json'), 'utf8')) as Readonly<
          Record<'kubernetesURL' | 'gitURL' | 'registryURL', string>
        >,
      DEADLINE_MS,
    );
    const repositoryURL = `${gitURL}/shop.git`;
    await pushSource(repositoryURL);
    await k8sta('railyard', 'publish', 'ghcr.io/acme/shop:1.2.0', '--folder', 'yard');
    const definitions = parseAllDocuments(await k8sta('crds')).map((document) => document.toJS() as Manifest);
    await apply(kubernetesURL, [...definitions, namespace('shop'), ...network(repositoryURL)]);

    const mirror = `ghcr.io=${registryURL}`;
    const runtime = start('run', '--kubeconfig', 'yard/kubeconfig', '--registry-mirror', mirror, '--settle', '0');
    const ticket = await eventually(
      'the ticket has ended',
      async () => {
        const reply = await fetch(`${kubernetesURL}/apis/k8sta.io/v1alpha1/namespaces/shop/tickets/main-1`);
        const { status } = (await reply.json()) as { status?: { phase?: string } };
        return status?.phase !== undefined && !['Standing', 'Arriving'].includes(status.phase) && status;
      },
      DEADLINE_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${runtime.words()}`);
    });
    expect(ticket.phase).toBe('Completed');
    const { stdout } = await run('git', ['ls-remote', '--heads', repositoryURL], { env });
    expect(stdout).toContain('refs/heads/env/prod');

    for (const { child, words } of [runtime, yard]) {
      await ended(child);
      expect(`${child.exitCode} ${child.signalCode} ${words()}`).toMatch(/^0 null /);
    }
  },
  3 * 60_000,
);

test('the image is built on the Node that the tests run on, and runs as whom the Deployment says', async () => {
  const text = await readFile(join(CLONE, 'Containerfile'), 'utf8');
  const manifest = JSON.parse(await readFile(join(CLONE, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(text).toContain(`ARG BASE=node:${manifest.devDependencies['node']}-`);
  const chart = new Chart(Testing.app(), 'install');
  const { deployment } = new TransitAuthority(chart, 'authority', { image: 'k8sta:1' });
  expect(text).toContain(`USER ${deployment.securityContext.user}:${deployment.securityContext.group}`);
  expect(deployment.containers[0]?.command).toBeUndefined();
  expect(text).toContain('ENTRYPOINT ["tini", "--", "k8sta"]');
});

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const namespace = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

function network(repositoryURL: string): Manifest[] {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const repository = GitRepository.at(repositoryURL);
  const stop = (name: string): Station =>
    new Station(chart, name).application('web', { repository, overlay: `env/${name}` });
  new Track(chart, 'main', {
    subscriptions: [Subscription.image('ghcr.io/acme/shop', { semver: '^1.0.0' })],
    stations: [stop('test'), stop('prod')],
  });
  return Testing.synth(chart) as Manifest[];
}

async function apply(server: string, objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const plural = kind === 'CustomResourceDefinition' ? 'customresourcedefinitions' : `${kind.toLowerCase()}s`;
    const place = metadata.namespace === undefined ? '' : `namespaces/${metadata.namespace}/`;
    const root = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
    await eventually(`${kind} ${metadata.name} is taken`, async () => {
      const reply = await fetch(`${server}/${root}/${place}${plural}/${metadata.name}?fieldManager=test&force=true`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: JSON.stringify(object),
      });
      if (!reply.ok) throw new Error(await reply.text());
      return true;
    });
  }
}

async function pushSource(url: string): Promise<void> {
  const source = join(folder, 'source');
  const files: Record<string, string> = {
    'base/deployment.yaml': [
      'apiVersion: apps/v1',
      'kind: Deployment',
      'metadata: {name: shop}',
      'spec:',
      '  selector: {matchLabels: {app: shop}}',
      '  template:',
      '    metadata: {labels: {app: shop}}',
      '    spec: {containers: [{name: shop, image: ghcr.io/acme/shop}]}',
      '',
    ].join('\n'),
    'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  };
  for (const name of ['test', 'prod']) files[`env/${name}/kustomization.yaml`] = 'resources: [../../base]\n';
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), text);
  }
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const git = (...args: string[]) => run('git', [...person, ...args], { cwd: source, env });
  await git('init', '--quiet', '--initial-branch=main', '.');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The shop');
  await git('push', '--quiet', url, 'HEAD:refs/heads/main');
}
