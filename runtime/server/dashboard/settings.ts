/** What the operator's Secret says of the dashboard: where it is reached, with which key it seals, who signs people in. */

import { createHash, randomBytes } from 'node:crypto';
import type { DashboardSecret, Sight } from '../../dispatch';
import type { Log } from '../../log';

export interface OIDCSettings {
  readonly issuer: string;
  readonly clientID: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  /** @default `openid profile email` */
  readonly scopes: string;
}

export interface Settings {
  /** Origin at which people reach it, if one was said: nothing else is answered then. */
  readonly origin?: string;
  /** 32 bytes that seal cookies. */
  readonly key: Uint8Array;
  readonly oidc?: OIDCSettings;
}

const SHORTEST_KEY = 32;

/** Reads the Secret anew when it changes; what is wrong with it is said once. */
export class SettingsReader {
  private readonly ownKey = randomBytes(32);
  private secret: DashboardSecret | undefined;
  private settings: Settings = { key: this.ownKey };

  constructor(
    private readonly sight: Pick<Sight, 'settings'>,
    private readonly log: Log,
  ) {}

  present(): Settings {
    const [secret, ...others] = [...this.sight.settings()].sort((one, other) => (one.key < other.key ? -1 : 1));
    if (JSON.stringify(secret) === JSON.stringify(this.secret)) return this.settings;
    this.secret = secret;
    this.settings = { key: this.ownKey };
    if (secret === undefined) return this.settings;
    const problems: string[] = [];
    if (others.length > 0)
      problems.push(`it is one of ${others.length + 1} for the dashboard; the others are not read`);
    this.settings = read(secret, this.ownKey, problems);
    for (const problem of problems) this.log.error({ secret: secret.key, problem }, "The dashboard's Secret");
    return this.settings;
  }
}

function read({ url, values }: DashboardSecret, ownKey: Uint8Array, problems: string[]): Settings {
  const { key = '', 'oidc-issuer': issuer, 'oidc-client-id': clientID, 'oidc-client-secret': clientSecret } = values;
  const { 'oidc-scopes': scopes = 'openid profile email' } = values;
  const origin = originIn(url);
  if (url !== '' && origin === undefined)
    problems.push('its url is no http or https URL: as in https://k8sta.example.com');
  if (key.length < SHORTEST_KEY)
    problems.push(
      `its key is shorter than ${SHORTEST_KEY} characters: each replica seals with a key of its own until then`,
    );
  if ((issuer === undefined) !== (clientID === undefined))
    problems.push('of oidc-issuer and oidc-client-id it has one alone: nobody can sign in by OIDC without the other');
  if (issuer !== undefined && origin === undefined)
    problems.push('it has an oidc-issuer and no url: say where people reach the dashboard');
  const oidc = issuer !== undefined && clientID !== undefined && origin !== undefined;
  return {
    key: key.length < SHORTEST_KEY ? ownKey : createHash('sha256').update(key).digest(),
    ...(origin === undefined ? {} : { origin }),
    ...(oidc ? { oidc: { issuer, clientID, scopes, ...(clientSecret === undefined ? {} : { clientSecret }) } } : {}),
  };
}

function originIn(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
}
