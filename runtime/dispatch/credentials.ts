/** Which of the operator's Secrets serves a repository: the longest prefix wins (API: label `k8sta.io/credential`). */

import { normaliseRepositoryURL } from '../../lib/network/repository-url';
import { TransientError } from '../errors';
import type { ForgeCredential } from '../forge';
import type { GitCredential, GitHubApp } from '../git';
import type { CredentialOf, RegistryCredential } from '../registry';
import type { Secret } from '../resources';
import { credentialIn, type KeptCredential, type World } from './caches/world';

/** Whether a URL is the prefix itself, or lies below it at a path boundary. */
const isBelow = (url: string, prefix: string): boolean =>
  url === prefix || url.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

function serving(world: Pick<World, 'credentials'>, kind: string, url: string): KeptCredential | undefined {
  const wanted = normaliseRepositoryURL(url);
  return world.credentials
    .list()
    .filter(
      ({ serves }) =>
        serves.startsWith(`${kind} `) && isBelow(wanted, normaliseRepositoryURL(serves.slice(kind.length + 1))),
    )
    .sort((one, other) => other.serves.length - one.serves.length)[0];
}

/** The credential for a Git repository, read anew each time so that a rotated one is used at once. */
export function gitCredential(world: Pick<World, 'credentials'>, repoURL: string): GitCredential | undefined {
  const found = serving(world, 'git', repoURL);
  if (found === undefined) return undefined;
  const { username, password, sshPrivateKey, knownHosts } = found.values;
  const githubApp = appIn(found.values);
  if (password) return { password, ...(username ? { username } : {}) };
  if (sshPrivateKey && knownHosts) return { sshPrivateKey, knownHosts };
  if (githubApp) return { githubApp };
  throw new TransientError(
    `Secret ${found.metadata.namespace}/${found.metadata.name} serves ${repoURL} but has neither password, nor sshPrivateKey with knownHosts, nor githubAppID with githubAppInstallationID and githubAppPrivateKey`,
  );
}

/** The private key that signs the commits of a repository, if one of the operator's Secrets has one for it. */
export function signingKey(world: Pick<World, 'credentials'>, repoURL: string): string | undefined {
  const found = serving(world, 'signing', repoURL);
  if (found === undefined) return undefined;
  const { sshPrivateKey } = found.values;
  if (sshPrivateKey) return sshPrivateKey;
  throw new TransientError(
    `Secret ${found.metadata.namespace}/${found.metadata.name} signs the commits of ${repoURL} but has no sshPrivateKey`,
  );
}

/** The keys are those of Argo CD's repository Secrets. */
function appIn({
  githubAppID: appId,
  githubAppInstallationID: installationId,
  githubAppPrivateKey: privateKey,
  githubAppEnterpriseBaseUrl: api,
}: KeptCredential['values']): GitHubApp | undefined {
  if (!appId || !installationId || !privateKey) return undefined;
  return { appId, installationId, privateKey, ...(api ? { api: api.replace(/\/+$/, '') } : {}) };
}

/** Name and password for an image repository, and whose certificates to trust, if one of the operator's Secrets serves it. */
export function registryCredential(world: Pick<World, 'credentials'>, repoURL: string): RegistryCredential | undefined {
  const found = serving(world, 'registry', `https://${repoURL}`);
  if (found === undefined) return undefined;
  const { username = '', password, identityToken, 'ca.crt': authorities } = found.values;
  return {
    ...(password === undefined ? {} : { username, password }),
    ...(identityToken === undefined ? {} : { identityToken }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}

/** Credentials for image repositories from the operator's Secrets, where they have been read already. */
export function labelledCredentials(secrets: readonly Secret[]): CredentialOf {
  const kept = secrets.map(credentialIn);
  return async (repoURL) => registryCredential({ credentials: { list: () => kept } }, repoURL);
}

/** How a forge is asked about the repositories below the Secret's URL, if one of the operator's Secrets serves this one. */
export function forgeCredential(world: Pick<World, 'credentials'>, repoURL: string): ForgeCredential | undefined {
  const found = serving(world, 'forge', repoURL);
  if (found === undefined) return undefined;
  const { namespace, name } = found.metadata;
  const secretName = `${namespace}/${name}`;
  const { username, kind, api } = found.values;
  const password = found.values['password'] || appIn(found.values);
  if (!password) {
    throw new TransientError(
      `Secret ${secretName} serves ${repoURL} but has neither password, nor githubAppID with githubAppInstallationID and githubAppPrivateKey`,
    );
  }
  return {
    password,
    secretName,
    ...(username ? { username } : {}),
    ...(kind ? { kind } : {}),
    ...(api ? { api } : {}),
  };
}
