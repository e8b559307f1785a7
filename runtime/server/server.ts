import { networkInterfaces } from 'node:os';
import { fastify, type FastifyReply } from 'fastify';
import { TerminalError } from '../errors';

/** What a probe has to say, in sentences. */
export interface Probe {
  /** What is wrong, and what to do; all is well without any. */
  readonly problems: readonly string[];
  /** What else is worth knowing. */
  readonly notes?: readonly string[];
}

export interface ServedOptions {
  /** Address to listen on. @default - all, of both families where the machine has both */
  readonly address?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Whether the process makes progress; where not, a restart helps. */
  readonly liveness: () => Probe;
  /** Whether the process can do its work, or take it over. */
  readonly readiness: () => Probe;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers `/livez`, `/readyz` and `/metrics`. A probe is 200 while there is no problem, else 503; its sentences follow,
 * one a line.
 *
 * @throws TerminalError naming address and port when it cannot listen
 */
export async function serve({ address, port, liveness, readiness, metrics }: ServedOptions): Promise<Served> {
  const app = fastify({ forceCloseConnections: true });
  const plain = (reply: FastifyReply): FastifyReply =>
    reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store');
  const answer = (probe: () => Probe) => async (_request: unknown, reply: FastifyReply) => {
    const { problems, notes = [] } = probe();
    const lines = [...(problems.length === 0 ? ['ok'] : problems), ...notes];
    return plain(reply)
      .code(problems.length === 0 ? 200 : 503)
      .send(`${lines.join('\n')}\n`);
  };
  app.get('/livez', answer(liveness));
  app.get('/readyz', answer(readiness));
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
  app.setNotFoundHandler((_request, reply) => plain(reply).code(404).send('GET /livez, /readyz, /metrics\n'));
  try {
    await app.listen({ host: address ?? (hasIPv6() ? '::' : '0.0.0.0'), port });
  } catch (error) {
    await app.close();
    const where = address === undefined ? `port ${port}` : `port ${port} of ${address}`;
    throw new TerminalError(`${where}: ${whyNot(error)}`, undefined, { cause: error });
  }
  const bound = app.server.address();
  return { port: typeof bound === 'object' && bound ? bound.port : port, close: () => app.close() };
}

const hasIPv6 = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'));

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'it is in use: choose another with --port, or 0 for any free one';
  if (code === 'EADDRNOTAVAIL') return 'no interface has this address: choose another with --address';
  if (code === 'EACCES') return 'not allowed: choose a port above 1023 with --port';
  return message;
}
