import { createServer, type Server } from 'node:http';
import { stringify } from 'yaml';
import { KEEP_ALIVE_MS, listenOnLoopback } from '../loopback';
import { DefinitionController } from './controllers/definitions';
import { GarbageCollector } from './controllers/garbage';
import { NamespaceController } from './controllers/namespaces';
import { WorkQueue } from './controllers/queue';
import { RequestCounts, type CountedRequest } from './http/counts';
import { Discovery } from './http/discovery';
import { OpenApi } from './http/openapi';
import { ResourceHandler } from './http/resources';
import { RequestRouter } from './http/server';
import { Watches } from './http/watches';
import { builtinEndpoints } from './kinds/builtin';
import { Deletes } from './objects/deletes';
import { Writes } from './objects/writes';
import { Registry } from './registry';
import { Store } from './store/store';

const LOOPBACK = '127.0.0.1';
const FIRST_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** How the server runs. */
export interface KubernetesOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** Where the objects are kept; made when missing. A server started on it again goes on where the last one stood. */
  readonly folder: string;
  /** How many changes are remembered for watches that resume and lists that continue. @default 10000 */
  readonly watchHistory?: number;
  /** How often quiet watches are told the current resourceVersion, in milliseconds. @default 60000 */
  readonly bookmarkIntervalMs?: number;
  /** Told of every request when it comes in. */
  readonly onRequest?: (request: CountedRequest) => void;
  /** Told of what must never happen: a defect, or a disk that is full. @default a process warning */
  readonly onError?: (error: unknown) => void;
  /** The clock of timestamps and ages. @default the system's */
  readonly now?: () => Date;
}

/** A running server. */
export interface KubernetesServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** Requests since the start. */
  readonly requests: RequestCounts;
  /** resourceVersion of the last write. */
  readonly revision: number;
  /** How many watches are open. */
  readonly openWatches: number;
  /** A kubeconfig for kubectl and clients, as YAML. */
  kubeconfig(): string;
  /** Ends watches and connections and closes the folder. */
  stop(): Promise<void>;
}

/**
 * Starts a Kubernetes API server on the loopback address.
 *
 * @throws PortInUseError naming a free port; RailyardError when the folder's log is damaged or another process has it
 */
export async function startKubernetes(options: KubernetesOptions): Promise<KubernetesServer> {
  const requests = new RequestCounts();
  const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 });
  const port = await listenOnLoopback(http, options.port ?? 0, 'Kubernetes API');
  try {
    const machine = assemble(options, requests);
    http.on('request', (request, response) => void machine.router.handle(request, response));
    return {
      url: `http://${LOOPBACK}:${port}`,
      port,
      requests,
      get revision() {
        return machine.store.current;
      },
      get openWatches() {
        return machine.watches.count;
      },
      kubeconfig: () => kubeconfigFor(`http://${LOOPBACK}:${port}`),
      stop: async () => {
        machine.stop();
        await close(http);
      },
    };
  } catch (error) {
    await close(http);
    throw error;
  }
}

interface Machine {
  readonly router: RequestRouter;
  readonly store: Store;
  readonly watches: Watches;
  readonly stop: () => void;
}

function assemble(options: KubernetesOptions, requests: RequestCounts): Machine {
  const now = options.now ?? ((): Date => new Date());
  const failed = options.onError ?? warn;
  const store = Store.open(options.folder, options.watchHistory ?? 10_000);
  const registry = new Registry();
  for (const endpoint of builtinEndpoints(now)) registry.add(endpoint);
  const writes = new Writes(store, now);
  const deletes = new Deletes(store, now);
  const watches = new Watches(store, options.bookmarkIntervalMs ?? 60_000);
  const queue = new WorkQueue(failed);
  const work = { writes, deletes, queue };
  // The order matters: a new kind is served before anyone hears of it.
  const followers = [
    new DefinitionController(store, registry, work, (key) => watches.end(key)),
    watches,
    new GarbageCollector(store, registry, work),
    new NamespaceController(store, registry, work),
  ];
  for (const follower of followers) store.onChange((change) => follower.onChange(change));
  for (const follower of followers) if (!(follower instanceof Watches)) follower.start();
  for (const name of FIRST_NAMESPACES) ensureNamespace(store, registry, writes, name);
  const resources = new ResourceHandler({ store, registry, writes, deletes, watches, now });
  const parts = { resources, discovery: new Discovery(registry), openApi: new OpenApi(registry) };
  const seen = (request: CountedRequest): void => {
    requests.add(request);
    options.onRequest?.(request);
  };
  return {
    router: new RequestRouter(parts, seen, failed),
    store,
    watches,
    stop: () => {
      queue.stop();
      watches.stop();
      store.close();
    },
  };
}

function ensureNamespace(store: Store, registry: Registry, writes: Writes, name: string): void {
  if (store.get('namespaces', '', name)) return;
  const target = { endpoint: registry.find('v1', 'namespaces'), namespace: '', name };
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  writes.create(target, object, { dryRun: false, fieldValidation: 'Strict', fieldManager: '' });
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}

function kubeconfigFor(server: string): string {
  const name = 'railyard';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
