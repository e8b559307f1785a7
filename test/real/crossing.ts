/** A reverse proxy between the runtime and a server, where a test sees every request and may act before the answer. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { open, type Access } from './stack';

/** A request that passed. */
export interface Passage {
  readonly method: string;
  readonly path: string;
  /** Of JSON bodies. */
  readonly body: unknown;
  /** When it came and when it was answered, by `performance.now()`; a watch is answered when it begins. */
  readonly startedAt: number;
  readonly answeredAt: number;
}

/** Called when the server has answered and its client has not heard of it yet. */
export type Inspector = (passage: Passage) => Promise<void> | void;

export class Crossing {
  /** May be changed at any time. */
  inspect: Inspector = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(target: Access): Promise<Crossing> {
    const pass = (request: IncomingMessage, response: ServerResponse): void => {
      void forward(target, request, response, (passage) => crossing.inspect(passage));
    };
    const server = createServer(pass);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an address of this shape.
    const { port } = server.address() as AddressInfo;
    const crossing = new Crossing(server, `http://127.0.0.1:${port}`);
    return crossing;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function forward(
  target: Access,
  request: IncomingMessage,
  response: ServerResponse,
  inspect: Inspector,
): Promise<void> {
  const { method = 'GET', url: path = '/' } = request;
  const startedAt = performance.now();
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // Whoever asked hung up before it had said what: there is nothing to pass on, and nobody to tell.
    return;
  }
  const body = Buffer.concat(chunks);
  const headers = { ...request.headers };
  // These are between two neighbours, not between the ends.
  for (const name of ['host', 'connection', 'transfer-encoding']) delete headers[name];
  // Node's own headers fit its own requests.
  const sent = open(target, method, path, headers as Record<string, string>, (answer) => {
    const passage = { method, path, body: parsed(body), startedAt, answeredAt: performance.now() };
    // A server that breaks off is heard by the client as it is: its connection breaks too.
    answer.on('error', () => response.destroy());
    void Promise.resolve(inspect(passage)).then(() => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
  });
  sent.on('error', () => response.destroy());
  response.once('close', () => sent.destroy());
  sent.end(body);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
