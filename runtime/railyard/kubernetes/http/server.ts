import type { IncomingMessage, ServerResponse } from 'node:http';
import { noSuchResource, NotServed, StatusError } from '../status';
import type { CountedRequest } from './counts';
import type { Discovery } from './discovery';
import { aggregatedDiscovery } from './negotiation';
import type { OpenApi } from './openapi';
import { resourceRequest, urlOf } from './request';
import { send } from './respond';
import type { ResourceHandler } from './resources';

const VERSION = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0+railyard',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch}`,
};

const HEALTH = new Set(['/healthz', '/livez', '/readyz']);

/** Sends every request to who answers it, and refusals to who asked. */
export class RequestRouter {
  constructor(
    private readonly parts: {
      readonly resources: ResourceHandler;
      readonly discovery: Discovery;
      readonly openApi: OpenApi;
    },
    private readonly seen: (request: CountedRequest) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch (error) {
      this.refuse(response, error);
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const method = request.method ?? 'GET';
    const asked = resourceRequest(method, url);
    const resource = asked ? [asked.resource, ...(asked.subresource ? [asked.subresource] : [])].join('/') : '';
    const caller = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    this.seen({ method, path: url.pathname, verb: asked?.verb ?? method.toLowerCase(), resource, caller });
    if (asked) return this.parts.resources.handle(asked, request, response);
    if (method !== 'GET' && method !== 'HEAD') {
      throw new StatusError(405, 'MethodNotAllowed', `${method} is not supported on ${url.pathname}`);
    }
    this.answer(url.pathname, request, response);
  }

  private answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (HEALTH.has(path)) return plain(response, 200, 'ok');
    if (path === '/version' || path === '/version/') return send(response, 200, VERSION);
    if (path.startsWith('/openapi')) return this.openApi(path, response);
    if (path === '/api' || path === '/apis' || path.startsWith('/api/') || path.startsWith('/apis/')) {
      return this.discovery(path.replace(/\/$/, ''), request.headers.accept, response);
    }
    if (path === '/') return send(response, 200, { paths: ['/api', '/apis', '/openapi/v3', '/version', ...HEALTH] });
    throw noSuchResource();
  }

  private discovery(path: string, accept: string | undefined, response: ServerResponse): void {
    const { discovery } = this.parts;
    const top = path === '/api' || path === '/apis';
    const aggregated = top ? aggregatedDiscovery(accept) : undefined;
    if (aggregated) {
      response.setHeader('content-type', aggregated);
      return send(response, 200, discovery.aggregated(path === '/api'));
    }
    if (path === '/api') return send(response, 200, discovery.coreVersions());
    if (path === '/apis') return send(response, 200, discovery.groups());
    const [, root, first = '', second] = path.split('/');
    const found =
      root === 'api' || second !== undefined
        ? discovery.resources(second === undefined ? first : `${first}/${second}`)
        : discovery.group(first);
    if (!found) throw noSuchResource();
    send(response, 200, found);
  }

  private openApi(path: string, response: ServerResponse): void {
    const { openApi } = this.parts;
    if (path === '/openapi/v3') return send(response, 200, openApi.index());
    const document = path.startsWith('/openapi/v3/') ? openApi.document(path.slice('/openapi/v3/'.length)) : undefined;
    if (document) return send(response, 200, document);
    throw noSuchResource();
  }

  private refuse(response: ServerResponse, error: unknown): void {
    if (response.destroyed) return;
    if (response.headersSent) {
      response.destroy();
      this.failed(error);
      return;
    }
    if (error instanceof NotServed) return plain(response, 404, `${error.message}\n`);
    if (error instanceof StatusError) {
      const retry = error.details['retryAfterSeconds'];
      if (typeof retry === 'number') response.setHeader('retry-after', String(retry));
      if (error.code === 413) response.setHeader('connection', 'close');
      return send(response, error.code, error.body());
    }
    this.failed(error);
    const text = error instanceof Error ? error.message : String(error);
    send(response, 500, new StatusError(500, 'InternalError', `Internal error occurred: ${text}`).body());
  }
}

function plain(response: ServerResponse, code: number, text: string): void {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  send(response, code, Buffer.from(text));
}
