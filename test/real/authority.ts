/** The runtime as an operator installs it: by `k8sta manifests`. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMAND, kubectl, run, RuntimeProcess } from './line';
import { type Access, call, kubeconfigOf, realStack } from './stack';

/** Where it is installed, and the ServiceAccount that it runs as. */
export const AUTHORITY = { namespace: 'k8sta-system', account: 'k8sta' } as const;

/** The part of a Deployment that says what its pods run. */
interface Deployed {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** Folders of a pod. */
const FOLDERS = ['HOME', 'TMPDIR'];

/** Installs it with these options. */
export async function installAuthority(options: readonly string[] = []): Promise<void> {
  const args = ['manifests', '--image', 'registry.example.com/k8sta:0.1.0', ...options];
  const { code, out } = await run(process.execPath, [COMMAND, ...args]);
  if (code !== 0) throw new Error(out);
  await kubectl(['apply', '--server-side', '-f', '-'], out);
  const kinds = ['tracks', 'stations', 'tickets'].map((plural) => `crd/${plural}.k8sta.io`);
  await kubectl(['wait', '--for=condition=Established', ...kinds, '--timeout=30s']);
}

/** The access of the runtime's ServiceAccount, as a pod would have it. */
export async function accountAccess(): Promise<Access> {
  const { kubernetes } = realStack();
  const { namespace, account } = AUTHORITY;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const { code, text } = await call(kubernetes, 'POST', path, JSON.stringify(body), {
    'content-type': 'application/json',
  });
  if (code !== 201) throw new Error(`${path}: ${code} ${text}`);
  const { token } = (JSON.parse(text) as { readonly status: { readonly token: string } }).status;
  return { url: kubernetes.url, ca: kubernetes.ca, token };
}

/**
 * What the one container of the installed Deployment runs, as its ServiceAccount.
 *
 * @param name of the process
 */
export async function podOf(name: string): Promise<RuntimeProcess> {
  const { namespace } = AUTHORITY;
  // The API server has validated it.
  const deployment = JSON.parse(
    await kubectl(['get', 'deployment', 'k8sta', '-n', namespace, '-o', 'json']),
  ) as Deployed;
  const kubeconfig = join(realStack().folder, 'tmp', `${name}.kubeconfig`);
  await writeFile(kubeconfig, kubeconfigOf(await accountAccess(), namespace));
  const { args = [], env = [] } = deployment.spec.template.spec.containers[0] ?? {};
  const told = env.filter((variable) => !FOLDERS.includes(variable.name));
  return new RuntimeProcess({
    name,
    kubeconfig,
    args: withoutPod(args),
    env: Object.fromEntries(told.map((variable) => [variable.name, variable.value])),
  });
}

/** Without the command's name, and what only a pod has: its volume and its port. */
function withoutPod([, ...args]: readonly string[]): string[] {
  const left = args;
  for (const option of ['--folder', '--health-port', '--port']) {
    const at = left.indexOf(option);
    if (at >= 0) left.splice(at, 2);
  }
  return left;
}
