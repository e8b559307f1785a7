import type { Json, KubernetesObject } from '../json';

/** Fields of `events.k8s.io/v1` and what `v1` calls them. */
const NAMES = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
} as const;

function renamed(
  object: KubernetesObject,
  apiVersion: string,
  names: readonly (readonly [string, string])[],
): KubernetesObject {
  const to = new Map(names);
  const fields = Object.entries(object).map(([field, value]): [string, Json | undefined] => [
    to.get(field) ?? field,
    value,
  ]);
  return { ...Object.fromEntries(fields), apiVersion, kind: 'Event', metadata: object.metadata };
}

/** An event as `events.k8s.io/v1` serves it. */
export function eventToGroup(stored: KubernetesObject): KubernetesObject {
  const names = Object.entries(NAMES).map(([group, core]): [string, string] => [core, group]);
  return renamed(stored, 'events.k8s.io/v1', names);
}

/** An event of `events.k8s.io/v1` as it is stored. */
export function eventFromGroup(object: KubernetesObject): KubernetesObject {
  return renamed(object, 'v1', Object.entries(NAMES));
}
