/** What names an object and one version of it: all that a cache needs to know of what it keeps. */
export interface Identity {
  readonly name: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid: string;
  /** Compare only by {@link compareVersions}. */
  readonly resourceVersion: string;
}

/** A reference from a dependent object to its owner, for the cluster's garbage collection. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The metadata that every stored object has. Times are RFC 3339 strings, as on the wire. */
export interface ObjectMeta extends Identity {
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

/** An object as the API server stores it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object as a writer hands it in: the server has yet to give it a uid and a version. */
export type Draft<K extends KubeObject = KubeObject> = Omit<K, 'metadata' | 'apiVersion' | 'kind'> & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Partial<ObjectMeta> & { readonly name: string };
};

/**
 * Where objects of one kind live in the API.
 *
 * @typeParam K the type of these objects. The server's JSON is taken at its word: a schema that allows more than the
 * type says must be checked by whoever reads.
 */
export interface Resource<K extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set; it ties the descriptor to the type of its objects. */
  readonly object?: K;
}

/** The name of one object. */
export interface ObjectRef {
  readonly name: string;
  /** Required for namespaced kinds. */
  readonly namespace?: string;
}

/** `namespace/name`, or `name` for cluster-scoped objects: the key of caches and queues. */
export function keyOf({ namespace, name }: ObjectRef): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** `apiVersion` of a resource's objects. */
export function apiVersionOf({ group, version }: Resource): string {
  return group ? `${group}/${version}` : version;
}

/** The name people know a resource by: `tickets.k8sta.io/v1alpha1`. */
export function titleOf({ group, version, plural }: Resource): string {
  return group ? `${plural}.${group}/${version}` : `${plural}/${version}`;
}

/** Path of a resource's collection, in one namespace or in all. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const inside = resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${inside}/${resource.plural}`;
}

/** Path of one object. */
export function objectPath(resource: Resource, { namespace, name }: ObjectRef): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}
