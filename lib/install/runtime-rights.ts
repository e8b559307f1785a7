/** What the runtime may do in a cluster, and nothing more. Each rule says which effect needs it. */

import { ARGOCD, KINDS, VERBS } from '../api';
import { READ, type Right, right } from '../rights';

const { Track, Station, Ticket } = KINDS;

/** In the namespaces of teams. */
export const NETWORK_RIGHTS: readonly Right[] = [
  // The caches of decisions, and the read past the cache.
  right([Track.plural, Station.plural, Ticket.plural], READ),
  // What decisions write. Specs belong to people and are never written.
  right([`${Track.plural}/status`, `${Station.plural}/status`, `${Ticket.plural}/status`], ['update', 'patch']),
  // Subscriptions make tickets; ended ones are removed beyond the track's limit.
  right([Ticket.plural], ['create', 'delete']),
  // The admission policy asks it of whoever makes a rollback; the runtime does after a failure.
  right([Station.plural], [VERBS.rollback]),
  // Exit gates: runs are made from templates, followed, and told to end. Templates of the cluster need the whole cluster.
  { apiGroups: [ARGOCD.group], resources: ['analysisruns'], verbs: [...READ, 'create', 'patch'] },
  { apiGroups: [ARGOCD.group], resources: ['analysistemplates', 'clusteranalysistemplates'], verbs: ['get'] },
  // Transitions, for `kubectl describe`.
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'patch'] },
];

/** In the namespaces of Argo CD's Applications: refresh and sync are patches; nothing else is written. Projects judge. */
export const APPLICATION_RIGHTS: readonly Right[] = [
  { apiGroups: [ARGOCD.group], resources: ['applications'], verbs: [...READ, 'patch'] },
  { apiGroups: [ARGOCD.group], resources: ['appprojects'], verbs: ['get'] },
];

/**
 * In the runtime's own namespace: the operator's labelled credentials. Rights know no labels, so without names they are
 * those of the whole namespace, which holds nothing else.
 */
export const credentialRights = (names?: readonly string[]): readonly Right[] => [
  { apiGroups: [''], resources: ['secrets'], ...(names === undefined ? {} : { resourceNames: names }), verbs: READ },
];

/** In a team's namespace: the pull secrets that its subscriptions name. */
export const pullSecretRights = (names: readonly string[]): readonly Right[] => [
  { apiGroups: [''], resources: ['secrets'], resourceNames: names, verbs: ['get'] },
];

/** In the runtime's own namespace: the Lease by which one of its replicas leads. */
export const leaseRights = (name: string): readonly Right[] => [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [name], verbs: [...READ, 'update'] },
];
