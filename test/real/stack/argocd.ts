/** Argo CD: application controller, repository server and their Redis, installed as far as they need it. */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { serverFile } from '../../../scripts/real-servers.cjs';
import { apply, call } from './api';
import { environment } from './environment';
import type { Forge } from './forge';
import type { Kubernetes } from './kubernetes';
import type { Servers } from './servers';

const ARGOCD_NAMESPACE = 'argocd';
/** Besides its own namespace Argo CD looks after Applications in namespaces of this pattern. */
const APPLICATION_NAMESPACES = 'apps-*';

type Ports = readonly [redis: number, repositories: number, repositoriesMetrics: number, controllerMetrics: number];

export async function startArgoCD(
  servers: Servers,
  folder: string,
  { kubernetes, forge }: { readonly kubernetes: Kubernetes; readonly forge: Forge },
  [redis, repositories, repositoriesMetrics, controllerMetrics]: Ports,
): Promise<void> {
  await install(kubernetes, forge);
  const file = serverFile('argo-cd');
  const home = join(folder, 'argocd');
  await mkdir(home, { recursive: true });
  const env = environment(folder, {
    // Its repository server finds the program that answers Git's question for a password by name.
    PATH: `${dirname(file)}${delimiter}${process.env['PATH'] ?? ''}`,
    KUBECONFIG: kubernetes.kubeconfig,
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_ASK_PASS_SOCK: join(home, 'ask.sock'),
    ARGOCD_TLS_DATA_PATH: join(home, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(home, 'ssh'),
  });
  const redisAddress = `127.0.0.1:${redis}`;
  await servers.start('redis', { file, args: ['redis', redisAddress], env });
  await servers.ready('redis', async () => (await servers.log('redis')).includes('ready'));
  await servers.start('argocd-repo-server', {
    file,
    args: [
      'argocd-repo-server',
      '--address=127.0.0.1',
      `--port=${repositories}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${repositoriesMetrics}`,
      `--redis=${redisAddress}`,
      '--disable-tls',
    ],
    env,
  });
  await servers.start('argocd-application-controller', {
    file,
    args: [
      'argocd-application-controller',
      `--kubeconfig=${kubernetes.kubeconfig}`,
      `--namespace=${ARGOCD_NAMESPACE}`,
      `--repo-server=127.0.0.1:${repositories}`,
      '--repo-server-plaintext',
      `--redis=${redisAddress}`,
      `--metrics-port=${controllerMetrics}`,
      `--application-namespaces=${APPLICATION_NAMESPACES}`,
    ],
    env,
  });
  const healthy = (port: number) => async (): Promise<boolean> =>
    (await call({ url: `http://127.0.0.1:${port}` }, 'GET', '/healthz')).code === 200;
  await Promise.all([
    servers.ready('argocd-repo-server', healthy(repositoriesMetrics)),
    servers.ready('argocd-application-controller', healthy(controllerMetrics)),
  ]);
}

async function install(kubernetes: Kubernetes, forge: Forge): Promise<void> {
  await applyDefinitions(kubernetes, serverFile('argo-cd', 'manifests/crds'));
  await apply(kubernetes, `/api/v1/namespaces/${ARGOCD_NAMESPACE}`, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: ARGOCD_NAMESPACE },
  });
  const core = `/api/v1/namespaces/${ARGOCD_NAMESPACE}`;
  const part = { 'app.kubernetes.io/part-of': 'argocd' };
  for (const name of ['argocd-cm', 'argocd-rbac-cm']) {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: part } };
    await apply(kubernetes, `${core}/configmaps/${name}`, map);
  }
  const secret = (name: string, labels: object, stringData: object): Promise<void> =>
    apply(kubernetes, `${core}/secrets/${name}`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels },
      stringData,
    });
  await secret('argocd-secret', part, { 'server.secretkey': randomBytes(16).toString('hex') });
  await secret(
    'forge',
    { 'argocd.argoproj.io/secret-type': 'repo-creds' },
    { type: 'git', url: forge.url, username: forge.username, password: forge.password },
  );
  await apply(kubernetes, `/apis/argoproj.io/v1alpha1/namespaces/${ARGOCD_NAMESPACE}/appprojects/default`, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default' },
    spec: {
      sourceRepos: ['*'],
      sourceNamespaces: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  });
}

/** Applies every CustomResourceDefinition of a folder and waits until they are served. */
export async function applyDefinitions(kubernetes: Kubernetes, folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('-crd.yaml'));
  if (files.length === 0) throw new Error(`There are no resource definitions in ${folder}.`);
  await Promise.all(files.map(async (name) => define(kubernetes, await readFile(join(folder, name), 'utf8'))));
}

/** Applies one CustomResourceDefinition and waits until it is established. */
async function define(kubernetes: Kubernetes, text: string): Promise<void> {
  const definition = parse(text) as { readonly metadata: { readonly name: string } };
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
  await apply(kubernetes, path, definition);
  const deadline = Date.now() + 90_000;
  for (;;) {
    const { text: answer } = await call(kubernetes, 'GET', path);
    const { status } = JSON.parse(answer) as { status?: { conditions?: { type: string; status: string }[] } };
    if (status?.conditions?.some(({ type, status: word }) => type === 'Established' && word === 'True')) return;
    if (Date.now() > deadline) throw new Error(`${definition.metadata.name} is not established.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
