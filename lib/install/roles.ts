/**
 * Roles for people, bound by RoleBinding in the namespaces of teams. Reading goes to everyone with `view` there, making
 * tickets and networks to everyone with `edit`; approving, holding and rolling back to nobody by itself.
 */

import { KINDS, VERBS } from '../api';
import { approverRights, READ, type Right, right } from '../rights';

const { Station, Ticket, Track } = KINDS;
const ALL = [Track.plural, Station.plural, Ticket.plural];

export interface PeopleRole {
  readonly name: string;
  /** The role of Kubernetes that has it without a binding. */
  readonly aggregatedTo?: 'view' | 'edit';
  readonly rules: readonly Right[];
}

export const PEOPLE_ROLES: readonly PeopleRole[] = [
  { name: 'k8sta-viewer', aggregatedTo: 'view', rules: [right(ALL, READ)] },
  {
    name: 'k8sta-editor',
    aggregatedTo: 'edit',
    rules: [right(ALL, [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection'])],
  },
  { name: 'k8sta-approver', rules: [right([Track.plural, Station.plural], READ), ...approverRights()] },
  {
    name: 'k8sta-conductor',
    rules: [
      right([Station.plural, Track.plural], [...READ, 'update', 'patch', VERBS.hold]),
      right([Station.plural], [VERBS.rollback]),
      right([Ticket.plural], [...READ, 'create', 'update', 'patch', 'delete']),
    ],
  },
];
