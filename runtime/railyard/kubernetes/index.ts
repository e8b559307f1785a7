/**
 * The railyard's Kubernetes API server: one process, loopback only, real protocol, durable in a folder.
 *
 * What lives here: the store and its log (`store/`), how objects are written, read and deleted (`objects/`), the kinds
 * and their schemas (`kinds/`, `schema/`), patches (`patches/`), what follows from writes (`controllers/`), and the HTTP
 * side (`http/`). What may not: anything of K8sTA's own kinds, anything of Argo CD, any client of a Kubernetes API.
 */
export { startKubernetes, type KubernetesOptions, type KubernetesServer } from './server';
export type { CountedRequest, RequestCounts } from './http/counts';
