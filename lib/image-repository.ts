import { invalidProp } from './invalid-prop';
import { parseImageReference } from './network/image-reference';

/**
 * The one spelling of an image repository: `nginx` is `docker.io/library/nginx`.
 *
 * @throws Error when it does not parse, or carries a tag or digest
 */
export function imageRepository(repository: string): string {
  const { repoURL, tag, digest } = parseImageReference(repository);
  if (tag !== undefined || digest !== undefined) {
    throw invalidProp('repository', repository, 'carries a version', `write '${repoURL}': versions ride as tickets`);
  }
  return repoURL;
}
