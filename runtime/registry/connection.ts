/** One request to a registry: deadline, size limit, authentication, and errors in three classes. */

import { TerminalError, TransientError } from '../errors';
import type { Address } from './address';

export interface RegistryCredential {
  readonly username: string;
  readonly password: string;
}

export type CredentialOf = (host: string) => Promise<RegistryCredential | undefined>;

const DEADLINE_MS = 15_000;
const LARGEST_BODY = 8 * 1024 * 1024;
const DEFAULT_RETRY_MS = 30_000;

const basic = ({ username, password }: RegistryCredential): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Milliseconds that a `Retry-After` asks for: seconds, or a date. */
function waitIn(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** The parameters of a `WWW-Authenticate: Bearer realm="...",service="..."` challenge. */
const challengeIn = (header: string | null): Record<string, string> | undefined =>
  header === null || !/^bearer /i.test(header)
    ? undefined
    : Object.fromEntries(
        [...header.matchAll(/([a-z_]+)="([^"]*)"/gi)].map(([, key = '', value = '']) => [key.toLowerCase(), value]),
      );

export class Connection {
  readonly #tokens = new Map<string, string>();

  constructor(private readonly credentialOf: CredentialOf) {}

  /**
   * Asks for a path below the repository, or an absolute URL on the same host.
   *
   * @throws TransientError unless the answer is a success or 404
   */
  async ask(
    address: Address,
    path: string,
    options: { method?: string; accept?: string; signal?: AbortSignal } = {},
  ): Promise<Response> {
    const url = new URL(path.startsWith('http') ? path : `${address.base}${path}`);
    if (url.origin !== new URL(address.base).origin) {
      throw new TerminalError(
        `${address.host} points to another host (${url.host}) for more; it is not followed`,
        'InvalidRegistryAnswer',
      );
    }
    if (address.mirrorOf !== undefined) url.searchParams.set('ns', address.mirrorOf);
    const first = await this.#send(address, url, options, this.#tokens.get(address.base));
    if (first.status !== 401) return this.#checked(address, url, first);
    await first.body?.cancel();
    const authorization = await this.#authorize(address, first.headers.get('www-authenticate'), options.signal);
    this.#tokens.set(address.base, authorization);
    return this.#checked(address, url, await this.#send(address, url, options, authorization));
  }

  async #send(
    address: Address,
    url: URL,
    { method = 'GET', accept = '*/*', signal }: { method?: string; accept?: string; signal?: AbortSignal },
    authorization: string | undefined,
  ): Promise<Response> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    try {
      return await fetch(url, {
        method,
        headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
        redirect: 'follow',
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      });
    } catch (error) {
      const why = deadline.aborted ? `no answer within ${DEADLINE_MS / 1000} s` : causeOf(error);
      throw new TransientError(`registry ${address.host} cannot be reached: ${why}`, undefined, { cause: error });
    }
  }

  /** Gets a token as the challenge says, with the credential of the registry where there is one. */
  async #authorize(address: Address, header: string | null, signal?: AbortSignal): Promise<string> {
    const credential = await this.credentialOf(address.host);
    const challenge = challengeIn(header);
    if (challenge?.['realm'] === undefined) {
      if (credential === undefined) throw refused(address, 'it asks for a credential and none is known');
      return basic(credential);
    }
    if (!URL.canParse(challenge['realm'])) throw refused(address, 'it names a token service that is no address');
    const realm = new URL(challenge['realm']);
    if (realm.protocol !== 'https:' && realm.origin !== new URL(address.base).origin) {
      throw refused(address, `its token service ${realm.host} does not speak https`);
    }
    for (const key of ['service', 'scope']) {
      const value = challenge[key];
      if (value !== undefined) realm.searchParams.set(key, value);
    }
    const tokenAddress = { ...address, host: realm.host };
    const reply = await this.#send(
      tokenAddress,
      realm,
      signal === undefined ? {} : { signal },
      credential && basic(credential),
    );
    if (reply.status === 401 || reply.status === 403)
      throw refused(address, 'its token service does not accept the credential');
    if (!reply.ok) throw new TransientError(`token service ${realm.host} of ${address.host} answered ${reply.status}`);
    const bearer = tokenIn(await readJson(realm.host, reply));
    if (bearer === undefined) throw new TransientError(`token service ${realm.host} of ${address.host} gave no token`);
    return `Bearer ${bearer}`;
  }

  async #checked(address: Address, url: URL, reply: Response): Promise<Response> {
    if (reply.ok || reply.status === 404) return reply;
    await reply.body?.cancel();
    if (reply.status === 401 || reply.status === 403) throw refused(address, `it answered ${reply.status}`);
    const asked = waitIn(reply.headers.get('retry-after'));
    const retryAfterMs = asked ?? (reply.status === 429 ? DEFAULT_RETRY_MS : undefined);
    throw new TransientError(`registry ${address.host} answered ${reply.status} for ${url.pathname}`, retryAfterMs);
  }
}

/** The token of an answer, under the one name or the other. */
function tokenIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const found = [['token'], ['access_token']].map(([key = '']): unknown => Reflect.get(body, key));
  return found.find((value): value is string => typeof value === 'string');
}

/** A person mends this, and nothing tells us when: so it is tried again, and says what to do. */
const refused = (address: Address, why: string): TransientError =>
  new TransientError(
    `registry ${address.host} refuses us: ${why}. Set a Secret with label k8sta.io/credential=registry and url https://${address.host}, or secretName on the subscription`,
    60_000,
  );

/** The reason below `fetch failed`, by its shape: a caller may live in another realm than the client. */
function causeOf(error: unknown): string {
  const cause: unknown = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  const message = (of: unknown): unknown =>
    typeof of === 'object' && of !== null && 'message' in of ? of.message : undefined;
  return String(message(cause) ?? message(error) ?? error);
}

/**
 * The body, never more of it than a registry may reasonably send.
 *
 * @param host who answered, for messages
 * @param most bytes
 */
export async function readBody(host: string, reply: Response, most = LARGEST_BODY): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const body: ReadableStream<Uint8Array> | null = reply.body;
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > most) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new TransientError(`the answer of ${host} broke off: ${causeOf(error)}`, undefined, { cause: error });
  }
  if (size > most) throw new TransientError(`an answer of ${host} has more than ${most} bytes`);
  return Buffer.concat(chunks);
}

/** The body as JSON. */
export async function readJson(host: string, reply: Response): Promise<unknown> {
  const body = await readBody(host, reply);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new TransientError(`${host} answered something that is not JSON`, undefined, { cause: error });
  }
}
