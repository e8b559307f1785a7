import { TerminalError } from '../errors';
import type { Fence } from '../fence';
import type { RequestOptions } from './ask';
import { type Caller, callerOver } from './caller';
import { type ApiCall, ClockSkew, observed } from './calls';
import { type Clock, systemClock } from '../clock';
import { notServed, problemWith, type Requirement, resourcesOf, versionOf } from './discovery';
import { type ClusterOptions, loadKubeconfig, withToken } from './kubeconfig';
import type { Draft, KubeObject, Resource } from './object';
import { type Objects, objectsOf } from './objects';
import { type FieldSchema, lacking } from './published';
import { type Reflection, Reflector, type ReflectorOptions } from './reflector';
import { fenced, type Transport, transportOver } from './transport';
import { whoami } from './whoami';

/** One Kubernetes API, as one user. */
export interface Cluster {
  /** Its address, without credentials. */
  readonly server: string;

  /** Name of the kubeconfig context. */
  readonly context: string;

  /** Namespace of the context. @default `default` */
  readonly namespace: string;

  /** The server's version, like `v1.35.0`. @throws TransientError naming the address when nobody answers */
  version(options?: RequestOptions): Promise<string>;

  /**
   * Makes sure that the cluster answers, serves these kinds and lets us list them.
   *
   * @returns the server's version
   * @throws TerminalError that names everything missing, each with its fix; TransientError when nobody answers
   */
  check(requirements: readonly Requirement[], options?: RequestOptions): Promise<string>;

  /** The client of one kind. */
  objects<K extends KubeObject>(resource: Resource<K>): Objects<K>;

  /** Keeps a cache in step with one kind. It does nothing until started. */
  reflector<K extends KubeObject, T>(options: ReflectorOptions<K, T>): Reflection<K>;

  /**
   * Server-side apply of any manifest; its kind is looked up at the server. A namespaced object without a namespace
   * goes to the context's.
   *
   * @throws TransientError while the server does not serve the kind, as just after its CRD was applied
   */
  apply(manifest: Draft, options?: RequestOptions): Promise<KubeObject>;
}

/** A cluster that several processes work on. */
export interface SharedCluster extends Cluster {
  /** The same cluster, whose every write asks this fence right before it goes out, and ends within what it says. */
  behind(fence: Fence): SharedCluster;
}

/** A cluster over a connection of ours. */
export interface ConnectedCluster extends SharedCluster {
  /**
   * Milliseconds by which this machine's clock is certainly ahead of the API server's; negative where it is certainly
   * behind; 0 where neither is sure.
   */
  readonly clockAheadMs: number;

  /** The name by which the API server knows us. @throws TransientError where it does not say */
  whoami(options?: RequestOptions): Promise<string>;

  /**
   * What of a kind the cluster does not take: fields and values that a writer may write and its definition has not.
   *
   * @throws TransientError where the cluster does not publish the kind (yet)
   */
  lacking(resource: Resource, wanted: FieldSchema, options?: RequestOptions): Promise<readonly string[]>;

  /**
   * The same cluster as whoever has this bearer token, and with nothing of this connection's own credentials.
   *
   * @param token absent: as this connection itself
   */
  callAs(token?: string): Caller;
}

/** Who is told of what is asked. */
export interface Watching {
  /** Called for each request when the headers of its answer have come, or nothing. @default nobody */
  readonly onCall?: (call: ApiCall) => void;
  /** @default - the machine's */
  readonly clock?: Clock;
}

/**
 * Reads the kubeconfig; speaks to nobody yet.
 *
 * @throws TerminalError when the kubeconfig is missing, malformed, or has no such context
 */
export function connect(options: ClusterOptions = {}, watching: Watching = {}): ConnectedCluster {
  const config = loadKubeconfig(options);
  const context = config.getCurrentContext();
  const { server } = config.currentCluster();
  const { clock = systemClock, onCall = () => undefined } = watching;
  const skew = new ClockSkew();
  const direct = transportOver(server, (request) => config.applySecurityAuthentication(request));
  const transport = observed(direct, { clock, skew, onCall });
  const bearing = withToken(config);
  const callAs = (token?: string): Caller =>
    callerOver(
      token === undefined ? transport : observed(transportOver(server, bearing(token)), { clock, skew, onCall }),
    );
  const namespace = config.getContextObject(context)?.namespace ?? 'default';
  return clusterOver({ transport, callAs, context, namespace, skew });
}

interface Connection {
  readonly transport: Transport;
  readonly callAs: ConnectedCluster['callAs'];
  readonly context: string;
  readonly namespace: string;
  readonly skew: ClockSkew;
}

function clusterOver(connection: Connection): ConnectedCluster {
  const { transport, callAs, context, namespace, skew } = connection;
  return {
    server: transport.server,
    context,
    namespace,
    get clockAheadMs() {
      return skew.aheadMs;
    },
    callAs,
    whoami: (asked = {}) => whoami(transport, asked),
    lacking: (resource, wanted, asked = {}) => lacking(transport, resource, wanted, asked),
    behind: (fence) => clusterOver({ ...connection, transport: fenced(transport, fence) }),
    version: (asked = {}) => versionOf(transport, asked),
    async check(requirements, asked = {}) {
      const version = await versionOf(transport, asked);
      const found = await Promise.all(requirements.map((requirement) => problemWith(transport, requirement, asked)));
      const problems = [...new Set(found.filter((problem) => problem !== undefined))];
      if (problems.length > 0) {
        throw new TerminalError(`${transport.server} (context ${context}): ${problems.join('; ')}`);
      }
      return version;
    },
    objects: (resource) => objectsOf(transport, resource),
    reflector: (wanted) => new Reflector(transport, wanted),
    apply: applier(transport, namespace),
  };
}

function applier(transport: Transport, namespace: string): Cluster['apply'] {
  const known = new Map<string, readonly Resource[]>();
  return async (manifest, options = {}) => {
    const { apiVersion = '', kind = '' } = manifest;
    if (!apiVersion || !kind)
      throw new TerminalError(`manifest ${manifest.metadata.name}: it needs apiVersion and kind`);
    const find = (): Resource | undefined => known.get(apiVersion)?.find((resource) => resource.kind === kind);
    if (!find()) known.set(apiVersion, await resourcesOf(transport, apiVersion, options));
    const resource = find();
    if (!resource) throw notServed(transport, apiVersion, kind);
    const homeless = resource.namespaced && !manifest.metadata.namespace;
    const placed = homeless ? { ...manifest, metadata: { ...manifest.metadata, namespace } } : manifest;
    return objectsOf(transport, resource).apply(placed, options);
  };
}
