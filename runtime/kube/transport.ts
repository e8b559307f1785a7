import type { Readable } from 'node:stream';
import { type Fence, passFence } from '../fence';
import { HttpMethod, type KubeConfig, RequestContext } from './client';
import { retryAfterMsOf } from './fault';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path inside the API, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** @default `application/json` */
  readonly contentType?: string;
  /** Ends the request, and the reading of its answer. */
  readonly signal: AbortSignal;
  /** Asked right before the request goes out, and ends it in time. @default - it goes out */
  readonly fence?: Fence;
}

/** An answer whose body is still to be read. */
export interface ApiReply {
  readonly status: number;
  readonly retryAfterMs?: number;
  /** The server's time when it answered, cut to the second; milliseconds since the epoch. */
  readonly date?: number;
  text(): Promise<string>;

  /** Calls `take` with each piece of the body; resolves at its end. What `take` throws ends it, and is thrown. */
  each(take: (chunk: Buffer) => void): Promise<void>;
}

/** Requests with the kubeconfig's address, credentials and TLS. Rejects when there is no answer; any code is one. */
export interface Transport {
  /** Where it points, without credentials, for messages. */
  readonly server: string;
  send(request: ApiRequest): Promise<ApiReply>;
}

/**
 * The transport over the connections of the client library.
 *
 * Below its generated clients and its `fetch`: these take a third of the time that a large event has, and their answers
 * cannot be read as they come. Redirects are not followed, compression is not asked for, and no time limit applies but
 * the request's signal.
 *
 * @param authenticate gives a request its credentials and its connection pool
 */
export function transportOver(server: string, authenticate: KubeConfig['applySecurityAuthentication']): Transport {
  const { origin, pathname } = new URL(server);
  const prefix = pathname.replace(/\/$/, '');
  return {
    server: origin + prefix,
    async send({ method, path, query = {}, body, contentType = 'application/json', signal: given, fence }) {
      const context = new RequestContext(origin + prefix + path, HttpMethod[method]);
      await authenticate(context);
      given.throwIfAborted();
      const pool = context.getDispatcher();
      if (!pool) throw new Error('the kubeconfig gives no connections');
      // Credentials may have taken their time: nothing that can wait may stand between this question and the request.
      const signal = fence ? within(passFence(fence, `${method} ${path}`), given) : given;
      const reply = await pool.request({
        origin,
        path: prefix + path + textOf(query),
        method,
        headers: {
          ...context.getHeaders(),
          accept: 'application/json',
          'user-agent': 'k8sta',
          ...(body === undefined ? {} : { 'content-type': contentType }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      // A body that breaks before anybody reads it must not be an uncaught error; who reads it hears of it.
      reply.body.on('error', () => undefined);
      const retryAfterMs = retryAfterMsOf(reply.headers['retry-after']);
      const date = Date.parse(String(reply.headers.date));
      return {
        status: reply.statusCode,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(Number.isNaN(date) ? {} : { date }),
        text: () => reply.body.text(),
        each: (take) => drain(reply.body, take),
      };
    },
  };
}

/** The transport whose writes ask the fence; reads pass. */
export function fenced(transport: Transport, fence: Fence): Transport {
  return {
    ...transport,
    send: (request) => transport.send(request.method === 'GET' ? request : { ...request, fence }),
  };
}

function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(ms))]);
}

function textOf(query: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return entries.length > 0 ? `?${new URLSearchParams(entries).toString()}` : '';
}

function drain(body: Readable, take: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    body.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        body.destroy();
      }
    });
    body.on('end', resolve);
    body.on('error', reject);
    body.on('close', () => reject(new Error('the connection was closed')));
  });
}
