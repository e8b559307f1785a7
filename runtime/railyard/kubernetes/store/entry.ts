import type { KubernetesObject } from '../json';

/**
 * One stored object. Its JSON is kept as bytes, ready to be sent: lists and watches of unchanged objects never parse or
 * serialise anything.
 */
export interface Entry {
  /** Storage key of the kind, such as `apps/deployments`. */
  readonly resource: string;
  /** In which version the object is stored. */
  readonly apiVersion: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly revision: number;
  readonly labels: Readonly<Record<string, string>>;
  /** uids of `metadata.ownerReferences`. */
  readonly owners: readonly string[];
  /** Whether `metadata.deletionTimestamp` is set. */
  readonly deleting: boolean;
  readonly body: Buffer;
}

/** Parses an entry: a fresh object that the caller may change. */
export function objectOf(entry: Entry): KubernetesObject {
  return JSON.parse(entry.body.toString('utf8')) as KubernetesObject;
}

/** The entry for `object`, whose JSON is `body`. */
export function entryOf(resource: string, object: KubernetesObject, revision: number, body: Buffer): Entry {
  const { metadata } = object;
  return {
    resource,
    apiVersion: object.apiVersion,
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    revision,
    labels: metadata.labels ?? {},
    owners: (metadata.ownerReferences ?? []).map((owner) => owner.uid),
    deleting: metadata.deletionTimestamp !== undefined,
    body,
  };
}

/** Unique among the entries of one kind. */
export function keyOf(entry: Entry): string {
  return `${entry.namespace}/${entry.name}`;
}

/** The order in which a real server lists: namespace, then name, by code unit. */
export function byKey(left: Entry, right: Entry): number {
  if (left.namespace !== right.namespace) return left.namespace < right.namespace ? -1 : 1;
  if (left.name === right.name) return 0;
  return left.name < right.name ? -1 : 1;
}
