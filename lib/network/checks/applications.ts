/** Applications that two places claim, and places that are kept apart. */

import { ARGOCD } from '../../api';
import type { Network, NetworkApplication, NetworkStation } from '../network';
import { objectKey } from '../object';
import type { Problem } from '../problem';

/** How Argo CD writes its own cluster, when it does so by address. */
const OWN_CLUSTER_SERVER = 'https://kubernetes.default.svc';

/** An Application belongs to exactly one station (rule C3). */
export function sharedApplications(network: Network): Problem[] {
  const owners = new Map<string, NetworkStation[]>();
  for (const station of network.stations.values()) {
    for (const { namespace, name } of station.spec.applications) {
      const key = objectKey(namespace, name);
      owners.set(key, [...(owners.get(key) ?? []), station]);
    }
  }
  return [...owners].flatMap(([value, [first, ...others]]) =>
    others.map((station) => ({
      severity: 'error' as const,
      path: station.path,
      value,
      message:
        station === first
          ? `station '${station.key}' drives Application '${value}' twice`
          : `Application '${value}' is driven by station '${station.key}' and by station '${first?.key}' (${first?.path})`,
      fix: 'let one station drive it, once',
    })),
  );
}

/** An Application that is described here and that no station drives: nothing would ever render its branch. */
export function idleApplications(network: Network): Problem[] {
  const driven = new Set(
    [...network.stations.values()].flatMap(({ spec }) =>
      spec.applications.map(({ namespace, name }) => objectKey(namespace, name)),
    ),
  );
  return [...network.applications.values()]
    .filter(({ key }) => !driven.has(key))
    .map(({ key, path }) => ({
      severity: 'warning',
      path,
      value: key,
      message: `no station drives Application '${key}'`,
      fix: 'pass it to a station, or remove it',
    }));
}

/** Two stations of a track that deploy to one place overwrite each other (rule L3). */
export function sharedDestinations(network: Network): Problem[] {
  const problems = new Map<string, Problem>();
  for (const track of network.tracks.values()) {
    const taken = new Map<string, { station: NetworkStation; application: NetworkApplication }>();
    for (const station of new Set(track.stations.map((key) => network.stations.get(key)))) {
      if (station === undefined) continue;
      for (const application of applicationsOf(network, station)) {
        const destination = destinationOf(application);
        if (destination === undefined || application.sharedDestination) continue;
        const other = taken.get(destination);
        if (other === undefined) taken.set(destination, { station, application });
        else if (other.station !== station) {
          problems.set(`${other.application.key} ${application.key}`, {
            severity: 'error',
            path: application.path,
            value: destination,
            message: `Applications '${other.application.key}' (station '${other.station.name}') and '${application.key}' (station '${station.name}') deploy to the same place, ${destination}`,
            fix: 'give each its own `destination`, or say `sharedDestination: true`',
          });
        }
      }
    }
  }
  return [...problems.values()];
}

function applicationsOf(network: Network, station: NetworkStation): NetworkApplication[] {
  return station.spec.applications.flatMap(
    ({ namespace, name }) => network.applications.get(objectKey(namespace, name)) ?? [],
  );
}

function destinationOf({ spec }: NetworkApplication): string | undefined {
  const { name, server, namespace } = spec.destination ?? {};
  const cluster = name ?? (server === OWN_CLUSTER_SERVER ? ARGOCD.cluster : server);
  return cluster === undefined || namespace === undefined
    ? undefined
    : `namespace '${namespace}' of cluster '${cluster}'`;
}

/** A junction boards a track of another namespace only with that track's consent (rule L6). */
export function namespacesApart(network: Network): Problem[] {
  return [...network.stations.values()].flatMap((station) =>
    station.junctions.flatMap((key): Problem[] => {
      const track = network.tracks.get(key);
      if (track === undefined || track.namespace === station.namespace) return [];
      const consents = track.spec.boardedFrom ?? [];
      if (consents.some(({ namespace, station: name }) => namespace === station.namespace && name === station.name)) {
        return [];
      }
      return [
        {
          severity: 'error',
          path: station.path,
          value: key,
          message: `station '${station.key}' boards track '${key}' of another namespace, which does not consent`,
          fix:
            station.namespace === ''
              ? `give ${station.path} a namespace, so that the track can consent to it`
              : `add { namespace: ${station.namespace}, station: ${station.name} } to \`boardedFrom\` of ${track.path}`,
        },
      ];
    }),
  );
}
