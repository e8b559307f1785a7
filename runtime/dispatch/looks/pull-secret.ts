/** What a pull secret (`kubernetes.io/dockerconfigjson`) says for a repository, read as container runtimes read it. */

import { parseImageReference } from '../../../lib/network/image-reference';
import { objectIn, textIn, type RawObject } from '../../raw';
import type { RegistryCredential } from '../../registry';

/** Values of a Secret, as texts. */
type Values = Readonly<Record<string, string>>;

export type PullSecret = (repoURL: string) => RegistryCredential | undefined;

const DOCKER_HUB = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** Part of the path that is no repository: `https://index.docker.io/v1/`. */
const VERSION = /\/v[12]\/?$/;

/** A key as host and path, `ghcr.io/acme`; Docker Hub under its one name. */
function placeOf(key: string): { readonly host: string; readonly path: string } {
  const plain = `${key.replace(/^https?:\/\//i, '').replace(/\/+$/, '')}/`.replace(VERSION, '/');
  const slash = plain.indexOf('/');
  const host = plain.slice(0, slash).toLowerCase();
  return { host: DOCKER_HUB.includes(host) ? 'docker.io' : host, path: plain.slice(slash + 1).replace(/\/+$/, '') };
}

/** Whether a host is meant: `*.example.com` stands for one part of a name. */
function isHost(pattern: string, host: string): boolean {
  const [parts, wanted] = [pattern.split('.'), host.split('.')];
  return parts.length === wanted.length && parts.every((part, index) => part === '*' || part === wanted[index]);
}

/**
 * Reads a pull secret. Of several entries that serve a repository the one with the longest path wins.
 *
 * @param name namespace and name, for messages
 * @throws Error naming the Secret and what is wrong, never its contents
 */
export function pullSecretIn(values: Values | undefined, name: string): PullSecret {
  if (values === undefined) throw new Error(`Secret ${name} does not exist: create it, or correct secretName`);
  const modern = values['.dockerconfigjson'];
  const text = modern ?? values['.dockercfg'];
  if (text === undefined) {
    throw new Error(`Secret ${name} is no pull secret: it has neither .dockerconfigjson nor .dockercfg`);
  }
  const config = parsed(text);
  const auths = objectIn(modern === undefined ? config : objectIn(config)?.['auths']);
  if (auths === undefined) throw new Error(`Secret ${name} is no pull secret: its JSON has no auths`);
  const entries = Object.entries(auths).map(([key, entry]) => ({ ...placeOf(key), entry: objectIn(entry) }));
  return (repoURL) => {
    const { repoURL: full } = parseImageReference(repoURL);
    const slash = full.indexOf('/');
    const [host, repository] = [full.slice(0, slash), full.slice(slash + 1)];
    const [best] = entries
      .filter((one) => isHost(one.host, host) && `${repository}/`.startsWith(one.path === '' ? '' : `${one.path}/`))
      .sort((one, other) => other.path.length - one.path.length);
    return best && credentialIn(best.entry, `${name} for ${host}`);
  };
}

/**
 * The credential for a chart: `username` and `password` of a Secret, or what a pull secret has for its place.
 *
 * @param name namespace and name of the Secret, for messages
 * @throws Error naming the Secret and what is wrong, never its contents
 */
export function chartCredential(
  values: Values | undefined,
  name: string,
  chart: { readonly repoURL: string; readonly name: string },
): RegistryCredential {
  const { username, password } = values ?? {};
  if (password !== undefined) return { username: username ?? '', password };
  const place = `${chart.repoURL.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '')}/${chart.name}`;
  const found = pullSecretIn(values, name)(place);
  if (found !== undefined) return found;
  throw new Error(`Secret ${name} has no credential for ${place}`);
}

function credentialIn(entry: RawObject | undefined, what: string): RegistryCredential {
  const [username, password, auth, identityToken] = ['username', 'password', 'auth', 'identitytoken'].map((key) =>
    textIn(entry?.[key]),
  );
  if (identityToken !== undefined) return { identityToken };
  if (password !== undefined) return { username: username ?? '', password };
  const decoded = auth === undefined ? '' : Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 0) throw new Error(`Secret ${what} has neither username with password, nor auth, nor identitytoken`);
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
