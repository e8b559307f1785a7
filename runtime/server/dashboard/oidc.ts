/** Sign-in by OpenID Connect: authorization code with PKCE. The id token is what the API server is asked with. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as openid from 'openid-client';
import { messageOf } from '../../errors';
import type { Clock } from '../../kube';
import type { Log } from '../../log';
import { Refusal } from './answer';
import { seal, unseal } from './seal';
import type { Sessions } from './session';
import type { OIDCSettings, Settings } from './settings';

export interface OIDCOptions {
  readonly sessions: Sessions;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly log: Log;
}

/** Somebody has so long to sign in at the issuer, in seconds. */
const PATIENCE_S = 600;
const PURPOSE = 'oidc';
const COOKIE = 'k8sta-oidc';
const CALLBACK = '/api/oidc/callback';
/** Seconds that the issuer has for an answer. */
const ISSUER_S = 10;

/** The issuer as it describes itself; asked for once, and again after an error. */
class Issuer {
  private known: { readonly of: OIDCSettings; readonly configuration: Promise<openid.Configuration> } | undefined;

  configuration(settings: OIDCSettings): Promise<openid.Configuration> {
    if (this.known?.of === settings) return this.known.configuration;
    const { issuer, clientID, clientSecret } = settings;
    const authentication = clientSecret === undefined ? openid.None() : undefined;
    const isPlain = issuer.startsWith('http:');
    const configuration = openid.discovery(new URL(issuer), clientID, clientSecret, authentication, {
      timeout: ISSUER_S,
      // An issuer in the clear is for a machine of one's own: the operator has written http.
      ...(isPlain ? { execute: [openid.allowInsecureRequests] } : {}),
    });
    const known = { of: settings, configuration };
    this.known = known;
    configuration.catch(() => this.known === known && (this.known = undefined));
    return configuration;
  }
}

/** `limit` holds back who tries too often. */
export function routeOIDC(app: FastifyInstance, { sessions, settings, clock, log }: OIDCOptions, limit: object): void {
  const issuer = new Issuer();
  const wanted = (): { readonly oidc: OIDCSettings; readonly origin: string; readonly key: Uint8Array } => {
    const { oidc, origin, key } = settings();
    if (oidc === undefined || origin === undefined) throw new Refusal(404, 'nobody signs in by OIDC here: use a token');
    return { oidc, origin, key };
  };
  // Strict cookies do not come along when the issuer sends somebody back; this one is for that way alone.
  const cookie = (request: FastifyRequest) => ({
    path: '/api/oidc',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: sessions.isSecure(request),
  });

  app.get('/api/oidc/start', { config: limit }, async (request, reply) => {
    const { oidc, origin, key } = wanted();
    const configuration = await described(issuer.configuration(oidc), oidc, log);
    const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
    const until = Math.floor(clock.now() / 1000) + PATIENCE_S;
    const sealed = await seal({ verifier, state, nonce }, until, { key, purpose: PURPOSE });
    reply.setCookie(COOKIE, sealed, { ...cookie(request), expires: new Date(until * 1000) });
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: `${origin}${CALLBACK}`,
      scope: oidc.scopes,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return reply.redirect(url.href, 302);
  });

  app.get(CALLBACK, { config: limit }, async (request, reply) => {
    const { oidc, origin, key } = wanted();
    const sealed = request.cookies[COOKIE];
    reply.clearCookie(COOKIE, cookie(request));
    const begun =
      sealed === undefined ? undefined : await unseal(sealed, { key, purpose: PURPOSE }, new Date(clock.now()));
    try {
      if (begun === undefined) throw new Refusal(401, 'this sign-in was not begun here, or took too long: begin again');
      const configuration = await described(issuer.configuration(oidc), oidc, log);
      const token = await tokenFor(configuration, new URL(request.url, origin), begun.values, log);
      await sessions.begin(request, reply, token, 'oidc');
      return await reply.redirect('/', 302);
    } catch (error) {
      // A person sees this in a page, not in an answer to a script.
      if (!(error instanceof Refusal)) throw error;
      return sentBack(reply, error);
    }
  });
}

const sentBack = (reply: FastifyReply, { message }: Refusal): FastifyReply =>
  reply.redirect(`/#sign-in=${encodeURIComponent(message)}`, 302);

async function described(
  configuration: Promise<openid.Configuration>,
  { issuer }: OIDCSettings,
  log: Log,
): Promise<openid.Configuration> {
  try {
    return await configuration;
  } catch (error) {
    log.warn({ issuer, error: messageOf(error) }, 'The issuer of sign-ins does not describe itself');
    throw new Refusal(502, `the issuer ${issuer} does not answer as one: sign in with a token, or try again`);
  }
}

async function tokenFor(
  configuration: openid.Configuration,
  url: URL,
  { verifier = '', state = '', nonce = '' }: Readonly<Record<string, string>>,
  log: Log,
): Promise<string> {
  try {
    const tokens = await openid.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    if (tokens.id_token !== undefined) return tokens.id_token;
  } catch (error) {
    // The library's words for a person; what came over the wire is in its cause, and stays there.
    log.warn({ error: messageOf(error) }, 'A sign-in by OIDC was refused');
  }
  throw new Refusal(401, 'the issuer has not said yes to this sign-in: begin again');
}
