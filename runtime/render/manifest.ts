/** One Kubernetes object as rendering hands it on. */

/**
 * A parsed manifest with a group, a kind and a name. Values are JSON's, and integers that a JavaScript number cannot
 * hold exactly are bigint, so that none loses a digit.
 */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** `''` for the core group. */
export function groupOf({ apiVersion }: Manifest): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** How messages name an object: `Deployment.apps shop/web`. */
export function nameOf(manifest: Manifest): string {
  const group = groupOf(manifest);
  const { name, namespace } = manifest.metadata;
  return `${manifest.kind}${group && `.${group}`} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
