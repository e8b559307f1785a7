/** Whether a hint is about a subscription. */

import type { Subscription } from '../../lib/api';
import { parseImageReference } from '../../lib/network/image-reference';
import { repositoryIdentity } from '../../lib/network/repository-url';
import type { Hint } from './hint';

/** Where in doubt it is: a look that finds nothing costs a request. */
export function isAbout(hint: Hint, { images, chart, source }: Subscription): boolean {
  if (hint.kind === 'Image') {
    const wanted = images?.repositories ?? (chart ? [chartRepository(chart)] : []);
    return wanted.some((one) => repositoryOf(one) === hint.repoURL);
  }
  if (hint.kind === 'Request') return false;
  if (source === undefined || (hint.branch !== undefined && hint.branch !== source.branch)) return false;
  if (hint.isTag === true && source.tags === undefined) return false;
  // Hosts that tell the case of a path apart have no two repositories that differ by it alone and are both subscribed to.
  const wanted = repositoryIdentity(source.repoURL).toLowerCase();
  if (!hint.repoURLs.some((url) => repositoryIdentity(url).toLowerCase() === wanted)) return false;
  return source.folder === '' || (hint.paths?.some((path) => path.startsWith(`${source.folder}/`)) ?? true);
}

const chartRepository = ({ repoURL, name }: { repoURL: string; name: string }): string =>
  repoURL.startsWith('oci://') ? `${repoURL.slice('oci://'.length).replace(/\/+$/, '')}/${name}` : '';

/** As a hint spells it; nothing where it does not parse, which its own look says. */
function repositoryOf(reference: string): string | undefined {
  try {
    return parseImageReference(reference).repoURL;
  } catch {
    return undefined;
  }
}
