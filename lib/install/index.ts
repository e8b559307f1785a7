/**
 * `k8sta/install`: the runtime's own manifests. Lives here: what is deployed, with which rights, and who may say what to
 * it. The only room that may import cdk8s-plus, which doubles load time; may not see the runtime's code.
 */

export { TransitAuthority } from './transit-authority';
export type { MonitoringProps } from './monitoring';
export type { AuthorityResources, LogLevel, TransitAuthorityProps } from './props';
