/** Argo Rollouts: analyses. It runs nothing else here, since there are no nodes. */

import { serverFile } from '../../../scripts/real-servers.cjs';
import { call } from './api';
import { applyDefinitions } from './argocd';
import { environment } from './environment';
import type { Kubernetes } from './kubernetes';
import type { Servers } from './servers';

export async function startRollouts(
  servers: Servers,
  folder: string,
  kubernetes: Kubernetes,
  [metrics, health]: readonly [number, number],
): Promise<void> {
  await defineRollouts(kubernetes);
  await servers.start('rollouts', {
    file: serverFile('rollouts'),
    args: [
      `--kubeconfig=${kubernetes.kubeconfig}`,
      '--leader-elect=false',
      `--metricsPort=${metrics}`,
      `--healthzPort=${health}`,
    ],
    env: environment(folder),
  });
  await servers.ready(
    'rollouts',
    async () => (await call({ url: `http://127.0.0.1:${health}` }, 'GET', '/healthz')).code === 200,
  );
}

const defineRollouts = (kubernetes: Kubernetes): Promise<void> =>
  applyDefinitions(kubernetes, serverFile('rollouts', 'manifests/crds'));

/** Puts it back where a test took it away: its definitions, and its controller as it was started. */
export async function installRollouts({
  kubernetes,
  servers,
}: {
  readonly kubernetes: Kubernetes;
  readonly servers: Servers;
}): Promise<void> {
  await defineRollouts(kubernetes);
  await servers.start('rollouts');
}
