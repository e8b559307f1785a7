/** A registry in front of which a test decides every answer, over a real socket. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, texts and bytes as they are; `cut` ends the connection half-way. */
  readonly body?: unknown;
  readonly cut?: true;
}

export type Answering = (request: {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly method: string;
  readonly authorization: string | undefined;
}) => Answer | undefined;

export class Misbehaving {
  private constructor(
    private readonly server: Server,
    readonly url: string,
    /** `METHOD path` of everything that was asked. */
    readonly asked: readonly string[],
  ) {}

  static async start(answering: (url: string) => Answering): Promise<Misbehaving> {
    let answer: Answering = () => undefined;
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      reply(request, response, answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    answer = answering(url);
    return new Misbehaving(server, url, asked);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

function reply(request: IncomingMessage, response: ServerResponse, answering: Answering): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://registry');
  const found = answering({
    path: pathname,
    query: searchParams,
    method: request.method ?? 'GET',
    authorization: request.headers.authorization,
  });
  const { status = found === undefined ? 404 : 200, headers = {}, body, cut } = found ?? {};
  if (cut) {
    response.writeHead(status, { 'Content-Length': '1000' });
    response.write('{');
    setImmediate(() => response.destroy());
    return;
  }
  response.writeHead(status, headers);
  const raw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
  response.end(raw ? body : JSON.stringify(body));
}
