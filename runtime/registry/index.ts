/**
 * The runtime's only contact with registries of images and charts. Lives here: addresses, which of them may be asked and
 * how often, tokens, paging, manifests, indexes, archives of charts. May not live here: which version is chosen (that is
 * the journey's), or any write.
 */

export { createCharts, type Charts } from './charts';
export { Connections } from './connections';
export { type CredentialOf, type RegistryCredential } from './credential';
export { createRegistry, type LookOptions, type Registry, type RegistryOptions } from './registry';
