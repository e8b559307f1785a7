/** Which overlays and branches a repository has: those of all Applications known in it (rule L5). */

import type { ApplicationReference } from '../api';
import { joinFolders } from './git-ref';
import type { Network, NetworkStation } from './network';
import { objectKey } from './object';
import { repositoryIdentity } from './repository-url';

/** One Application's overlay and rendered branch. */
export interface Overlay {
  /** Overlay folder, from the root of the repository. */
  readonly path: string;
  /** The rendered branch. */
  readonly branch: string;
  /** `<namespace>/<name>` of the Application. */
  readonly application: string;
  readonly station: NetworkStation;
  readonly reference: ApplicationReference;
}

/** All overlays, by repository, however its URL is spelt; in the order of the network. */
export function overlaysByRepository(network: Network): ReadonlyMap<string, readonly Overlay[]> {
  const overlays = new Map<string, Overlay[]>();
  const identities = new Map<string, string>();
  for (const station of network.stations.values()) {
    for (const reference of station.spec.applications) {
      const repository = identities.get(reference.repoURL) ?? repositoryIdentity(reference.repoURL);
      identities.set(reference.repoURL, repository);
      const overlay = {
        path: joinFolders(reference.folder, reference.overlay),
        branch: reference.branch,
        application: objectKey(reference.namespace, reference.name),
        station,
        reference,
      };
      const known = overlays.get(repository);
      if (known === undefined) overlays.set(repository, [overlay]);
      else known.push(overlay);
    }
  }
  return overlays;
}

/** Where the commits of an Application wait for their pull request, before the uid of the ticket (rule D9). */
export function pullRequestRef(station: { namespace: string; name: string }, application: string): string {
  return `k8sta/${station.namespace}/${station.name}/${application}`;
}
