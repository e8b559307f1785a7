/** Who somebody is from one request to the next: their token, sealed in a cookie that no script can read. */

import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import type { SignIn, SignInNeeded } from '../../dashboard/protocol';
import type { Clock } from '../../kube';
import { Refusal } from './answer';
import type { Access, Person } from './access';
import { seal, unseal } from './seal';
import type { Settings } from './settings';

export interface Session {
  readonly person: Person;
  readonly signIn: SignIn;
  /** When it ends, milliseconds since the epoch. @default - never */
  readonly until?: number;
}

export interface SessionsOptions {
  readonly access: Access;
  /** Nobody has to sign in: everybody is this runtime itself. */
  readonly open: boolean;
  readonly settings: () => Settings;
  readonly clock: Clock;
}

/** A browser keeps so many characters of a cookie; a token may need several. */
const PIECE = 3_800;
const MOST_PIECES = 3;
const LONGEST_TOKEN = 8_000;
const LONGEST_MS = 12 * 3_600_000;

const PURPOSE = 'session';
/** A name that only a secure page of this very host can set. */
const SECURE_NAME = '__Host-k8sta';
const NAME = 'k8sta';

export class Sessions {
  constructor(private readonly options: SessionsOptions) {}

  /** Ways to sign in. */
  ways(): Exclude<SignIn, 'open'>[] {
    return this.options.settings().oidc === undefined ? ['token'] : ['oidc', 'token'];
  }

  /** @throws Refusal (401) where nobody has signed in, or their token counts no longer */
  async of(request: FastifyRequest): Promise<Session> {
    const { access, open, settings, clock } = this.options;
    if (open) return { person: await access.person(), signIn: 'open' };
    const sealed = this.sealedIn(request);
    if (sealed === '') throw this.needed('sign in first');
    const found = await unseal(sealed, { key: settings().key, purpose: PURPOSE }, new Date(clock.now()));
    if (found?.values.token === undefined) throw this.needed('your sign-in has ended: sign in again');
    const { token, by } = found.values;
    try {
      const person = await access.person(token);
      return { person, signIn: by === 'oidc' ? 'oidc' : 'token', until: found.until * 1000 };
    } catch (error) {
      if (error instanceof Refusal && error.code === 401) throw this.needed(error.message);
      throw error;
    }
  }

  /**
   * Signs somebody in, if the API server takes their token.
   *
   * @throws Refusal where it does not
   */
  async begin(request: FastifyRequest, reply: FastifyReply, token: string, by: 'token' | 'oidc'): Promise<Session> {
    const { access, settings, clock } = this.options;
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new Refusal(400, 'this is no token: it has characters that none has, or none at all');
    if (token.length > LONGEST_TOKEN)
      throw new Refusal(
        400,
        `the token has ${token.length} characters and a sign-in holds ${LONGEST_TOKEN}: ask for one with fewer groups`,
      );
    const person = await this.known(access, token);
    const until = Math.floor(Math.min(clock.now() + LONGEST_MS, endOf(token)) / 1000);
    const sealed = await seal({ token, by }, until, { key: settings().key, purpose: PURPOSE });
    const cookie = this.cookie(request);
    for (let index = 0; index < MOST_PIECES; index++) {
      const piece = sealed.slice(index * PIECE, (index + 1) * PIECE);
      const name = this.nameOf(request, index);
      if (piece !== '') reply.setCookie(name, piece, { ...cookie, expires: new Date(until * 1000) });
      else if (request.cookies[name] !== undefined) reply.clearCookie(name, cookie);
    }
    return { person, signIn: by, until: until * 1000 };
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    for (let index = 0; index < MOST_PIECES; index++) {
      const name = this.nameOf(request, index);
      if (request.cookies[name] !== undefined) reply.clearCookie(name, this.cookie(request));
    }
  }

  /** Cookies are for this host alone, and for https alone where people come by it. */
  isSecure(request: FastifyRequest): boolean {
    const { origin } = this.options.settings();
    return (origin ?? `${request.protocol}://`).startsWith('https:');
  }

  private async known(access: Access, token: string): Promise<Person> {
    try {
      return await access.person(token);
    } catch (error) {
      if (error instanceof Refusal && error.code === 401) throw this.needed(error.message);
      throw error;
    }
  }

  private needed(why: string): Refusal {
    return new Refusal(401, why, { signIn: this.ways() } satisfies Omit<SignInNeeded, 'error'>);
  }

  private nameOf(request: FastifyRequest, index: number): string {
    return `${this.isSecure(request) ? SECURE_NAME : NAME}-${index}`;
  }

  private cookie(request: FastifyRequest): CookieSerializeOptions {
    return { path: '/', httpOnly: true, sameSite: 'strict', secure: this.isSecure(request) };
  }

  private sealedIn(request: FastifyRequest): string {
    const pieces = Array.from(
      { length: MOST_PIECES },
      (_, index) => request.cookies[this.nameOf(request, index)] ?? '',
    );
    return pieces.join('');
  }
}

/** When a token says that it ends, if it is one that says so. */
function endOf(token: string): number {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? Infinity : exp * 1000;
  } catch {
    return Infinity;
  }
}
