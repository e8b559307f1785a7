/** Which forge a repository is on, and with which credential it is asked. */

import { TransientError } from '../errors';
import { GitHubApps, type GitHubApp } from '../git';
import type { Adapter } from './adapter';
import { azureDevOps } from './azure-devops';
import { bitbucket } from './bitbucket';
import { bitbucketServer } from './bitbucket-server';
import type { Forges } from './contract';
import { gitea } from './gitea';
import { github } from './github';
import { gitlab } from './gitlab';
import type { Api } from './http';
import { azureRepositoryOf, bitbucketRepositoryOf, placeOf, type Place } from './place';

const KINDS = ['gitea', 'github', 'gitlab', 'bitbucket', 'bitbucket-server', 'azure-devops'] as const;
type ForgeKind = (typeof KINDS)[number];

export interface ForgeCredential {
  /** Which kind of forge it is. @default - by the host, where that is well known */
  readonly kind?: string;
  /** Where its API is. @default - by kind and host */
  readonly api?: string;
  readonly username?: string;
  /** A token, a password, or an App of GitHub's. */
  readonly password: string | GitHubApp;
  /** `<namespace>/<name>` of the Secret that it comes from, for messages. */
  readonly secretName: string;
}

export interface ForgesOptions {
  /** Asked before each contact, so that a rotated credential is used at once. */
  readonly credentials: (repoURL: string) => Promise<ForgeCredential | undefined>;
  /** @default the wall clock */
  readonly now?: () => Date;
}

const HOSTS: Readonly<Record<string, ForgeKind>> = {
  'codeberg.org': 'gitea',
  'gitea.com': 'gitea',
  'github.com': 'github',
  'gitlab.com': 'gitlab',
  'bitbucket.org': 'bitbucket',
  'dev.azure.com': 'azure-devops',
};

const kindByHost = (host: string): ForgeKind | undefined =>
  HOSTS[host] ?? (host.endsWith('.visualstudio.com') ? 'azure-devops' : undefined);

export function createForges({ credentials, now = () => new Date() }: ForgesOptions): Forges {
  const apps = new GitHubApps(now);
  const at = async (repoURL: string): Promise<Adapter> => {
    const credential = await credentials(repoURL);
    if (credential === undefined) {
      throw new TransientError(
        `no Secret labelled k8sta.io/credential: forge serves ${repoURL}, so that nothing can be asked of its forge: make one with url and password`,
      );
    }
    const { password } = credential;
    return adapterFor(repoURL, credential, typeof password === 'string' ? password : await apps.token(password));
  };
  return {
    find: async (repoURL, way) => (await at(repoURL)).find(way),
    open: async (repoURL, order, effect) => (await at(repoURL)).open(order, effect),
    merge: async (repoURL, request, order, effect) => (await at(repoURL)).merge(request, order, effect),
    close: async (repoURL, request, note, effect) => (await at(repoURL)).close(request, note, effect),
    report: async (repoURL, commit, status, effect) => (await at(repoURL)).report(commit, status, effect),
    removeBranch: async (repoURL, branch, effect) => (await at(repoURL)).removeBranch(branch, effect),
  };
}

const basic = (username: string, token: string): string =>
  `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}`;

/** @throws TransientError where it is not known which forge that is */
function adapterFor(repoURL: string, credential: ForgeCredential, token: string): Adapter {
  const { username, secretName } = credential;
  const place = placeOf(repoURL);
  const kind = KINDS.find((one) => one === (credential.kind ?? kindByHost(place.host)));
  if (kind === undefined) {
    throw new TransientError(
      `which kind of forge ${place.host} is, key kind of Secret ${secretName} has to say: one of ${KINDS.join(', ')}`,
    );
  }
  const api = (base: string, headers: Api['headers']): Api => ({
    base: (credential.api ?? base).replace(/\/+$/, ''),
    headers,
    secrets: [token, basic(username ?? '', token).slice('Basic '.length)],
    secretName,
  });
  return ADAPTERS[kind]({ place, token, username, api });
}

interface Meant {
  readonly place: Place;
  readonly token: string;
  readonly username: string | undefined;
  readonly api: (base: string, headers: Api['headers']) => Api;
}

const ADAPTERS: Readonly<Record<ForgeKind, (meant: Meant) => Adapter>> = {
  gitea({ place, token, username, api }) {
    const authorization = username ? basic(username, token) : `token ${token}`;
    return gitea(api(`${place.origin}/api/v1`, { authorization }), place.path);
  },
  github({ place, token, api }) {
    const base = place.host === 'github.com' ? 'https://api.github.com' : `${place.origin}/api/v3`;
    return github(api(base, { authorization: `Bearer ${token}` }), place.path);
  },
  gitlab({ place, token, api }) {
    return gitlab(api(`${place.origin}/api/v4`, { 'private-token': token }), place.path);
  },
  bitbucket({ place, token, username, api }) {
    const authorization = username ? basic(username, token) : `Bearer ${token}`;
    return bitbucket(api('https://api.bitbucket.org/2.0', { authorization }), place.path);
  },
  'bitbucket-server'({ place, token, username, api }) {
    const repository = bitbucketRepositoryOf(place);
    const authorization = username ? basic(username, token) : `Bearer ${token}`;
    // Otherwise it takes a request without a body for one that another page made a browser send, and refuses it.
    const headers = { authorization, 'x-atlassian-token': 'no-check' };
    return bitbucketServer(api(`${repository.home}/rest`, headers), repository);
  },
  'azure-devops'({ place, token, api }) {
    const repository = azureRepositoryOf(place);
    return azureDevOps(api(repository.collection, { authorization: basic('', token) }), repository);
  },
};
