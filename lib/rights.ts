/** What people need to take part, as rules of Roles. The admission policies of `install` ask for the same verbs. */

import { GROUP, KINDS, VERBS } from './api';

/** One rule of a Role or ClusterRole. */
export interface Right {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export const READ = ['get', 'list', 'watch'] as const;

/** Rights on one or more of our kinds. */
export const right = (resources: readonly string[], verbs: readonly string[], names?: readonly string[]): Right => ({
  apiGroups: [GROUP],
  resources,
  ...(names === undefined ? {} : { resourceNames: names }),
  verbs,
});

/**
 * To approve: the verb on the stations and to see them, and to read the ticket and write the word into it. What else of the ticket may be
 * written with that, the admission policies say.
 *
 * @param stations their names; absent: all
 */
export const approverRights = (stations?: readonly string[]): Right[] => [
  right([KINDS.Station.plural], ['get', VERBS.approve], stations),
  right([KINDS.Ticket.plural], [...READ, 'update', 'patch']),
];
