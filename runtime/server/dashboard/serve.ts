import { randomBytes } from 'node:crypto';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import { fastify, type FastifyError, type FastifyInstance } from 'fastify';
import { messageOf, TransientError } from '../../errors';
import type { Sight } from '../../dispatch';
import { type Clock, type ConnectedCluster, systemClock } from '../../kube';
import type { Log } from '../../log';
import { listen, type Served } from '../listen';
import { Access } from './access';
import { Refusal } from './answer';
import { guard } from './boundary';
import { routeAuthors } from './authors';
import { routeDetails } from './details';
import { routeDiff } from './diff';
import { routeFiles } from './files';
import { routeOIDC } from './oidc';
import { routeRights } from './rights';
import { Sessions } from './session';
import { SettingsReader } from './settings';
import { routeSignIn } from './sign-in';
import { routeStream } from './stream';
import { routeVerbs } from './verbs';

export interface DashboardOptions {
  /** Address to listen on. @default - all, of both families where the machine has both */
  readonly address?: string;
  /** 0 for any free one. */
  readonly port: number;
  /**
   * Nobody has to sign in, and everybody may do what the runtime may. For a railyard, and with an address of loopback
   * alone.
   */
  readonly open: boolean;
  /** Folder of the built page. */
  readonly page: string;
  readonly sight: Sight;
  readonly cluster: Pick<ConnectedCluster, 'callAs'>;
  readonly log: Log;
  /** @default - the machine's */
  readonly clock?: Clock;
}

const LONGEST_BODY = 256 * 1024;
const REQUEST_MS = 10_000;
/** From one address of the network. */
const MOST_SIGN_INS = { rateLimit: { max: 60, timeWindow: 60_000 } };
const MOST_REQUESTS = { max: 3_000, timeWindow: 10_000, cache: 10_000 };

/**
 * Serves the dashboard: the page, what it follows, and what people say by it.
 *
 * @throws TerminalError naming address and port when it cannot listen, or the page where it was not built
 */
export async function serveDashboard(options: DashboardOptions): Promise<Served> {
  const { open, page, sight, cluster, log, clock = systemClock } = options;
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: LONGEST_BODY,
    requestTimeout: REQUEST_MS,
    // What is asked for is taken as it is, or refused.
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        discriminator: true,
        strict: false,
      },
    },
  });
  // A form of another site can send plain text, and no JSON.
  app.removeContentTypeParser('text/plain');
  const reader = new SettingsReader(open ? { settings: () => [] } : sight, log);
  const settings = () => reader.present();
  const access = new Access(cluster, clock);
  const sessions = new Sessions({ access, open, settings, clock });

  answerErrors(app, log);
  guard(app, { open, settings });
  await app.register(cookie);
  await app.register(rateLimit, MOST_REQUESTS);
  const limit = MOST_SIGN_INS;
  routeSignIn(app, { sight, sessions, access }, limit);
  if (!open) routeOIDC(app, { sessions, settings, clock, log }, limit);
  routeStream(app, { sight, sessions, access, clock, log });
  routeDetails(app, { sight, sessions, clock });
  routeAuthors(app, { sight, sessions, clock });
  routeDiff(app, { sight, sessions, clock });
  routeRights(app, { sessions, access });
  routeVerbs(app, { sessions, suffix: () => randomBytes(3).toString('hex'), log });
  await routeFiles(app, page);
  const { address } = options;
  return listen(app, {
    port: options.port,
    portOption: '--dashboard-port',
    addressOption: '--dashboard-address',
    ...(address !== undefined && { address }),
  });
}

/** Every answer that is no success is a sentence; what nobody foresaw is told to the log alone. */
function answerErrors(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler(async (request) => {
    throw new Refusal(404, `there is nothing at ${request.method} ${request.url.replace(/\?.*$/s, '')}`);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = (code: number, words: string, more: object = {}): unknown =>
      reply.code(code).send({ error: words, ...more });
    if (error instanceof Refusal) return answer(error.code, error.message, error.more);
    if (error instanceof TransientError) {
      log.warn({ error: error.message }, 'The dashboard had no answer of the API server');
      return answer(503, `try again in a moment: ${error.message}`);
    }
    const { statusCode: code = 500 } = error;
    if (code === 429) return answer(code, 'too many requests from your address: wait a minute');
    if (code >= 400 && code < 500) return answer(code, `not understood: ${error.message}`);
    log.error({ path: request.routeOptions.url, error: messageOf(error) }, 'The dashboard failed to answer');
    return answer(500, "this went wrong inside: the runtime's log says more");
  });
}
