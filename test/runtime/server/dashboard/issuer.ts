/** An issuer of sign-ins that holds clients to the protocol: its document, its keys, codes that count once, PKCE. */

import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export class Issuer {
  url = '';
  /** What id tokens say of the nonce, where it is not what was asked. */
  nonce: string | undefined;
  /** The id token that was given out last. */
  token = '';
  private readonly codes = new Map<string, URLSearchParams>();
  private server: Server | undefined;
  private keys: Awaited<ReturnType<typeof generateKeyPair>> | undefined;

  async open(): Promise<void> {
    this.keys = await generateKeyPair('ES256');
    this.server = createServer((request, reply) => void this.answer(request, reply));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const json = (code: number, body: object): void => {
      reply.writeHead(code, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(body));
    };
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer: this.url,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          jwks_uri: `${this.url}/keys`,
          response_types_supported: ['code'],
          id_token_signing_alg_values_supported: ['ES256'],
          code_challenge_methods_supported: ['S256'],
        });
      case '/keys':
        return json(200, {
          keys: [{ ...(this.keys && (await exportJWK(this.keys.publicKey))), alg: 'ES256', kid: 'one' }],
        });
      case '/authorize': {
        const code = randomUUID();
        this.codes.set(code, searchParams);
        const back = new URL(searchParams.get('redirect_uri') ?? '');
        back.search = new URLSearchParams({ code, state: searchParams.get('state') ?? '' }).toString();
        reply.writeHead(302, { location: back.href });
        return void reply.end();
      }
      default: {
        const given = new URLSearchParams(await text(request));
        const asked = this.codes.get(given.get('code') ?? '');
        this.codes.delete(given.get('code') ?? '');
        const challenge = createHash('sha256')
          .update(given.get('code_verifier') ?? '')
          .digest('base64url');
        if (asked === undefined || asked.get('code_challenge') !== challenge)
          return json(400, { error: 'invalid_grant' });
        this.token = await this.idToken(asked);
        return json(200, { access_token: 'not-for-us', token_type: 'Bearer', id_token: this.token });
      }
    }
  }

  private idToken(asked: URLSearchParams): Promise<string> {
    if (this.keys === undefined) throw new Error('the issuer is not open');
    return new SignJWT({ nonce: this.nonce ?? asked.get('nonce') ?? '' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(this.url)
      .setAudience(asked.get('client_id') ?? '')
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(this.keys.privateKey);
  }
}
