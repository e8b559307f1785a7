import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { TerminalError } from '../errors';
import { type Cluster, type DispatcherOptions, KubeConfig, type RequestContext } from './client';

/** Which cluster to talk to, and as whom. */
export interface ClusterOptions {
  /** @default - `KUBECONFIG`, then `~/.kube/config`, then the service account of the pod */
  readonly kubeconfig?: string;

  /** @default - the kubeconfig's current context */
  readonly context?: string;
}

/**
 * A kubeconfig that keeps its connections.
 *
 * The library makes a new connection pool for every request that has TLS settings, so each would pay a handshake. Here
 * the pool is made anew only when those settings changed, as a rotated client certificate changes them. HTTP/2 is left
 * out: one watch that has gone silent would then share its dead connection with every other request, and giving up a
 * stream does not close the connection; with HTTP/1.1 it does.
 */
export class PooledKubeConfig extends KubeConfig {
  #settings: DispatcherOptions | undefined;
  #pool: ReturnType<RequestContext['getDispatcher']>;

  /** What the library makes a pool from; `none` where the pool at hand serves. */
  override createDispatcherOptions(
    ...[cluster, agent]: Parameters<KubeConfig['createDispatcherOptions']>
  ): DispatcherOptions {
    const settings = http1(super.createDispatcherOptions(cluster, agent));
    if (isDeepStrictEqual(settings, this.#settings)) return { type: 'none' };
    this.#settings = settings;
    this.#pool = undefined;
    return settings;
  }

  /** The chosen context's cluster. @throws TerminalError when the context names none */
  currentCluster(): Cluster {
    const cluster = this.getCurrentCluster();
    if (!cluster) throw new TerminalError(contextWords(this));
    return cluster;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const setDispatcher = context.setDispatcher.bind(context);
    // Called in the same turn as createDispatcherOptions, so settings and pool never drift apart.
    context.setDispatcher = (pool) => {
      this.#pool = pool;
      setDispatcher(pool);
    };
    await super.applySecurityAuthentication(context);
    if (!context.getDispatcher() && this.#pool) setDispatcher(this.#pool);
  }
}

function http1(settings: DispatcherOptions): DispatcherOptions {
  const base = settings.type === 'none' ? { keepAlive: true, keepAliveInitialDelay: 30_000 } : undefined;
  if (base) return { type: 'agent', connect: { ...base, ...NO_HTTP2 } };
  return settings.type === 'agent' ? { ...settings, connect: { ...settings.connect, ...NO_HTTP2 } } : settings;
}

/** Understood by the library's HTTP client, though not in its types for this place. */
const NO_HTTP2 = { allowH2: false };

/**
 * Reads the kubeconfig and chooses the context.
 *
 * @throws TerminalError that names file, context and fix; never with a line of the file, which may hold a token
 */
export function loadKubeconfig({ kubeconfig, context }: ClusterOptions): PooledKubeConfig {
  const config = new PooledKubeConfig();
  const from = kubeconfig ? `kubeconfig ${kubeconfig}` : 'kubeconfig';
  if (kubeconfig && !existsSync(kubeconfig)) {
    throw new TerminalError(
      `${from} does not exist: give the path of a kubeconfig, or leave it out to use the default`,
    );
  }
  try {
    if (kubeconfig) config.loadFromFile(kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    throw new TerminalError(`${from} cannot be read: ${safeWords(error)}`);
  }
  if (!kubeconfig && config.currentContext === 'loaded-context') {
    throw new TerminalError('no kubeconfig found: set KUBECONFIG, create ~/.kube/config, or name one');
  }
  if (context) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new TerminalError(`${from}: ${contextWords(config)}`);
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify) {
    throw new TerminalError(
      `${from}: cluster "${cluster.name}" is plain http (${new URL(cluster.server).origin}); set insecure-skip-tls-verify: true there if that is meant`,
    );
  }
  return config;
}

/**
 * The credentials of people at the cluster of a kubeconfig: its address and certificate authority, their token, nothing
 * else. They share connections, which no client certificate belongs to.
 */
export function withToken(config: PooledKubeConfig): (token: string) => KubeConfig['applySecurityAuthentication'] {
  const anonymous = new PooledKubeConfig();
  const user = { name: 'person' };
  anonymous.loadFromClusterAndUser(config.currentCluster(), user);
  return (token) => async (context) => {
    await anonymous.applySecurityAuthentication(context);
    context.setHeaderParam('Authorization', `Bearer ${token}`);
  };
}

function contextWords(config: KubeConfig): string {
  const names = config.getContexts().map(({ name }) => name);
  if (names.length === 0) return 'it has no context; is it a kubeconfig?';
  const wanted = config.getCurrentContext();
  if (!wanted) return `it has no current context; choose one of ${names.join(', ')}`;
  return names.includes(wanted)
    ? `context "${wanted}" names a cluster that is not in the file`
    : `it has no context "${wanted}"; it has ${names.join(', ')}`;
}

/** A YAML error repeats the lines around it; only its place and the library's own checks may be shown. */
function safeWords(error: unknown): string {
  const { name, code, path, message, mark } = error as Readonly<Record<string, unknown>>;
  if (name === 'YAMLException') return `it is not valid YAML${lineOf(mark)}`;
  if (typeof code === 'string') return typeof path === 'string' ? `${code} (${path})` : code;
  const isCheck = typeof message === 'string' && /^(clusters|users|contexts)\[/.test(message);
  return isCheck ? message : 'it has not the shape of a kubeconfig';
}

function lineOf(mark: unknown): string {
  const line: unknown = typeof mark === 'object' && mark && 'line' in mark ? mark.line : undefined;
  return typeof line === 'number' ? ` (line ${line + 1})` : '';
}
