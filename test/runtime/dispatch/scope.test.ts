/** A runtime that is told what to look at asks for nothing else: its rights need not reach further. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crds } from '../../../lib/api/crd';
import { World, type Scope } from '../../../runtime/dispatch/caches/world';
import { connect, systemClock, type Cluster, type Draft } from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';
import { startRailyard, type Railyard } from '../../../runtime/railyard';

let folder: string;
let railyard: Railyard;
let cluster: Cluster;
const asked = new Set<string>();

const named = (kind: string, name: string, namespace: string, more: object = {}): Draft => ({
  apiVersion: 'k8sta.io/v1alpha1',
  kind,
  metadata: { name, namespace },
  ...more,
});
const secret = (name: string, labels: Record<string, string>): Draft =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'k8sta-system', labels },
    stringData: { url: `https://${name}.example.com`, password: 'p' },
  }) as Draft;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'k8sta-scope-'));
  railyard = await startRailyard({
    folder,
    kubernetes: { onRequest: ({ path }) => void asked.add(path) },
  });
  cluster = connect({ kubeconfig: railyard.kubeconfigPath });
  for (const definition of crds()) await cluster.apply(definition);
  for (const name of ['shop', 'blog', 'argocd', 'elsewhere', 'k8sta-system']) {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const spec = { stations: [{ name: 'test' }] };
  for (const namespace of ['shop', 'blog', 'elsewhere'])
    await cluster.apply(named('Track', 'main', namespace, { spec }));
  for (const namespace of ['argocd', 'elsewhere']) {
    const source = { repoURL: 'https://git.example.com/shop.git', path: '.', targetRevision: 'env/test' };
    await cluster.apply({
      ...named('Application', 'web', namespace, { spec: { source, project: 'default', destination: {} } }),
      apiVersion: 'argoproj.io/v1alpha1',
    });
  }
  await cluster.apply(secret('git', { 'k8sta.io/credential': 'git' }));
  await cluster.apply(secret('forge', { 'k8sta.io/credential': 'forge' }));
  await cluster.apply(secret('plain', {}));
}, 60_000);

afterAll(async () => {
  await railyard.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

async function seen(scope: Scope): Promise<Record<'tracks' | 'applications' | 'credentials', string[]>> {
  asked.clear();
  const world = new World({
    ...scope,
    cluster,
    credentialsNamespace: 'k8sta-system',
    clock: systemClock,
    log: silentLog,
  });
  await world.start();
  try {
    const names = (list: readonly { readonly metadata: { readonly namespace?: string; readonly name: string } }[]) =>
      list.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`).sort();
    return {
      tracks: names(world.tracks.list()),
      applications: names(world.applications.list().map((view) => ({ metadata: view }))),
      credentials: names(world.credentials.list()),
    };
  } finally {
    await world.stop();
  }
}

test('without a scope it looks at all namespaces, and at every labelled credential', async () => {
  expect(await seen({})).toEqual({
    tracks: ['blog/main', 'elsewhere/main', 'shop/main'],
    applications: ['argocd/web', 'elsewhere/web'],
    credentials: ['k8sta-system/forge', 'k8sta-system/git'],
  });
});

test('with a scope it asks for that and for nothing else', async () => {
  const scope = { namespaces: ['shop', 'blog'], argocdNamespaces: ['argocd'], credentialNames: ['git', 'plain'] };
  expect(await seen(scope)).toEqual({
    tracks: ['blog/main', 'shop/main'],
    applications: ['argocd/web'],
    credentials: ['k8sta-system/git'],
  });
  const ours = (namespace: string, plural: string) => `/apis/k8sta.io/v1alpha1/namespaces/${namespace}/${plural}`;
  // The stand-in for Argo CD looks at all Applications, and anybody may ask for the version: these tell nothing.
  const telling = [...asked].filter((path) => !path.includes('/applications') && path !== '/version');
  expect(telling.sort()).toEqual(
    [
      ...['shop', 'blog'].map((namespace) => `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns`),
      ...['shop', 'blog'].flatMap((namespace) =>
        ['tracks', 'stations', 'tickets'].map((kind) => ours(namespace, kind)),
      ),
      '/api/v1/namespaces/k8sta-system/secrets',
    ].sort(),
  );
});
