/** A registry in front of which a test decides every answer, over a real socket. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, texts and bytes as they are. */
  readonly body?: unknown;
  /** Ends the connection half-way. */
  readonly cut?: true;
  /** Bytes that the answer is said to have; it has fewer. */
  readonly announced?: number;
  /** Sends chunk after chunk for as long as somebody takes them. */
  readonly endless?: true;
}

export type Answering = (request: {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly ifNoneMatch: string | undefined;
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

  /** How many are open. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
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
    ifNoneMatch: request.headers['if-none-match'],
  });
  const { status = found === undefined ? 404 : 200, headers = {}, body, cut, announced, endless } = found ?? {};
  if (announced !== undefined) {
    response.writeHead(status, { 'Content-Length': String(announced) });
    response.write('{');
    return;
  }
  if (endless) {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.writeHead(status).on('drain', more);
    more();
    return;
  }
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
