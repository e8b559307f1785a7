/** `GET /healthz`: whether the runtime makes progress, for probes. */

import { createServer, type Server } from 'node:http';
import { TerminalError } from '../errors';

export interface Health {
  readonly ok: boolean;
  /** One sentence each. */
  readonly problems: readonly string[];
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers 200 while all is well, else 503 with the problems, one a line.
 *
 * @param port 0 for any free one
 * @throws TerminalError naming the port when it is in use
 */
export function serveHealth(port: number, health: () => Health): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /healthz\n');
      return;
    }
    const { ok, problems } = health();
    response.writeHead(ok ? 200 : 503, { 'content-type': 'text/plain' }).end(ok ? 'ok\n' : `${problems.join('\n')}\n`);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use: choose another with --health-port' : `: ${error.message}`;
      reject(new TerminalError(`health port ${port} ${why}`));
    });
    server.listen(port, () => resolve({ port: portOf(server), close: () => close(server) }));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
