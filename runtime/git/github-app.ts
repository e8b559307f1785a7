/** Tokens of GitHub Apps: minted before the last one expires, kept in memory alone. */

import { createHash, createPrivateKey, sign } from 'node:crypto';
import { messageOf, TransientError } from '../errors';

/** How an App is known to GitHub. */
export interface GitHubApp {
  /** Its number, or its client id. */
  readonly appId: string;
  readonly installationId: string;
  /** In PEM form. */
  readonly privateKey: string;
  /** Where the API is, without a trailing slash. @default https://api.github.com */
  readonly api?: string;
}

interface Token {
  readonly token: string;
  readonly expires: number;
}

const API = 'https://api.github.com';
const MINT_MS = 15_000;
/** Tokens live for an hour; one that would end during a long fetch is no longer handed out. */
const SPARE_MS = 10 * 60_000;
/** GitHub allows ten minutes, and clocks differ. */
const CLAIM_MS = { before: 60_000, after: 8 * 60_000 } as const;

export class GitHubApps {
  private readonly tokens = new Map<string, Promise<Token>>();

  constructor(private readonly now: () => Date) {}

  /** @throws TransientError in words that say what to mend */
  async token(app: GitHubApp): Promise<string> {
    const key = keyOf(app);
    const known = await this.tokens.get(key)?.catch(() => undefined);
    if (known !== undefined && known.expires - SPARE_MS > this.now().getTime()) return known.token;
    const minted = this.minting(key, app, known);
    return (await minted).token;
  }

  /** A server did not accept this token: the next one is a new one. */
  async refused(app: GitHubApp, token: string): Promise<void> {
    const key = keyOf(app);
    const known = await this.tokens.get(key)?.catch(() => undefined);
    if (known?.token === token) this.tokens.delete(key);
  }

  /** Many who find the same token too old wait for one new one. */
  private minting(key: string, app: GitHubApp, old: Token | undefined): Promise<Token> {
    const present = this.tokens.get(key);
    const minted = (present ?? Promise.resolve(undefined))
      .catch(() => undefined)
      .then((newest) => (newest !== undefined && newest !== old ? newest : this.mint(app)));
    this.tokens.set(key, minted);
    minted.catch(() => {
      if (this.tokens.get(key) === minted) this.tokens.delete(key);
    });
    return minted;
  }

  private async mint(app: GitHubApp): Promise<Token> {
    const { api = API, installationId } = app;
    const url = `${api}/app/installations/${encodeURIComponent(installationId)}/access_tokens`;
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(MINT_MS),
        headers: {
          Accept: 'application/vnd.github+json',
          'User-Agent': 'k8sta',
          Authorization: `Bearer ${this.claim(app)}`,
        },
      });
      body = await response.json().catch(() => undefined);
    } catch (error) {
      if (error instanceof TransientError) throw error;
      throw new TransientError(`No token of the GitHub App was to be had at ${api}: ${causeOf(error)}`, undefined, {
        cause: error,
      });
    }
    const { token, expires_at: expires } = (body ?? {}) as { readonly token?: unknown; readonly expires_at?: unknown };
    if (typeof token === 'string' && typeof expires === 'string') return { token, expires: Date.parse(expires) };
    throw new TransientError(
      `${api} gave no token for installation ${installationId} of GitHub App ${app.appId} (status ${response.status}). ` +
        'Check githubAppID, githubAppInstallationID and githubAppPrivateKey of the Git credential Secret.',
    );
  }

  /** A signed claim to be the App, good for minutes. */
  private claim({ appId, privateKey }: GitHubApp): string {
    const now = this.now().getTime();
    const seconds = (ms: number): number => Math.floor(ms / 1000);
    const parts = [
      { alg: 'RS256', typ: 'JWT' },
      { iat: seconds(now - CLAIM_MS.before), exp: seconds(now + CLAIM_MS.after), iss: appId },
    ];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    try {
      const key = createPrivateKey(privateKey);
      return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
    } catch {
      // What the library says may hold the key.
      throw new TransientError('githubAppPrivateKey of the Git credential Secret is no private key in PEM form.');
    }
  }
}

function keyOf({ appId, installationId, privateKey, api = API }: GitHubApp): string {
  return createHash('sha256').update([api, appId, installationId, privateKey].join('\n')).digest('hex');
}

/** A failed fetch hides why in its cause. */
const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
