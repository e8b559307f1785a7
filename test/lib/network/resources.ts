/** Plain resources for tests of the network: complete specs with what matters said. */

import type { ApplicationReference, StationSpec, Subscription, TrackSpec } from '../../../lib/api';
import type { ApplicationObject, StationObject, TrackObject } from '../../../lib/network/object';
import { REFERENCE_DEFAULTS, STATION_DEFAULTS, TRACK_DEFAULTS } from '../api/defaults';

interface Named {
  readonly namespace?: string;
  readonly path?: string;
}

export function track(name: string, stations: readonly string[], spec: Partial<TrackSpec> & Named = {}): TrackObject {
  const { namespace = 'shop', path, ...rest } = spec;
  return {
    metadata: { name, namespace },
    ...(path !== undefined && { path }),
    spec: {
      ...TRACK_DEFAULTS,
      subscriptions: [source()],
      stations: stations.map((each) => ({ name: each })),
      ...rest,
    },
  };
}

export function station(name: string, spec: Partial<StationSpec> & Named = {}): StationObject {
  const { namespace = 'shop', path, ...rest } = spec;
  return {
    metadata: { name, namespace },
    ...(path !== undefined && { path }),
    spec: {
      ...STATION_DEFAULTS,
      applications: [reference(name)],
      junctions: [],
      ...rest,
    },
  };
}

/** A reference to the Application `shop-<environment>` on the branch `env/<environment>`. */
export function reference(environment: string, other: Partial<ApplicationReference> = {}): ApplicationReference {
  return {
    ...REFERENCE_DEFAULTS,
    name: `shop-${environment}`,
    repoURL: 'https://git.example.com/shop.git',
    overlay: `env/${environment}`,
    branch: `env/${environment}`,
    ...other,
  };
}

export function application(
  name: string,
  namespace: string,
  annotations: Record<string, string> = {},
): ApplicationObject {
  return {
    metadata: { name, namespace: 'argocd', annotations },
    spec: { destination: { name: 'in-cluster', namespace } },
  };
}

export function source(branch = 'main', repoURL = 'https://git.example.com/shop.git'): Subscription {
  return { name: 'source', source: { repoURL, branch, folder: '', interval: '1m' } };
}

export function image(...repositories: string[]): Subscription {
  return { name: 'images', images: { repositories, select: { newest: {} }, interval: '5m' } };
}

export const junction = (name: string, namespace?: string) => ({
  track: name,
  enabled: true,
  ...(namespace !== undefined && { namespace }),
});
