/** A cluster as commands reach it. */

import { ARGOCD, GROUP, KINDS, VERSION, type Kind, type Station, type Ticket, type Track } from '../../lib/api';
import { connect, type KubeObject, type Resource, type ConnectedCluster, type Watching } from '../kube';

/** An Application as the API has it; every field may be missing before Argo CD has looked. */
export interface LiveApplication extends KubeObject {
  readonly spec?: unknown;
  readonly status?: {
    readonly sync?: { readonly status?: string; readonly revision?: string };
    readonly health?: { readonly status?: string };
    readonly summary?: { readonly images?: readonly string[] };
  };
}

const ours = <K extends KubeObject>(kind: Kind): Resource<K> => ({
  group: GROUP,
  version: VERSION,
  plural: KINDS[kind].plural,
  kind,
  namespaced: true,
});

/** The kinds that commands read. */
export const resources = {
  tracks: ours<KubeObject & Track>('Track'),
  stations: ours<KubeObject & Station>('Station'),
  tickets: ours<KubeObject & Ticket>('Ticket'),
  applications: {
    group: ARGOCD.group,
    version: ARGOCD.version,
    plural: 'applications',
    kind: 'Application',
    namespaced: true,
  } satisfies Resource as Resource<LiveApplication>,
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
