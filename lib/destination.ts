import { ARGOCD } from './api';
import { invalidProp } from './invalid-prop';
import { labelProblem } from './network/name';

/** Where an Application's objects go: a cluster by its name in Argo CD, or by the address of its API server. */
export type DestinationProps = {
  /**
   * Namespace of the objects.
   *
   * @default - the name of the Application
   */
  readonly namespace?: string;
} & (
  | {
      /**
       * Name of the cluster in Argo CD.
       *
       * @default 'in-cluster'
       */
      readonly cluster?: string;
      readonly server?: never;
    }
  | {
      /** Address of the cluster's API server. */
      readonly server: string;
      readonly cluster?: never;
    }
);

/** A destination with its defaults applied. */
export interface Destination {
  /** Name of the cluster in Argo CD; absent when `server` is given. */
  readonly cluster?: string;
  /** Address of the API server; absent when `cluster` is given. */
  readonly server?: string;
  /** Namespace of the objects. */
  readonly namespace: string;
}

/** @throws Error when cluster and server are both given, or the namespace cannot be one */
export function resolveDestination(props: DestinationProps, applicationName: string): Destination {
  const namespace = props.namespace ?? applicationName;
  const problem = labelProblem(namespace);
  if (problem !== undefined) {
    throw invalidProp('destination.namespace', namespace, problem, 'set `destination.namespace`, or a shorter `name`');
  }
  if (props.server === undefined) return { cluster: props.cluster ?? ARGOCD.cluster, namespace };
  if (props.cluster !== undefined) {
    throw invalidProp('destination', props, 'names a cluster twice', 'give either `cluster` or `server`');
  }
  return { server: props.server, namespace };
}
