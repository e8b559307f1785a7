/** Who may speak to the dashboard at all: pages of its own origin, by its own name. And what answers never lack. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from './answer';
import type { Settings } from './settings';

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/** Where an issuer of sign-ins sends people back to, from a site of its own. */
const FROM_ELSEWHERE = '/api/oidc/';

export interface BoundaryOptions {
  /** Nobody has to sign in: only this machine may come, by a name of its own, whatever a name server says. */
  readonly open: boolean;
  readonly settings: () => Settings;
}

export function guard(app: FastifyInstance, { open, settings }: BoundaryOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    const { origin } = settings();
    checkHost(request, open, origin);
    if (request.url.startsWith('/api/') && !request.url.startsWith(FROM_ELSEWHERE)) checkSite(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') checkOrigin(request, origin);
  });
}

function checkHost({ headers: { host = '' } }: FastifyRequest, open: boolean, origin: string | undefined): void {
  if (open && !LOOPBACK.test(host))
    throw new Refusal(421, `the dashboard is open on this machine alone and has no name '${host}': use 127.0.0.1`);
  if (origin !== undefined && new URL(origin).host !== host.toLowerCase())
    throw new Refusal(421, `the dashboard is reached at ${origin}, and not as '${host}'`);
}

function checkSite({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Refusal(403, 'this request comes from the page of another site: open the dashboard itself');
}

/** A browser names the origin of whatever could change something. */
function checkOrigin({ headers, protocol }: FastifyRequest, origin: string | undefined): void {
  const [from, site] = [headers.origin, headers['sec-fetch-site']];
  if (from === undefined && site === undefined)
    throw new Refusal(403, 'this request does not say from where it comes: send the header Origin');
  if (from !== undefined && from !== (origin ?? `${protocol}://${headers.host}`) && !isBehind(headers.host, from))
    throw new Refusal(403, `this request comes from ${from}, a page of another site: open the dashboard itself`);
}

/** Where no URL was said, something may stand before it and speak https: the host is the same. */
const isBehind = (host: string | undefined, from: string): boolean => from === `https://${host}`;
