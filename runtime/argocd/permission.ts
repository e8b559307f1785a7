/** What an AppProject lets an Application deploy, where that can be known without the destination: read as Argo CD reads it. */

import { isObject, objectAt, objectsAt, textAt } from '../raw';
import { globMatcher } from '../journey/facts/glob';

/** Where an Application deploys to, as its spec says: the server or the name of a cluster. */
export interface Destination {
  readonly server?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** An object that would be deployed. */
export interface Deployed {
  /** `''` for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Whether a text is one of those that a project means. */
type Fits = (text: string) => boolean;

interface GroupKind {
  readonly group: Fits;
  readonly kind: Fits;
}

/** One place that a project allows, or refuses with a `!`. */
interface AllowedDestination {
  readonly server: Place;
  readonly name: Place;
  readonly namespace: Place;
}

interface Place {
  readonly pattern: string;
  readonly fits: Fits;
}

/** Its globs are worked out once for all objects that are judged by it. */
export interface AppProjectView {
  readonly name: string;
  readonly destinations: readonly AllowedDestination[];
  readonly clusterAllowed: readonly GroupKind[];
  readonly clusterDenied: readonly GroupKind[];
  /** Absent means all; an empty list means none. */
  readonly namespacedAllowed?: readonly GroupKind[];
  readonly namespacedDenied: readonly GroupKind[];
}

/** @param raw an `argoproj.io/v1alpha1` AppProject as the API sends it; fields of an unknown shape count as absent */
export function projectAppProject(raw: unknown): AppProjectView {
  const object = isObject(raw) ? raw : {};
  const spec = objectAt(object, 'spec');
  const kinds = (key: string): GroupKind[] =>
    objectsAt(spec, key).map((entry) => ({
      group: fitting(textAt(entry, 'group')),
      kind: fitting(textAt(entry, 'kind')),
    }));
  return {
    name: textAt(objectAt(object, 'metadata'), 'name') ?? '',
    destinations: objectsAt(spec, 'destinations').map((entry) => ({
      server: placeIn(textAt(entry, 'server')),
      name: placeIn(textAt(entry, 'name')),
      namespace: placeIn(textAt(entry, 'namespace')),
    })),
    clusterAllowed: kinds('clusterResourceWhitelist'),
    clusterDenied: kinds('clusterResourceBlacklist'),
    ...(Array.isArray(spec['namespaceResourceWhitelist'])
      ? { namespacedAllowed: kinds('namespaceResourceWhitelist') }
      : {}),
    namespacedDenied: kinds('namespaceResourceBlacklist'),
  };
}

/** What Argo CD calls the cluster that it runs in. */
const HOME = { server: 'https://kubernetes.default.svc', name: 'in-cluster' } as const;

/** Kinds of Kubernetes itself that live in no namespace. */
const CLUSTER_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
};
/** Groups of Kubernetes itself in which every kind lives in a namespace. */
const NAMESPACED_GROUPS = ['apps', 'autoscaling', 'batch', 'coordination.k8s.io', 'discovery.k8s.io', 'policy'];

/** Nothing where only the cluster knows: kinds that somebody defined. */
function isNamespaced({ group, kind }: Deployed): boolean | undefined {
  if (NAMESPACED_GROUPS.includes(group)) return true;
  const kinds = CLUSTER_KINDS[group];
  return kinds === undefined ? undefined : !kinds.includes(kind);
}

/**
 * Why an AppProject forbids an object, in words that name the field to change; nothing where it allows it, or where that
 * cannot be known from here, since Argo CD judges again.
 *
 * Follows `IsResourcePermitted` of Argo CD 3: https://github.com/argoproj/argo-cd/blob/v3.2.11/pkg/apis/application/v1alpha1/app_project_types.go
 */
export function forbids(project: AppProjectView, to: Destination, object: Deployed): string | undefined {
  const namespaced = isNamespaced(object);
  const asNamespaced = forbidsNamespaced(project, object);
  const asCluster = forbidsCluster(project, object);
  if (namespaced === undefined) return asNamespaced !== undefined && asCluster !== undefined ? asNamespaced : undefined;
  if (!namespaced) return asCluster;
  return asNamespaced ?? forbidsDestination(project, to, object.namespace ?? to.namespace);
}

function forbidsNamespaced(
  { namespacedAllowed, namespacedDenied }: AppProjectView,
  object: Deployed,
): string | undefined {
  if (namespacedAllowed !== undefined && !isListed(object, namespacedAllowed)) {
    return 'its namespaceResourceWhitelist does not have this kind';
  }
  return isListed(object, namespacedDenied) ? 'its namespaceResourceBlacklist has this kind' : undefined;
}

function forbidsCluster({ clusterAllowed, clusterDenied }: AppProjectView, object: Deployed): string | undefined {
  if (!isListed(object, clusterAllowed)) return 'its clusterResourceWhitelist does not have this kind';
  return isListed(object, clusterDenied) ? 'its clusterResourceBlacklist has this kind' : undefined;
}

const isListed = ({ group, kind }: Deployed, list: readonly GroupKind[]): boolean =>
  list.some((entry) => entry.kind(kind) && entry.group(group));

function forbidsDestination(
  project: AppProjectView,
  to: Destination,
  namespace: string | undefined,
): string | undefined {
  if (namespace === undefined) return undefined;
  const cluster = to.server === HOME.server || to.name === HOME.name ? HOME : to;
  const verdicts = project.destinations.map((item) => verdictOf(item, cluster, namespace));
  if (verdicts.includes('Unknown')) return undefined;
  if (verdicts.includes('Refused')) return `its destinations refuse namespace ${namespace}`;
  return verdicts.includes('Allowed')
    ? undefined
    : `its destinations do not have namespace ${namespace} of this cluster`;
}

/** What one entry says of a destination; `Silent` where it is about another. */
function verdictOf(
  item: AllowedDestination,
  { server, name }: Destination,
  namespace: string,
): 'Allowed' | 'Refused' | 'Silent' | 'Unknown' {
  const isServer = fitsOrNot(item.server, server);
  const isName = fitsOrNot(item.name, name);
  if (isServer === undefined || isName === undefined) return 'Unknown';
  const isNamespace = fitsOrNot(item.namespace, namespace) === true;
  if ((isServer || isName) && isNamespace) return 'Allowed';
  const refuses =
    (!isName && isDenial(item.name)) ||
    (!isServer && isDenial(item.server) && isNamespace) ||
    (!isNamespace && isDenial(item.namespace) && isServer);
  return refuses ? 'Refused' : 'Silent';
}

const isDenial = ({ pattern }: Place): boolean => pattern.startsWith('!');

/** Nothing where the text is not known and the pattern is not one that fits all or none. */
function fitsOrNot({ pattern, fits }: Place, text: string | undefined): boolean | undefined {
  if (pattern === '') return false;
  if (text === undefined) return pattern === '*' ? true : undefined;
  return fits(text);
}

function placeIn(pattern = ''): Place {
  if (!pattern.startsWith('!')) return { pattern, fits: fitting(pattern) };
  const refused = fitting(pattern.slice(1));
  return { pattern, fits: (text) => !refused(text) };
}

/** Argo CD's `*` crosses slashes, which the addresses of servers have. A pattern that is none fits nothing but itself. */
function fitting(pattern = ''): Fits {
  if (pattern === '*') return () => true;
  try {
    const matches = globMatcher(pattern.replace(/\*+/g, '**'));
    return (text) => text === pattern || matches(text);
  } catch {
    return (text) => text === pattern;
  }
}
