/** Which forge a repository is on, and with which credential it is asked. */

import { TransientError } from '../errors';
import type { Adapter } from './adapter';
import type { Forges } from './contract';
import { gitea } from './gitea';
import type { Api } from './http';

export const KINDS = ['gitea'] as const;
export type ForgeKind = (typeof KINDS)[number];

export interface ForgeCredential {
  /** Which kind of forge it is. @default - by the host, where that is well known */
  readonly kind?: string;
  /** Where its API is. @default - by kind and host */
  readonly api?: string;
  readonly username?: string;
  /** A token, or a password. */
  readonly password: string;
  /** `<namespace>/<name>` of the Secret that it comes from, for messages. */
  readonly secretName: string;
}

export interface ForgesOptions {
  /** Asked before each contact, so that a rotated credential is used at once. */
  readonly credentials: (repoURL: string) => Promise<ForgeCredential | undefined>;
}

const HOSTS: Readonly<Record<string, ForgeKind>> = { 'codeberg.org': 'gitea', 'gitea.com': 'gitea' };

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export function createForges({ credentials }: ForgesOptions): Forges {
  const at = async (repoURL: string): Promise<Adapter> => {
    const credential = await credentials(repoURL);
    if (credential === undefined) {
      throw new TransientError(
        `no Secret labelled k8sta.io/credential: forge serves ${repoURL}, so that no pull request can be opened: make one with url and password`,
      );
    }
    return adapterFor(repoURL, credential);
  };
  return {
    find: async (repoURL, way) => (await at(repoURL)).find(way),
    open: async (repoURL, order, effect) => (await at(repoURL)).open(order, effect),
    merge: async (repoURL, request, order, effect) => (await at(repoURL)).merge(request, order, effect),
    close: async (repoURL, request, note, effect) => (await at(repoURL)).close(request, note, effect),
    removeBranch: async (repoURL, branch, effect) => (await at(repoURL)).removeBranch(branch, effect),
  };
}

/** @throws TransientError where it is not known which forge that is */
function adapterFor(repoURL: string, credential: ForgeCredential): Adapter {
  const { origin, host, path } = placeOf(repoURL);
  const { password, username, secretName } = credential;
  const kind = KINDS.find((one) => one === (credential.kind ?? HOSTS[host]));
  if (kind === undefined) {
    throw new TransientError(
      `which kind of forge ${host} is, key kind of Secret ${secretName} has to say: one of ${KINDS.join(', ')}`,
    );
  }
  const api = (base: string, headers: Api['headers']): Api => ({
    base: (credential.api ?? base).replace(/\/+$/, ''),
    headers,
    secrets: [password, Buffer.from(`${username ?? ''}:${password}`).toString('base64')],
    secretName,
  });
  switch (kind) {
    case 'gitea': {
      const authorization = username ? basic(username, password) : `token ${password}`;
      return gitea(api(`${origin}/api/v1`, { authorization }), path);
    }
  }
}

const SCP_LIKE = /^[^@/]+@([^:/]+):(.+)$/;

/** Where a repository is; its forge speaks https, also where Git speaks SSH. */
function placeOf(repoURL: string): { readonly origin: string; readonly host: string; readonly path: string } {
  const [, scpHost, scpPath] = SCP_LIKE.exec(repoURL) ?? [];
  const url = new URL(scpHost === undefined ? repoURL : `https://${scpHost}/${scpPath}`);
  const secure = url.protocol === 'ssh:' ? `https://${url.hostname}` : url.origin;
  const path = decodeURIComponent(url.pathname)
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  return { origin: secure, host: url.hostname.toLowerCase(), path };
}
