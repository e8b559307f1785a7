/**
 * The runtime's only contact with registries of images and charts. Lives here: addresses, tokens, paging, manifests,
 * indexes, archives of charts. May not live here: which version is chosen (that is the journey's), or any write.
 */

export { createCharts } from './charts';
export {
  createRegistry,
  type LookOptions,
  type Registry,
  type RegistryCredential,
  type RegistryOptions,
} from './registry';
