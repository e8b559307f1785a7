import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { lazily } from './lazily';
import { approverRights } from './rights';
import type { Subject, SubjectSpec } from './subject';

const RBAC = 'rbac.authorization.k8s.io';

/**
 * Who may approve at one station. Role and RoleBinding are made with the first of them, as children of the station, so
 * that a station without approvers emits neither.
 */
export class Approvers {
  private readonly subjects: Subject[] = [];

  constructor(
    private readonly station: Construct,
    private readonly stationName: string,
    private readonly namespace: string | undefined,
  ) {}

  /** Whether nobody was named. */
  get nobody(): boolean {
    return this.subjects.length === 0;
  }

  add(subjects: readonly Subject[]): void {
    if (this.nobody && subjects.length > 0) this.emit();
    this.subjects.push(...subjects);
  }

  private emit(): void {
    const metadata = { name: `k8sta-approve-${this.stationName}` };
    new ApiObject(this.station, 'ApproveRole', {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: approverRights([this.stationName]),
    });
    new ApiObject(this.station, 'ApproveRoleBinding', {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: metadata.name },
      subjects: lazily(() => this.distinct()),
    });
  }

  /** Each subject once, in the order in which they were named. */
  private distinct(): SubjectSpec[] {
    const specs = this.subjects.map(({ spec }) =>
      spec.kind === 'ServiceAccount' && spec.namespace === undefined && this.namespace !== undefined
        ? { ...spec, namespace: this.namespace }
        : spec,
    );
    return [...new Map(specs.map((spec) => [JSON.stringify(spec), spec])).values()];
  }
}
