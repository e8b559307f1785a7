/** Kubernetes objects as the network sees them: plain, wherever they were read. */

import { GROUP, type StationSpec, type TrackSpec } from '../api';

/** Marks an Argo CD Application whose destination another station of a track may share (rule L3). */
export const SHARED_DESTINATION = `${GROUP}/shared-destination`;

/** A resource, from synth's output, a cluster or a construct. */
export interface NetworkObject<Spec> {
  readonly metadata: {
    readonly name: string;
    /** Absent where the applier decides. */
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
  /**
   * Where a person finds it, such as a construct path.
   *
   * @default - `<namespace>/<name>`
   */
  readonly path?: string;
}

export type TrackObject = NetworkObject<TrackSpec>;
export type StationObject = NetworkObject<StationSpec>;

/** The part of an Argo CD Application that the checks read. */
export interface ApplicationObjectSpec {
  readonly destination?: { readonly name?: string; readonly server?: string; readonly namespace?: string };
}
export type ApplicationObject = NetworkObject<ApplicationObjectSpec>;

/** What makes an object the same as another. */
export interface ObjectIdentity {
  /** API group; empty for Kubernetes' own core. */
  readonly group: string;
  readonly kind: string;
  /** Empty where the applier decides, and for objects of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Where a person finds it. */
  readonly path: string;
}

/** `<namespace>/<name>`, or just the name where the namespace is not known. */
export function objectKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
