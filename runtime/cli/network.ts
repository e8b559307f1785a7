/** The network that a command looks at: from synth's output or from a cluster, read by the schemas of the API. */

import { API_VERSION, ARGOCD, KINDS, type Kind, type Station, type Track } from '../../lib/api';
import { parseStation, parseTrack, type Parsed } from '../../lib/api/validation';
import {
  networkOf,
  objectKey,
  type ApplicationObject,
  type Network,
  type NetworkObject,
  type ObjectIdentity,
  type Problem,
} from '../../lib/network';
import type { Manifest, ManifestObject } from './manifests';

export interface ReadNetwork {
  readonly network: Network;
  /** What could not be read at all; the network is without it. */
  readonly problems: readonly Problem[];
}

/** The metadata that only a server gives; nothing of a network depends on it. */
const UNSTORED = { uid: 'not-stored', resourceVersion: '0', namespace: 'not-given' };

/** The network in these manifests, whatever else is among them. */
export function networkIn(manifests: readonly Manifest[]): ReadNetwork {
  const problems: Problem[] = [];
  const read = <Spec>(kind: Kind, parse: (raw: unknown) => Parsed<{ spec: Spec }>): NetworkObject<Spec>[] =>
    manifests
      .filter((manifest) => isOf(manifest, API_VERSION, kind))
      .flatMap((manifest) => {
        const { object } = manifest;
        const { metadata } = object;
        const parsed = parse({ ...object, metadata: { ...UNSTORED, ...metadata } });
        if ('resource' in parsed) return [{ metadata, spec: parsed.resource.spec, path: pathOf(manifest) }];
        problems.push(
          ...parsed.problems.map((message) => unreadable(pathOf(manifest), `${kind} ${metadata.name}`, message)),
        );
        return [];
      });
  const tracks = read(KINDS.Track.kind, parseTrack);
  const stations = read(KINDS.Station.kind, parseStation);
  const applications = manifests
    .filter((manifest) => isOf(manifest, ARGOCD.apiVersion, 'Application'))
    .map((manifest) => applicationOf(manifest.object, pathOf(manifest)));
  return { network: networkOf(tracks, stations, applications, { objects: manifests.map(identityOf) }), problems };
}

/** The network that a cluster has stored. */
export function networkStored(
  tracks: readonly unknown[],
  stations: readonly unknown[],
  applications: readonly ManifestObject[],
): ReadNetwork {
  const problems: Problem[] = [];
  const read = <T extends Track | Station>(stored: readonly unknown[], parse: (raw: unknown) => Parsed<T>): T[] =>
    stored.flatMap((raw) => {
      const parsed = parse(raw);
      if ('resource' in parsed) return [parsed.resource];
      const { kind = '', metadata } = raw as Partial<ManifestObject>;
      const path = objectKey(metadata?.namespace ?? '', metadata?.name ?? '');
      problems.push(...parsed.problems.map((message) => unreadable(path, kind, message)));
      return [];
    });
  return {
    network: networkOf(
      read(tracks, parseTrack),
      read(stations, parseStation),
      applications.map((application) => applicationOf(application)),
    ),
    problems,
  };
}

const isOf = ({ object }: Manifest, apiVersion: string, kind: string): boolean =>
  object.apiVersion === apiVersion && object.kind === kind;

const keyOf = ({ metadata }: ManifestObject): string => objectKey(metadata.namespace ?? '', metadata.name);
const pathOf = ({ file, object }: Manifest): string => `${file}: ${keyOf(object)}`;

const unreadable = (path: string, value: string, message: string): Problem => ({
  severity: 'error',
  path,
  value,
  message,
  fix: 'write what its schema asks for',
});

function applicationOf({ metadata, spec }: ManifestObject, path?: string): ApplicationObject {
  const destination = isRecord(spec) && isRecord(spec.destination) ? spec.destination : {};
  return { metadata, spec: { destination }, ...(path === undefined ? {} : { path }) };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function identityOf(manifest: Manifest): ObjectIdentity {
  const { apiVersion, kind, metadata } = manifest.object;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return { group, kind, namespace: metadata.namespace ?? '', name: metadata.name, path: pathOf(manifest) };
}
