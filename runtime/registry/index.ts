/**
 * The runtime's only contact with image registries, by the OCI distribution API. Lives here: addresses, tokens, paging,
 * manifests. May not live here: which version is chosen (that is the journey's), or any write.
 */

export {
  createRegistry,
  type LookOptions,
  type Registry,
  type RegistryCredential,
  type RegistryOptions,
} from './registry';
