/**
 * Everything that this project says to a Kubernetes API: reading the kubeconfig, requests and their errors, keeping a
 * cache in step, the queue of keys that its changes feed, and Events.
 *
 * Here may live what is true of any Kubernetes object. What a Track, Ticket or Application means, and any decision
 * about one, may not. The client library is imported in this folder only and shows in none of its types.
 */
export { type RequestOptions } from './ask';
export { type Backoff } from './backoff';
export { type Answer, type Caller } from './caller';
export { type ApiCall } from './calls';
export { type Clock, systemClock } from '../clock';
export { type Cluster, connect, type ConnectedCluster, type SharedCluster, type Watching } from './cluster';
export { type Requirement } from './discovery';
export { Election, electionIn, type ElectionOptions, type LeaseFollower, type Standing } from './election';
export { type Omission } from './elide';
export { EventRecorder, type EventRecorderOptions, EVENTS, type KubeEvent, type Occurrence } from './events';
export { AlreadyExistsError, NotFoundError } from './fault';
export { type ClusterOptions } from './kubeconfig';
export { type Lease, LEASES } from './lease';
export {
  type Draft,
  type Identity,
  keyOf,
  type KubeObject,
  type ObjectMeta,
  type ObjectRef,
  type OwnerReference,
  type Resource,
} from './object';
export { type DeleteOptions, type JsonPatchOperation, type Objects, type PatchOptions } from './objects';
export { type Selection } from './pages';
export { type Handler, WorkQueue, type WorkQueueOptions, type WorkQueueStats } from './queue';
export { type Follower, type Reflection, type ReflectorHealth, type ReflectorOptions } from './reflector';
export { type IndexFunction, type Listener, metadataOf, Store, type StoreOptions } from './store';
export { type LeaseTimes, Term } from './term';
export { compareVersions } from './version';
