/** What is used of the Kubernetes client library: kubeconfig, credentials and connections. */

export type { DispatcherOptions } from '@kubernetes/client-node/dist/config.js';
export type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
export { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
export { PatchStrategy } from '@kubernetes/client-node/dist/patch.js';
export { KubeConfig } from './kube-config.cjs';
