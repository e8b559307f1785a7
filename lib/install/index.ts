/**
 * `k8sta/install`: the runtime's own manifests. Lives here: what is deployed, and with which rights. The only room that
 * may import cdk8s-plus, which doubles load time; may not see the runtime's code.
 */

export { TransitAuthority, type TransitAuthorityProps } from './transit-authority';
