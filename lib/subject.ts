import { invalidProp } from './invalid-prop';

export interface ServiceAccountOptions {
  /**
   * Namespace of the service account.
   *
   * @default - the namespace of the station
   */
  readonly namespace?: string;
}

/** A subject as Kubernetes' RoleBindings name it. */
export type SubjectSpec =
  | { readonly apiGroup: 'rbac.authorization.k8s.io'; readonly kind: 'User' | 'Group'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace?: string };

/** Who may do something. */
export class Subject {
  /** A user, as the cluster's authentication calls them. */
  static user(name: string): Subject {
    return new Subject({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: named('user', name) });
  }

  /** Everyone in a group, as the cluster's authentication calls it. */
  static group(name: string): Subject {
    return new Subject({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: named('group', name) });
  }

  /** A service account. */
  static serviceAccount(name: string, options: ServiceAccountOptions = {}): Subject {
    return new Subject({ kind: 'ServiceAccount', name: named('serviceAccount', name), ...options });
  }

  private constructor(
    /** As a RoleBinding says it. */
    readonly spec: SubjectSpec,
  ) {}
}

function named(prop: string, name: string): string {
  if (name.trim() === '') throw invalidProp(prop, name, 'is empty', 'name who may do it');
  return name;
}
