/** The credentials for charts of the person at the terminal, as their docker and their helm have them. */

import { readFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { messageOf } from '../errors';
import { objectIn, objectsAt, textAt } from '../raw';
import type { CredentialOf, RegistryCredential } from '../registry';
import { dockerCredentials, loginsIn } from './docker-credentials';
import type { Terminal } from './terminal';

/**
 * @returns what gives a credential for the place of a chart, or nothing where nobody logged in there: then anybody may read
 * it, or the answer says what is missing. It throws an Error that names the file where one cannot be read
 */
export function chartCredentials(terminal: Terminal): CredentialOf {
  const { env } = terminal;
  const folder = helmFolder(env);
  const logins = [
    dockerCredentials(terminal),
    loginsIn(env['HELM_REGISTRY_CONFIG'] ?? join(folder, 'registry', 'config.json'), env),
  ];
  const repositories = env['HELM_REPOSITORY_CONFIG'] ?? join(folder, 'repositories.yaml');
  return async (place) => {
    for (const login of logins) {
      const found = await login(imageLike(place));
      if (found !== undefined) return found;
    }
    return ofRepository(repositories, place);
  };
}

function helmFolder(env: Terminal['env']): string {
  const home = env['HOME'] ?? homedir();
  const usual = platform() === 'darwin' ? join(home, 'Library', 'Preferences') : join(home, '.config');
  return env['HELM_CONFIG_HOME'] ?? join(env['XDG_CONFIG_HOME'] ?? usual, 'helm');
}

/** Logins are kept by host: of an index the rest may be nothing that an image could be called. */
function imageLike(place: string): string {
  const [host = '', ...path] = place.replace(/\/+$/, '').split('/');
  const name = path.join('/');
  return /^[a-z\d]+(?:[._/-][a-z\d]+)*$/.test(name) ? `${host}/${name}` : `${host}/charts`;
}

/** What `helm repo add` was told. */
async function ofRepository(file: string, place: string): Promise<RegistryCredential | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let config: unknown;
  try {
    config = parse(text);
  } catch (error) {
    throw new Error(`${file} is not YAML: ${messageOf(error)}`, { cause: error });
  }
  for (const entry of objectsAt(objectIn(config) ?? {}, 'repositories')) {
    const [url, username, password] = ['url', 'username', 'password'].map((key) => textAt(entry, key));
    const base = url?.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
    const isMeant = base !== undefined && `${place.replace(/\/+$/, '')}/`.startsWith(`${base}/`);
    if (isMeant && password !== undefined) return { username: username ?? '', password };
  }
  return undefined;
}
