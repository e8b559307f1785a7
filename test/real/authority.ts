/** The runtime as an operator installs it: by `k8sta manifests`. */

import { parseAllDocuments } from 'yaml';
import { COMMAND, kubectl, run } from './line';

interface Deployed {
  readonly kind: string;
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } };
  };
}

/** Installs it with these options. @returns the arguments that its container would run `k8sta run` with */
export async function installAuthority(options: readonly string[] = []): Promise<readonly string[]> {
  const args = ['manifests', '--image', 'registry.example.com/k8sta:0.1.0', ...options];
  const { code, out } = await run(process.execPath, [COMMAND, ...args]);
  if (code !== 0) throw new Error(out);
  await kubectl(['apply', '--server-side', '-f', '-'], out);
  const kinds = ['tracks', 'stations', 'tickets'].map((plural) => `crd/${plural}.k8sta.io`);
  await kubectl(['wait', '--for=condition=Established', ...kinds, '--timeout=30s']);
  // What the API server has just taken.
  const objects = parseAllDocuments(out).map((document) => document.toJS() as Deployed);
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  return deployment?.spec?.template?.spec.containers[0]?.args ?? [];
}
