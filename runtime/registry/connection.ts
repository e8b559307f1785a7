/** Requests to one registry with one credential: in their turn, authenticated, and with errors in three classes. */

import type { Clock } from '../clock';
import { TerminalError, TransientError } from '../errors';
import type { Address } from './address';
import { Budget } from './budget';
import { challengeIn, tokenIn, type Challenge } from './challenge';
import { basic, type RegistryCredential } from './credential';
import type { Answer, Transport } from './transport';

const LARGEST_BODY = 8 * 1024 * 1024;
const LARGEST_TOKEN = 1024 * 1024;
const DEFAULT_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 6 * 60 * 60_000;
/** A token is renewed before it runs out on its way. */
const TOKEN_SLACK_MS = 5_000;

export interface Asking {
  readonly method?: 'GET' | 'HEAD';
  readonly accept: string;
  /** Of an answer that is known already. */
  readonly ifNoneMatch?: string;
  /** Bytes that the answer may have. @default 8 MiB */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** Milliseconds that a `Retry-After` asks for: seconds, a date, or, as some send it, seconds since the epoch. */
function waitIn(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
  const ms = number === undefined ? Date.parse(value) - now : number > 1e9 ? number * 1000 - now : number * 1000;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_MS, Math.max(0, ms));
}

const header = (answer: Answer, name: string): string | undefined => {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

export class Connection {
  /** By repository: a token is for one. */
  readonly #tokens = new Map<string, { readonly authorization: string; readonly until: number }>();
  readonly #budget: Budget;

  constructor(
    host: string,
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly credential: RegistryCredential | undefined,
  ) {
    this.#budget = new Budget({ clock, host });
  }

  /**
   * Asks for a path below the repository, or an absolute URL on the same host.
   *
   * @returns the answer of a success, of 304 and of 404
   * @throws TransientError for any other
   */
  async ask(address: Address, path: string, asking: Asking): Promise<Answer> {
    const url = new URL(path.startsWith('http') ? path : `${address.base}${path}`);
    if (url.origin !== new URL(address.base).origin) {
      throw new TerminalError(
        `${address.host} points to another host (${url.host}) for more; it is not followed`,
        'InvalidRegistryAnswer',
      );
    }
    if (address.mirrorOf !== undefined) url.searchParams.set('ns', address.mirrorOf);
    return this.#budget.run(
      address.base,
      async () => this.#checked(address, url, await this.#authenticated(address, url, asking)),
      asking.signal,
    );
  }

  async #authenticated(address: Address, url: URL, asking: Asking): Promise<Answer> {
    const known = this.#tokens.get(address.base);
    const usable = known !== undefined && known.until > this.clock.uptime() ? known.authorization : undefined;
    const first = await this.#send(address, url, asking, usable);
    if (first.status !== 401) return first;
    this.#tokens.delete(address.base);
    const challenge = challengeIn(header(first, 'www-authenticate'));
    const granted = await this.#authorize(address, challenge, first.fromPublic, asking.signal);
    this.#tokens.set(address.base, granted);
    return this.#send(address, url, asking, granted.authorization);
  }

  #send(address: Address, url: URL, asking: Asking, authorization: string | undefined): Promise<Answer> {
    const { method = 'GET', accept, ifNoneMatch, limit = LARGEST_BODY, signal } = asking;
    return this.transport.ask({
      url,
      registry: address.host,
      method,
      headers: {
        accept,
        ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      limit,
      sentByPublic: false,
      ...this.#authorities(),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #authorities(): { ca?: string } {
    return this.credential?.authorities === undefined ? {} : { ca: this.credential.authorities };
  }

  /** What the challenge wants, with the credential where there is one. */
  async #authorize(
    address: Address,
    challenge: Challenge | undefined,
    sentByPublic: boolean,
    signal: AbortSignal | undefined,
  ): Promise<{ authorization: string; until: number }> {
    const { credential } = this;
    const own = credential && basic(credential);
    if (challenge?.scheme !== 'bearer') {
      if (own === undefined) throw refused(address, 'it asks for a credential and none is known');
      return { authorization: own, until: Infinity };
    }
    const { service, scope } = challenge;
    const realm = realmOf(address, challenge);
    const wanted = { ...(service !== undefined && { service }), ...(scope !== undefined && { scope }) };
    const refresh = credential?.identityToken;
    const form = { grant_type: 'refresh_token', refresh_token: refresh ?? '', client_id: 'k8sta', ...wanted };
    if (refresh === undefined) for (const [key, value] of Object.entries(wanted)) realm.searchParams.set(key, value);
    const reply = await this.transport.ask({
      url: realm,
      registry: address.host,
      ...(refresh === undefined
        ? { method: 'GET' as const }
        : { method: 'POST' as const, form: new URLSearchParams(form).toString() }),
      headers: { accept: 'application/json', ...(own === undefined ? {} : { authorization: own }) },
      limit: LARGEST_TOKEN,
      sentByPublic,
      ...this.#authorities(),
      ...(signal === undefined ? {} : { signal }),
    });
    return this.#granted(address, realm, reply);
  }

  #granted(address: Address, realm: URL, reply: Answer): { authorization: string; until: number } {
    const who = `token service ${realm.host} of ${address.host}`;
    if ([400, 401, 403].includes(reply.status)) {
      throw refused(address, 'its token service does not accept the credential');
    }
    if (reply.status === 429) this.#leaveAlone(address, reply);
    if (reply.status < 200 || reply.status > 299) throw new TransientError(`${who} answered ${reply.status}`);
    const found = tokenIn(jsonOf(realm.host, reply));
    if (found === undefined) throw new TransientError(`${who} gave no token`);
    const until = this.clock.uptime() + Math.max(found.forMs - TOKEN_SLACK_MS, found.forMs / 2);
    return { authorization: `Bearer ${found.token}`, until };
  }

  #checked(address: Address, url: URL, reply: Answer): Answer {
    const { status } = reply;
    if ((status >= 200 && status < 300) || status === 304 || status === 404) return reply;
    if (status === 401 || status === 403) {
      this.#tokens.delete(address.base);
      throw refused(address, `it answered ${status}`);
    }
    if (status === 429) this.#leaveAlone(address, reply);
    const asked = waitIn(header(reply, 'retry-after'), this.clock.now());
    throw new TransientError(`registry ${address.host} answered ${status} for ${url.pathname}`, asked);
  }

  #leaveAlone(address: Address, reply: Answer): never {
    const now = this.clock.now();
    const asked = waitIn(header(reply, 'retry-after') ?? header(reply, 'x-retry-after'), now) ?? DEFAULT_RETRY_MS;
    this.#budget.tooMany(address.base, asked);
    throw new TransientError(
      `registry ${address.host} answered 429, too many requests: it is left alone for ${Math.ceil(asked / 1000)} s`,
      asked,
    );
  }
}

/** The token service that a challenge names. */
function realmOf(address: Address, { realm = '' }: Challenge): URL {
  if (!URL.canParse(realm)) throw refused(address, 'it names a token service that is no address');
  const url = new URL(realm);
  if (url.protocol === 'https:' || url.origin === new URL(address.base).origin) return url;
  throw refused(address, `its token service ${url.host} does not speak https`);
}

/** A person mends this, and nothing tells us when: so it is tried again, and says what to do. */
const refused = (address: Address, why: string): TransientError =>
  new TransientError(
    `registry ${address.host} refuses us: ${why}. Set a Secret with label k8sta.io/credential=registry and url https://${address.host}, or secretName on the subscription`,
    60_000,
  );

/**
 * The body as JSON.
 *
 * @param host who answered, for messages
 */
export function jsonOf(host: string, reply: Answer): unknown {
  try {
    return JSON.parse(reply.body.toString('utf8'));
  } catch (error) {
    throw new TransientError(`${host} answered something that is not JSON`, undefined, { cause: error });
  }
}
