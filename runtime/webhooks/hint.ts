/** What may have moved, as a sender says. */

import { parseImageReference } from '../../lib/network/image-reference';

export type Hint =
  | {
      readonly kind: 'Image';
      /** Registry and repository, normalised. */
      readonly repoURL: string;
    }
  | {
      readonly kind: 'Source';
      /** Addresses of one repository: those that the sender gives it. */
      readonly repoURLs: readonly string[];
      /** @default - not said, or a tag: any */
      readonly branch?: string;
      /** Whether it is a tag that moved. @default false */
      readonly isTag?: boolean;
      /** Every path that was touched. @default - not said, or not all of them: any */
      readonly paths?: readonly string[];
    }
  | {
      /** A pull request of ours was merged or closed. */
      readonly kind: 'Request';
      /** Uid of the ticket whose commit waited on its branch. */
      readonly ticketUid: string;
    };

const LONGEST_URL = 2_048;

/** A hint about an image, by a reference with or without tag, in whatever case; none where it does not parse. */
export function imageHint(reference: string): Hint[] {
  try {
    return [{ kind: 'Image', repoURL: parseImageReference(reference.toLowerCase()).repoURL }];
  } catch {
    return [];
  }
}

/** A hint about a branch or a tag, by its full ref; none where no address is given. */
export function sourceHint(urls: readonly string[], ref: string | undefined, paths?: readonly string[]): Hint[] {
  const repoURLs = [...new Set(urls.filter((url) => url !== '' && url.length <= LONGEST_URL))];
  if (repoURLs.length === 0) return [];
  if (ref?.startsWith('refs/tags/') === true) return [{ kind: 'Source', repoURLs, isTag: true }];
  const branch = (ref ?? '').replace(/^refs\/heads\//, '');
  return [{ kind: 'Source', repoURLs, ...(branch !== '' && { branch }), ...(paths && { paths }) }];
}

/** Where commits of tickets wait for their pull requests: the last part is the ticket's uid (rule D9). */
const WAITING = /^(?:refs\/heads\/)?k8sta\/[^/]+\/[^/]+\/[^/]+\/([^/]{1,64})$/;

/** A hint about a pull request, by the branch that it is to be merged from; none where that is not one of ours. */
export function requestHint(branch: string): Hint[] {
  const [, ticketUid] = WAITING.exec(branch) ?? [];
  return ticketUid === undefined ? [] : [{ kind: 'Request', ticketUid }];
}
