// The part of the Kubernetes client that runtime/kube uses, by itself: with its two thousand generated modules beside it
// each test file would spend a good half second on loading it. An import of anything else fails.
export { KubeConfig } from '@kubernetes/client-node/dist/config.js';
export { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
export { PatchStrategy } from '@kubernetes/client-node/dist/patch.js';
