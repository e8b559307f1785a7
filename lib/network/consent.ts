/** The consent of an Application to one Station (rules G5, L4). */

import { ANNOTATIONS } from '../api';
import type { Network } from './network';
import { objectKey } from './object';

/** The line that a person runs so that a station may drive an Application that exists already. */
export function consentLine(application: { name: string; namespace: string }, station: string): string {
  const annotation = `${ANNOTATIONS.authorizedStation}=${station}`;
  return `kubectl annotate application ${application.name} --namespace ${application.namespace} --overwrite ${annotation}`;
}

/**
 * The lines for every Application that a station drives and that the network does not emit itself. One in the station's
 * own namespace needs none.
 */
export function consentLines(network: Network): string[] {
  return [...network.stations.values()].flatMap((station) =>
    station.spec.applications
      .filter(
        ({ namespace, name }) =>
          namespace !== station.namespace && !network.applications.has(objectKey(namespace, name)),
      )
      .map((application) => consentLine(application, station.key)),
  );
}
