import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KubeObject, Resource } from '../../../runtime/kube';

/** A kind of object for tests: a name and one value. */
export interface Widget extends KubeObject {
  readonly spec: { readonly value: string };
}

export const WIDGETS: Resource<Widget> = {
  group: 'example.com',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
};

/** Takes over the answer to one request. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** A request as it came in. */
export interface Seen {
  readonly kind: 'list' | 'watch' | 'other';
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * A real HTTP server that serves widgets by list and watch as an API server does, and misbehaves on demand: a list of
 * misbehaviours is used up by the next lists or watches, or one is used for all. Everything else is answered by `answer`.
 */
export class FakeApi {
  readonly seen: Seen[] = [];
  readonly misbehave: { list: Misbehaviour[]; watch: Misbehaviour[]; everyWatch?: Misbehaviour } = {
    list: [],
    watch: [],
  };
  answer: (seen: Seen, response: ServerResponse) => void = (_seen, response) => status(response, 404, 'NotFound');
  connections = 0;
  version = 100;
  readonly #objects = new Map<string, Widget>();
  readonly #history: { version: number; namespace: string; line: string }[] = [];
  readonly #watches = new Set<{ namespace: string | undefined; response: ServerResponse }>();
  readonly #server: Server;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'k8sta-kube-'));

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on('connection', () => this.connections++);
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Writes a kubeconfig that points here; more fields of the user on request. */
  kubeconfig(user: object = {}, cluster: object = {}): string {
    const file = path.join(this.#folder, 'kubeconfig');
    const place = { server: this.url, 'insecure-skip-tls-verify': true, ...cluster };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'fake',
      clusters: [{ name: 'fake', cluster: place }],
      users: [{ name: 'fake', user }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake', namespace: 'shop' } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  count(kind: Seen['kind']): number {
    return this.seen.filter((one) => one.kind === kind).length;
  }

  /** How many watches are open. */
  get watching(): number {
    return this.#watches.size;
  }

  /** Creates or changes a widget and tells the watches, unless they are not to know. */
  put(name: string, value: string, { uid = `uid-${name}`, namespace = 'shop', quietly = false } = {}): Widget {
    const key = `${namespace}/${name}`;
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED';
    const metadata = { name, namespace, uid, resourceVersion: String(++this.version) };
    const object: Widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata, spec: { value } };
    this.#objects.set(key, object);
    this.#tell(type, object, quietly);
    return object;
  }

  delete(name: string, { namespace = 'shop', quietly = false } = {}): void {
    const key = `${namespace}/${name}`;
    const object = this.#objects.get(key);
    if (!object) throw new Error(`no widget ${key}`);
    this.#objects.delete(key);
    const metadata = { ...object.metadata, resourceVersion: String(++this.version) };
    this.#tell('DELETED', { ...object, metadata }, quietly);
  }

  /** Sends a line to every open watch, whatever it is. */
  say(line: string): void {
    for (const { response } of this.#watches) response.write(`${line}\n`);
  }

  /** Ends every open watch as a server does that closes it. */
  closeWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  /** Breaks the connections of every open watch. */
  breakWatches(): void {
    for (const { response } of this.#watches) response.destroy();
    this.#watches.clear();
  }

  #tell(type: string, object: Widget, quietly: boolean): void {
    if (quietly) return;
    const namespace = object.metadata.namespace ?? '';
    const line = JSON.stringify({ type, object });
    this.#history.push({ version: this.version, namespace, line });
    for (const watch of this.#watches) {
      if (watch.namespace === undefined || watch.namespace === namespace) watch.response.write(`${line}\n`);
    }
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const widgets = /^\/apis\/example\.com\/v1(?:\/namespaces\/([^/]+))?\/widgets$/.exec(pathname);
    const isRead = widgets && request.method === 'GET';
    const kind = !isRead ? 'other' : searchParams.has('watch') ? 'watch' : 'list';
    const { method = '', headers } = request;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const seen = {
        kind,
        method,
        path: pathname,
        query: searchParams,
        headers,
        body: Buffer.concat(parts).toString(),
      } as const;
      this.seen.push(seen);
      response.setHeader('content-type', 'application/json');
      if (kind === 'other') return this.answer(seen, response);
      const bad = this.misbehave[kind].shift() ?? (kind === 'watch' ? this.misbehave.everyWatch : undefined);
      if (bad) return bad(request, response);
      if (kind === 'watch') this.#watch(response, widgets?.[1], Number(searchParams.get('resourceVersion')));
      else this.#list(response, widgets?.[1], searchParams);
    });
  }

  #list(response: ServerResponse, namespace: string | undefined, query: URLSearchParams): void {
    const all = [...this.#objects.values()].filter(({ metadata }) => !namespace || metadata.namespace === namespace);
    const from = Number(query.get('continue') ?? 0);
    const to = Math.min(from + Number(query.get('limit') ?? all.length), all.length);
    const items = all.slice(from, to).map(({ metadata, spec }) => ({ metadata, spec }));
    const metadata = { resourceVersion: String(this.version), ...(to < all.length ? { continue: String(to) } : {}) };
    response.end(JSON.stringify({ kind: 'WidgetList', apiVersion: 'example.com/v1', metadata, items }));
  }

  #watch(response: ServerResponse, namespace: string | undefined, since: number): void {
    const watch = { namespace, response };
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
    response.flushHeaders();
    for (const event of this.#history) {
      if (event.version > since && (namespace === undefined || namespace === event.namespace))
        response.write(`${event.line}\n`);
    }
  }
}

/** An address where nobody listens. */
export async function closedAddress(): Promise<string> {
  const api = await new FakeApi().start();
  const { url } = api;
  await api.stop();
  return url;
}

/** Answers with the API's own kind of error. */
export function status(response: ServerResponse, code: number, reason: string, more: object = {}): void {
  response.statusCode = code;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(statusOf(code, reason, more)));
}

export function statusOf(code: number, reason: string, more: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `because ${reason}`, ...more };
}

/** Misbehaves by answering with that code. */
export function refuse(code: number, reason: string): Misbehaviour {
  return (_request, response) => status(response, code, reason);
}

/** Misbehaves by breaking the connection. */
export const reset: Misbehaviour = (request) => void request.socket.destroy();

/** Misbehaves by taking the request and never saying a thing. */
export const hang: Misbehaviour = () => undefined;

/** Misbehaves by opening a watch on which never a byte comes. */
export const silence: Misbehaviour = (_request, response) => response.flushHeaders();
