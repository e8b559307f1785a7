/** etcd and kube-apiserver: a control plane without nodes, schedulers and controllers. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverFile } from '../../../scripts/real-servers.cjs';
import { call, type Access } from './api';
import { environment } from './environment';
import type { Servers } from './servers';

export interface Kubernetes extends Required<Access> {
  /** Kubeconfig of an administrator. */
  readonly kubeconfig: string;
  /** etcd's own API, for what only it can do, such as forgetting history. */
  readonly etcdURL: string;
}

export async function startKubernetes(
  servers: Servers,
  folder: string,
  [etcdPort, peerPort, port]: readonly [number, number, number],
): Promise<Kubernetes> {
  const home = join(folder, 'kubernetes');
  await mkdir(home, { recursive: true });
  const etcdURL = `http://127.0.0.1:${etcdPort}`;
  const peerURL = `http://127.0.0.1:${peerPort}`;
  await servers.start('etcd', {
    file: serverFile('etcd'),
    args: [
      `--data-dir=${join(home, 'etcd')}`,
      `--listen-client-urls=${etcdURL}`,
      `--advertise-client-urls=${etcdURL}`,
      `--listen-peer-urls=${peerURL}`,
      `--initial-advertise-peer-urls=${peerURL}`,
      `--initial-cluster=default=${peerURL}`,
      '--log-level=warn',
      '--unsafe-no-fsync',
    ],
    env: environment(folder),
  });
  await servers.ready('etcd', async () => (await call({ url: etcdURL }, 'GET', '/health')).code === 200);
  return startServer(servers, folder, home, port, etcdURL);
}

async function startServer(
  servers: Servers,
  folder: string,
  home: string,
  port: number,
  etcdURL: string,
): Promise<Kubernetes> {
  const token = randomBytes(16).toString('hex');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyFile = join(home, 'service-accounts.key');
  const publicFile = join(home, 'service-accounts.pub');
  await writeFile(join(home, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`);
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(publicFile, publicKey.export({ type: 'spki', format: 'pem' }));
  await servers.start('kube-apiserver', {
    file: serverFile('kube-apiserver'),
    args: [
      `--etcd-servers=${etcdURL}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${port}`,
      `--cert-dir=${join(home, 'certificates')}`,
      `--token-auth-file=${join(home, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      // Tests have etcd forget; a cache in front of it would remember for minutes.
      '--feature-gates=ListFromCacheSnapshot=false',
      // There is no controller that would make the accounts that it asks for.
      '--disable-admission-plugins=ServiceAccount',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-signing-key-file=${keyFile}`,
      `--service-account-key-file=${publicFile}`,
      '--service-cluster-ip-range=10.0.0.0/24',
    ],
    env: environment(folder),
  });
  const url = `https://127.0.0.1:${port}`;
  let ca = '';
  await servers.ready('kube-apiserver', async () => {
    ca = await readFile(join(home, 'certificates', 'apiserver.crt'), 'utf8');
    return (await call({ url, ca, token }, 'GET', '/readyz')).code === 200;
  });
  const kubeconfig = join(home, 'admin.kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf({ url, ca, token }));
  return { url, ca, token, kubeconfig, etcdURL };
}

/** A kubeconfig for a user with this token. @param namespace of the context. @default default */
export function kubeconfigOf({ url, ca, token }: Access, namespace = 'default'): string {
  const cluster =
    ca === undefined
      ? { server: url, 'insecure-skip-tls-verify': true }
      : { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster }],
    users: [{ name: 'user', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'user', namespace } }],
    'current-context': 'real',
  });
}
