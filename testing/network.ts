/** The resources that a construct synthesises, as a cluster would store them. */

import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { API_VERSION, type Station, type Track } from '../lib/api';
import { parseStation, parseTrack } from '../lib/api/validation';

export interface NetworkResources {
  readonly tracks: readonly Track[];
  readonly stations: readonly Station[];
}

/** @throws Error with every validation error of the construct's App, as `cdk8s synth` would refuse it */
export function resourcesOf(construct: IConstruct): NetworkResources {
  const errors = construct.node.root.node.findAll().flatMap((one) => one.node.validate());
  if (errors.length > 0) throw new Error(`The network is not valid:\n${[...new Set(errors)].join('\n')}`);
  const tracks: Track[] = [];
  const stations: Station[] = [];
  for (const child of construct.node.findAll()) {
    if (!ApiObject.isApiObject(child) || child.apiVersion !== API_VERSION) continue;
    const stored = asStored(child);
    if (child.kind === 'Track') tracks.push(take(parseTrack(stored), child));
    if (child.kind === 'Station') stations.push(take(parseStation(stored), child));
  }
  return { tracks, stations };
}

function asStored(object: ApiObject): unknown {
  const json = object.toJson() as { metadata?: { name?: string; namespace?: string } };
  const { name = object.name, namespace = 'default' } = json.metadata ?? {};
  const uid = `uid-of-${object.kind.toLowerCase()}-${namespace}-${name}`;
  return { ...json, metadata: { ...json.metadata, name, namespace, uid, resourceVersion: '1', generation: 1 } };
}

function take<T>(parsed: { readonly resource: T } | { readonly problems: readonly string[] }, object: ApiObject): T {
  if ('resource' in parsed) return parsed.resource;
  throw new Error(`${object.node.path}: ${parsed.problems.join(' ')}`);
}
