/** The address that the world may reach: it takes webhooks and answers nothing else. */

import rateLimit from '@fastify/rate-limit';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import { listen, type Served } from './listen';

/** What was sent to a path, as it came. */
export interface Parcel {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface WebhooksOptions {
  /** Address to listen on. @default - all, of both families where the machine has both */
  readonly address?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Bytes of a body; one that says it is longer is not read. */
  readonly longestBody: number;
  /** Requests a second from one address of the network. @default 500 */
  readonly mostASecond?: number;
  /** Takes a parcel; false where it is refused, a text where it cannot be read. */
  readonly take: (parcel: Parcel) => boolean | string;
}

/** A sender has this long for all of its request, however slowly it comes. */
const REQUEST_MS = 10_000;

/**
 * Answers 202 to what is taken, and 401 to everything else that is posted: nobody learns which addresses there are.
 *
 * @throws TerminalError naming address and port when it cannot listen
 */
export async function serveWebhooks(options: WebhooksOptions): Promise<Served> {
  const { longestBody, mostASecond = 500, take } = options;
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: longestBody,
    requestTimeout: REQUEST_MS,
    connectionTimeout: 2 * REQUEST_MS,
  });
  await app.register(rateLimit, { max: mostASecond, timeWindow: 1_000, cache: 10_000 });
  // Signatures are of bytes, whatever they are said to be.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const plain = (reply: FastifyReply, code: number, text: string): FastifyReply =>
    reply.code(code).type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(`${text}\n`);
  app.post('/webhooks/*', async (request, reply) => {
    const taken = take(parcelOf(request));
    if (taken === true) return plain(reply, 202, 'taken');
    return taken === false ? plain(reply, 401, 'refused') : plain(reply, 400, `not understood: ${taken}`);
  });
  app.setNotFoundHandler((_request, reply) => plain(reply, 401, 'refused'));
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode } = error as { readonly statusCode?: number };
    const code = statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
    return plain(reply, code, code === 429 ? 'too many requests' : code === 413 ? 'too long' : 'refused');
  });
  return listen(app, { ...options, portOption: '--webhook-port' });
}

function parcelOf({ url, headers, body }: FastifyRequest): Parcel {
  const single = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return {
    path: url.replace(/\?.*$/, ''),
    headers: Object.fromEntries(single) as Parcel['headers'],
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}
