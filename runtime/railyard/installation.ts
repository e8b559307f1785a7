import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** An object to be made, as JSON. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What a reachable Kubernetes API is. */
export interface Access {
  readonly url: string;
  readonly token?: string;
}

const READY_MS = 10_000;

/**
 * Installs Argo CD's resource definitions, its namespace and its default project, where they are missing.
 *
 * @param crdFolder folder with Argo CD's own definitions, one YAML file for each kind
 * @throws Error naming what the API refused
 */
export async function installArgoCD(access: Access, crdFolder: string, namespace: string): Promise<void> {
  await create(access, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const files = (await readdir(crdFolder)).filter((name) => name.endsWith('.yaml'));
  if (files.length === 0) throw new Error(`There are no resource definitions of Argo CD in ${crdFolder}.`);
  await Promise.all(files.map((name) => installDefinition(access, join(crdFolder, name))));
  const projects = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/appprojects`;
  await untilServed(access, projects);
  await untilServed(access, '/apis/argoproj.io/v1alpha1/applications');
  await create(access, projects, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace },
    spec: {
      sourceRepos: ['*'],
      sourceNamespaces: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  } as Manifest);
}

/** A large file takes a while to read, so it is read only where its definition is missing. */
async function installDefinition(access: Access, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const name = /^ {2}name: (\S+)$/m.exec(text)?.[1];
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  if (name !== undefined && (await send(access, 'GET', `${definitions}/${name}`)).ok) return;
  await create(access, definitions, parse(text) as Manifest);
}

async function create(access: Access, path: string, manifest: Manifest): Promise<void> {
  const response = await send(access, 'POST', path, manifest);
  if (response.ok || response.status === 409) return;
  throw new Error(
    `The Kubernetes API refused ${manifest.kind} ${manifest.metadata.name}: ${response.status} ${await response.text()}`,
  );
}

/** A definition is served a moment after it was made. */
async function untilServed(access: Access, path: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const response = await send(access, 'GET', `${path}?limit=1`);
    await response.arrayBuffer();
    if (response.ok) return;
    if (Date.now() > deadline) throw new Error(`The Kubernetes API does not serve ${path}: ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function send({ url, token }: Access, method: string, path: string, body?: object): Promise<Response> {
  return fetch(new URL(path, url), {
    method,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'railyard',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(READY_MS),
  });
}
