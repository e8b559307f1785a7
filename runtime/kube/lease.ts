import type { KubeObject, Resource } from './object';

/** A Lease of `coordination.k8s.io/v1`. */
export interface Lease extends KubeObject {
  readonly spec?: {
    /** Empty where it was given back. */
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    /** RFC 3339 with six digits of a second; the API refuses any other number of them. */
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export const LEASES: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** @param ms since the epoch @returns `2026-01-01T00:00:00.000000Z` */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
