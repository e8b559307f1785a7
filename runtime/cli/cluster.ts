/** A cluster as commands reach it. */

import { connect, type KubeObject, type Resource, type ConnectedCluster, type Watching } from '../kube';
import { APPLICATIONS, STATIONS, TICKETS, TRACKS } from '../resources';

/** An Application as the API has it; every field may be missing before Argo CD has looked. */
export interface LiveApplication extends KubeObject {
  readonly spec?: unknown;
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly summary?: { readonly images?: readonly string[] };
  };
}

/** The kinds that commands read. */
export const resources = {
  tracks: TRACKS,
  stations: STATIONS,
  tickets: TICKETS,
  applications: APPLICATIONS as Resource<LiveApplication>,
};

export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** @throws TerminalError when the kubeconfig is missing, malformed, or has no such context */
export function openCluster({ kubeconfig, context }: ClusterChoice, watching?: Watching): ConnectedCluster {
  const choice = {
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  };
  return connect(choice, watching);
}
