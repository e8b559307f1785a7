/** Images that ride for nothing. */

import { parseImageReference } from '../image-reference';
import type { Network, NetworkStation, NetworkTrack } from '../network';
import type { Problem } from '../problem';

/**
 * Warnings: an image that a track subscribes to and that none of the Applications on its way uses. Judged only where
 * every one of them lists its images.
 */
export function unusedImages(network: Network): Problem[] {
  return [...network.tracks.values()].flatMap((track) => {
    const subscriptions = track.spec.subscriptions.flatMap(({ name, images }) =>
      (images?.repositories ?? []).map((repository) => ({ name, repository })),
    );
    if (subscriptions.length === 0) return [];
    const used = imagesOnTheWay(network, track);
    if (used === undefined) return [];
    return subscriptions
      .filter(({ repository }) => !used.has(normalise(repository)))
      .map(({ name, repository }): Problem => ({
        severity: 'warning',
        path: track.path,
        value: repository,
        message: `no application on the way of track '${track.name}' lists the image '${repository}' of subscription '${name}'`,
        fix: "add it to an application's `images`, or drop the subscription",
      }));
  });
}

/** The images of all Applications that tickets of the track can reach; `undefined` where that is not known. */
function imagesOnTheWay(network: Network, start: NetworkTrack): ReadonlySet<string> | undefined {
  const images = new Set<string>();
  const known = new Set([start]);
  let applications = 0;
  for (const track of known) {
    for (const key of track.stations) {
      const station = network.stations.get(key);
      if (station === undefined || !listsImages(station)) return undefined;
      for (const reference of station.spec.applications) {
        applications += 1;
        for (const image of reference.images ?? []) images.add(normalise(image));
      }
      for (const junction of station.junctions) {
        const branch = network.tracks.get(junction);
        if (branch === undefined) return undefined;
        known.add(branch);
      }
    }
  }
  return applications === 0 ? undefined : images;
}

function listsImages(station: NetworkStation): boolean {
  return station.spec.applications.every(({ images }) => images !== undefined && images.length > 0);
}

function normalise(repository: string): string {
  try {
    return parseImageReference(repository).repoURL;
  } catch {
    return repository;
  }
}
