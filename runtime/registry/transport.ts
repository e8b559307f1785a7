/**
 * One HTTP exchange: address checked before anything is sent, redirects followed by us, size and time bounded. What comes
 * back is whole or an error.
 */

import {
  Agent as PlainAgent,
  request as plainRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { messageOf, TerminalError, TransientError } from '../errors';
import { isPublic, type Reach, type Reachable } from './reachable';

const ANSWER_MS = 15_000;
const BODY_MS = 60_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** Connections are kept for the rest of a look, not until the next one. */
const KEPT = { keepAlive: true, timeout: 5_000 };

export interface Question {
  readonly url: URL;
  /** The registry as people call it, for messages. */
  readonly registry: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Form of a POST. */
  readonly form?: string;
  /** Bytes that an answer may have. */
  readonly limit: number;
  /** Certificates of authorities that sign for this registry, PEM; beside those of the system. */
  readonly ca?: string;
  /** Whether a public server named this URL. */
  readonly sentByPublic: boolean;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the status is no success: what a server says of its failures is not for our messages. */
  readonly body: Buffer;
  /** Whether it came from the wide internet. */
  readonly fromPublic: boolean;
}

export interface TransportOptions {
  readonly reachable: Reachable;
  /** Origins that the operator set. */
  readonly trusted: ReadonlySet<string>;
}

export class Transport {
  readonly #plain = new PlainAgent(KEPT);
  /** One for each set of authorities: a connection is trusted as it was made. */
  readonly #secure = new Map<string | undefined, SecureAgent>([[undefined, new SecureAgent(KEPT)]]);

  constructor(private readonly options: TransportOptions) {}

  /**
   * Asks, and follows redirects; a credential goes to the origin that it was given for and to no other.
   *
   * @throws TransientError when there is no whole answer, TerminalError for an address that may not be asked
   */
  async ask(question: Question): Promise<Answer> {
    let { url, headers, sentByPublic } = question;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      const answer = await this.#once({ ...question, url, headers, sentByPublic });
      const target = REDIRECTS.includes(answer.status) ? answer.headers.location : undefined;
      if (target === undefined) return answer;
      if (!URL.canParse(target, url.href)) throw new TransientError(`${url.host} redirects to what is no address`);
      const next = new URL(target, url);
      if (next.protocol !== 'https:' && next.origin !== url.origin) {
        throw new TerminalError(`${url.host} redirects to ${next.host} without https; it is not followed`);
      }
      if (next.origin !== url.origin) {
        if (question.form !== undefined) throw new TerminalError(`${url.host} redirects a credential to ${next.host}`);
        headers = Object.fromEntries(
          Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
        );
        sentByPublic = answer.fromPublic;
      }
      url = next;
    }
    throw new TransientError(`registry ${question.registry} redirects more than ${MOST_REDIRECTS} times`, 60_000);
  }

  #agentFor(ca: string | undefined): SecureAgent {
    const known = this.#secure.get(ca);
    if (known !== undefined) return known;
    let agent: SecureAgent;
    try {
      const authorities = ca === undefined ? [] : certificatesIn(ca);
      const secureContext = createSecureContext({ ca: [...getCACertificates('default'), ...authorities] });
      agent = new SecureAgent({ ...KEPT, secureContext });
    } catch (error) {
      throw new TerminalError(`the certificate of its authority is no PEM: ${messageOf(error)}`, undefined, {
        cause: error,
      });
    }
    this.#secure.set(ca, agent);
    return agent;
  }

  async #once(question: Question): Promise<Answer> {
    try {
      return await this.#exchange(question);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      // The server had closed a connection that was kept for later; nothing of the question was read.
      return this.#exchange(question);
    }
  }

  #exchange(question: Question): Promise<Answer> {
    const { url, registry, method, headers, form, limit, ca, signal } = question;
    const reach: Reach = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      trusted: this.options.trusted.has(url.origin),
      sentByPublic: question.sentByPublic,
    };
    return new Promise<Answer>((resolve, reject) => {
      // Nobody resolves an address that is written as one, so the connection would not check it.
      if (isIP(reach.host) !== 0) this.options.reachable.check(reach.host, reach);
      if (!['http:', 'https:'].includes(url.protocol))
        throw new TerminalError(`${url.protocol} is no way to a registry`);
      const secure = url.protocol === 'https:';
      const call = (secure ? secureRequest : plainRequest)(url, {
        method,
        headers: {
          ...headers,
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        agent: secure ? this.#agentFor(ca) : this.#plain,
        lookup: this.options.reachable.lookupFor(reach),
        ...(signal === undefined ? {} : { signal }),
      });
      const giveUp = (words: string) => (): void => void call.destroy(new TransientError(words));
      let timer = setTimeout(giveUp(`registry ${registry} gave no answer within ${ANSWER_MS / 1000} s`), ANSWER_MS);
      const fail = (prefix: string) => (error: Error) => {
        clearTimeout(timer);
        reject(classified(error, prefix, call.reusedSocket));
      };
      call.on('error', fail(`registry ${registry} cannot be reached`));
      call.on('response', (reply) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp(`the answer of ${registry} did not end within ${BODY_MS / 1000} s`), BODY_MS);
        const { statusCode: status = 0, headers: received, socket } = reply;
        const fromPublic = isPublic(socket.remoteAddress ?? '0.0.0.0');
        const done = (body: Buffer): void => {
          clearTimeout(timer);
          resolve({ status, headers: received, body, fromPublic });
        };
        if (status < 200 || status > 299 || method === 'HEAD') {
          discard(reply);
          done(Buffer.alloc(0));
          return;
        }
        call.removeAllListeners('error');
        call.on('error', fail(`the answer of ${registry} broke off`));
        read(reply, limit, registry).then(done, fail(`the answer of ${registry} broke off`));
      });
      call.end(form);
    });
  }
}

/**
 * The certificates of a PEM. What is none would be passed over in silence, and nobody would know why a server is not
 * trusted.
 *
 * @throws Error where there are none, or one cannot be read
 */
function certificatesIn(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new Error('there is no certificate in it');
  return found.map((one) => new X509Certificate(one).toString());
}

/** What is left of an answer that nobody reads: a little is taken so that the connection can be kept, no more. */
function discard(reply: IncomingMessage): void {
  let size = 0;
  reply.on('error', () => undefined);
  reply.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > 64 * 1024) reply.destroy();
  });
}

/** The body, never more of it than a registry may reasonably send. */
async function read(reply: IncomingMessage, limit: number, host: string): Promise<Buffer> {
  const tooLong = (): TransientError => {
    reply.destroy();
    return new TransientError(`an answer of ${host} has more than ${limit} bytes`, 60_000);
  };
  if (Number(reply.headers['content-length'] ?? 0) > limit) throw tooLong();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > limit) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

class StaleConnection extends Error {}

function classified(
  error: Error & { readonly code?: unknown; readonly errors?: readonly Error[] },
  prefix: string,
  reused: boolean,
): Error {
  if (error instanceof TerminalError || error instanceof TransientError) return error;
  if (reused && (error.code === 'ECONNRESET' || error.code === 'EPIPE') && prefix.endsWith('reached')) {
    return new StaleConnection();
  }
  // Several addresses were tried: the message of the first that failed says why.
  const inner = error.errors?.map(messageOf).join(', ');
  return new TransientError(`${prefix}: ${inner ?? error.message}`, undefined, { cause: error });
}
