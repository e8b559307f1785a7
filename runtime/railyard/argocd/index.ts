/**
 * The railyard's stand-in for Argo CD: it watches Applications in a Kubernetes API, reads their branches from Git over
 * HTTP, and writes sync, health and operations into their status in the order, with the fields and after the time that
 * Argo CD does. Objects count as live once they were applied; no workload runs, so health follows a script. Here lives
 * nothing that a runtime would ask: it meets this only through the Kubernetes API.
 *
 * Left out, each with a condition that says so: rendering by kustomize, Helm or plugins, chart repositories,
 * `directory.include` and `exclude`, partial syncs. Left out in silence, since nothing here writes them: sync windows,
 * project restrictions, resource hooks, `ignoreDifferences`.
 */
import { join } from 'node:path';
import { ApplicationClient, type KubernetesAccess } from './client';
import { Cluster } from './cluster';
import { Controller } from './controller';
import { Repositories, type GitCredentials } from './repositories';
import type { Script } from './script';
import type { Latencies } from './workbench';

export type { HealthContext, Script } from './script';
export type { KubernetesAccess } from './client';

/** How the stand-in is started. */
export interface ArgoCDOptions {
  readonly kubernetes: KubernetesAccess;
  /** Where the record of the cluster is kept; made when missing. */
  readonly folder: string;
  /** Argo CD's own namespace. @default 'argocd' */
  readonly namespace?: string;
  /** Further namespaces whose Applications are looked after. @default none */
  readonly applicationNamespaces?: readonly string[];
  /** Factor on Argo CD's real latencies; 0 is at once. @default 1 */
  readonly latencyScale?: number;
  /**
   * Milliseconds between comparisons that nobody asked for.
   * @default 180000 times the scale, at least 10000; 180000 at scale 0
   */
  readonly pollIntervalMs?: number;
  /** Name and password for the Git server. @default none */
  readonly credentials?: GitCredentials;
  /** @default the system's clock */
  readonly now?: () => Date;
  /** Told of everything that went wrong and is tried again. @default nobody */
  readonly onError?: (error: unknown) => void;
}

/** The running stand-in. */
export interface ArgoCD {
  /** Since the start: comparisons of branch and cluster, tries of operations, writes to the Kubernetes API. */
  readonly counts: { readonly comparisons: number; readonly operations: number; readonly writes: number };
  /**
   * Lays down how an Application fares from now on; `undefined` takes that back.
   *
   * @param namespace of the Application
   */
  script(namespace: string, name: string, script: Script | undefined): void;
  /** Ends every request. Operations under way go on after the next start. */
  stop(): Promise<void>;
}

/**
 * Argo CD's own latencies. A real controller showed a pushed branch Synced and Healthy one second after the refresh:
 * two comparisons with an operation in between. A Deployment whose image is at hand takes some five seconds to roll out. Own comparisons come
 * every three minutes (two, and a minute's jitter).
 */
const REAL: Latencies = { compare: 250, start: 50, apply: 450, rollout: 5_000, poll: 180_000, retryScale: 1 };
const SHORTEST_POLL_MS = 10_000;

/**
 * Starts the stand-in; returns when it has seen every Application once.
 *
 * @throws Error where the Kubernetes API does not answer or does not know Applications
 */
export async function startArgoCD(options: ArgoCDOptions): Promise<ArgoCD> {
  const stopping = new AbortController();
  const namespace = options.namespace ?? 'argocd';
  const repositories = new Repositories(options.credentials);
  const controller = new Controller({
    client: new ApplicationClient(options.kubernetes, stopping.signal),
    repositories,
    cluster: new Cluster(join(options.folder, 'cluster')),
    latencies: latenciesOf(options),
    namespace,
    namespaces: new Set([namespace, ...(options.applicationNamespaces ?? [])]),
    signal: stopping.signal,
    now: options.now ?? (() => new Date()),
    onError: options.onError ?? (() => undefined),
  });
  await controller.start();
  return {
    counts: controller.counts,
    script: (owner, name, script) => controller.setScript(`${owner}/${name}`, script),
    stop: async () => {
      stopping.abort();
      await controller.stopped();
    },
  };
}

function latenciesOf({ latencyScale: scale = 1, pollIntervalMs }: ArgoCDOptions): Latencies {
  return {
    compare: REAL.compare * scale,
    start: REAL.start * scale,
    apply: REAL.apply * scale,
    rollout: REAL.rollout * scale,
    poll: pollIntervalMs ?? (scale === 0 ? REAL.poll : Math.max(REAL.poll * scale, SHORTEST_POLL_MS)),
    retryScale: scale,
  };
}
