/** What the runtime may do in a cluster, and nothing more. Each rule says which effect needs it. */

import { ARGOCD, GROUP, KINDS } from '../api';

/** One rule of a Role or ClusterRole. */
export interface Right {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'] as const;
const { Track, Station, Ticket } = KINDS;

/** Rights on resources of teams, in whatever namespace these are. */
export const CLUSTER_RIGHTS: readonly Right[] = [
  // The caches of decisions, and the read past the cache.
  { apiGroups: [GROUP], resources: [Track.plural, Station.plural, Ticket.plural], verbs: READ },
  // What decisions write. Specs belong to people and are never written.
  {
    apiGroups: [GROUP],
    resources: [`${Track.plural}/status`, `${Station.plural}/status`, `${Ticket.plural}/status`],
    verbs: ['update', 'patch'],
  },
  // Subscriptions make tickets.
  { apiGroups: [GROUP], resources: [Ticket.plural], verbs: ['create'] },
  // Refresh and sync are patches of the Application; its spec is never written.
  { apiGroups: [ARGOCD.group], resources: ['applications'], verbs: [...READ, 'patch'] },
  // Transitions, for `kubectl describe`.
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'get', 'patch'] },
];

/** In the runtime's own namespace: the operator's labelled credentials. */
export const CREDENTIAL_RIGHTS: readonly Right[] = [{ apiGroups: [''], resources: ['secrets'], verbs: READ }];

/** In a team's namespace that says so: the pull secrets that its subscriptions name. */
export const PULL_SECRET_RIGHTS: readonly Right[] = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
