/**
 * The railyard's image registry: the part of the OCI distribution API that pushing, resolving and listing need, on the
 * loopback interface, kept in a folder. It stands in for every registry at once: a repository keeps its original host,
 * which comes as `ns` in the query, as container runtimes name it to a mirror. Here live the protocol and a small
 * client that publishes images; how a runtime chooses among tags does not.
 */
import { timingSafeEqual } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { KEEP_ALIVE_MS, listenOnLoopback } from '../loopback';
import { Api } from './api';
import { fail } from './answers';
import { publishImage, type PublishOptions } from './publish';
import { routeOf } from './routes';
import { Storage } from './storage';

export { publishImage, type PublishOptions } from './publish';

/** A request as it came in. */
export interface RegistryRequest {
  readonly method: string;
  /** With the original host in front: `ghcr.io/acme/guestbook`; absent for the ping. */
  readonly repository: string | undefined;
  readonly url: URL;
}

/** How a registry is started. */
export interface RegistryOptions {
  /** Where images are kept; made when missing. */
  readonly folder: string;
  /** @default any free port */
  readonly port?: number;
  /** Ask for this name and password on every request. @default nobody is asked */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** For tests: called before each request; may take its time, or answer in the registry's place. */
  readonly intercept?: (request: RegistryRequest) => Promise<RegistryRefusal | undefined> | RegistryRefusal | undefined;
}

/** An answer instead of the registry's own. */
export interface RegistryRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running registry. */
export interface Registry {
  /** Base URL without a trailing slash, as a mirror is configured: `ghcr.io=http://127.0.0.1:5000`. */
  readonly url: string;
  readonly port: number;
  /** Requests served since the start. */
  readonly counts: { readonly requests: number; readonly pushes: number };
  /**
   * Publishes a small, real image.
   *
   * @param reference such as `ghcr.io/acme/guestbook:1.3.0`
   * @returns the digest that the tag now has
   */
  publish(reference: string, options?: PublishOptions): Promise<string>;
  /** Cuts every connection. */
  stop(): Promise<void>;
}

/**
 * Starts the registry.
 *
 * @throws PortInUseError naming a free port
 */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const storage = new Storage(folder);
  await storage.prepare();
  const counts = { requests: 0, pushes: 0 };
  const api = new Api(storage, () => (counts.pushes += 1));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    counts.requests += 1;
    response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
    if (!isAllowed(request, options.credentials)) {
      response.setHeader('WWW-Authenticate', 'Basic realm="railyard"');
      fail(response, 401, 'UNAUTHORIZED', 'a valid name and password are needed');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const route = routeOf(url);
    const repository = route === undefined || route.kind === 'ping' ? undefined : route.repository;
    const refusal = await options.intercept?.({ method: request.method ?? 'GET', repository, url });
    if (refusal !== undefined) {
      response.writeHead(refusal.status, refusal.headers).end();
      return;
    }
    if (route === undefined) {
      fail(response, 404, 'NAME_INVALID', `${url.pathname} is no request of the distribution API`);
      return;
    }
    await api.answer(route, url, request, response);
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else fail(response, 500, 'UNKNOWN', error instanceof Error ? error.message : String(error));
    });
  });
  const port = await listenOnLoopback(server, options.port ?? 0, 'image registry');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    counts,
    publish: (reference, more) => publishImage(url, reference, { credentials: options.credentials, ...more }),
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

function isAllowed(request: IncomingMessage, credentials: RegistryOptions['credentials']): boolean {
  if (credentials === undefined) return true;
  const wanted = Buffer.from(
    `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')}`,
  );
  const given = Buffer.from(request.headers.authorization ?? '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
