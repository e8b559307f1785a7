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
    if (child.kind === 'Track') tracks.push(readOf(TRACKS, child, parseTrack));
    if (child.kind === 'Station') stations.push(readOf(STATIONS, child, parseStation));
  }
  return { tracks, stations };
}

type Parsed<T> = { readonly resource: T } | { readonly problems: readonly string[] };

/** What objects synthesise, and what was read from it: a test simulates one network many times. */
type Reads<T> = WeakMap<ApiObject, { readonly text: string; readonly resource: T }>;

const TRACKS: Reads<Track> = new WeakMap();
const STATIONS: Reads<Station> = new WeakMap();

function readOf<T>(reads: Reads<T>, object: ApiObject, parse: (stored: unknown) => Parsed<T>): T {
  const stored = asStored(object);
  const text = JSON.stringify(stored);
  const before = reads.get(object);
  if (before?.text === text) return before.resource;
  const resource = take(parse(stored), object);
  reads.set(object, { text, resource });
  return resource;
}

function asStored(object: ApiObject): unknown {
  const json = object.toJson() as { metadata?: { name?: string; namespace?: string } };
  const { name = object.name, namespace = 'default' } = json.metadata ?? {};
  const uid = `uid-of-${object.kind.toLowerCase()}-${namespace}-${name}`;
  return { ...json, metadata: { ...json.metadata, name, namespace, uid, resourceVersion: '1', generation: 1 } };
}

function take<T>(parsed: Parsed<T>, object: ApiObject): T {
  if ('resource' in parsed) return parsed.resource;
  throw new Error(`${object.node.path}: ${parsed.problems.join(' ')}`);
}
