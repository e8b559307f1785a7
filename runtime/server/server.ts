import { fastify, type FastifyReply } from 'fastify';
import { listen, type Served } from './listen';

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
  return listen(app, { ...(address !== undefined && { address }), port, portOption: '--port' });
}
