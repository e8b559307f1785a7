/**
 * Rendering: files in memory become Kubernetes manifests, and manifests become the files of a rendered branch.
 * Lives here: the renderers, images as the last step, the layout of a rendered branch. May not: read a work tree, the
 * network or a credential, or know of Git, tickets and stations.
 */

export {
  createRenderer,
  type PullChart,
  type Rendered,
  type Renderer,
  type RendererOptions,
  type RestingRenderer,
} from './renderer';
export { installedShim } from './kustomize/native';
export { placesToRead, type RenderRequest } from './input';
export { type ChartVersion } from './helm';
export { adoptablePaths, imagesIn, manifestsAmong, setImagesInPlace, type Files } from './adopted';
export { branchFiles } from './layout';
export { plainSecrets } from './plain-secrets';
export { findImages, parseImage, setImages, type Image } from './images';
export { groupOf, nameOf, type Manifest } from './manifest';
