/** The registry credentials of the person at the terminal, as their docker has them. */

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseImageReference } from '../../lib/network/image-reference';
import { pullSecretIn } from '../dispatch';
import { isObject, objectAt, objectIn, textAt, textIn } from '../raw';
import type { CredentialOf, RegistryCredential } from '../registry';
import type { Terminal } from './terminal';

const DEADLINE_MS = 20_000;
/** What Docker Hub is called there. */
const HUB = 'https://index.docker.io/v1/';

/**
 * Reads `config.json` of docker, and asks the credential helper that it names.
 *
 * @returns what gives a credential for an image repository, or nothing where there is none: then anybody may read it
 */
export function dockerCredentials({ env }: Terminal): CredentialOf {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? '', '.docker');
  return loginsIn(join(folder, 'config.json'), env);
}

/** @param file in the form of docker's `config.json`, which other tools keep their logins in as well */
export function loginsIn(file: string, env: Terminal['env']): CredentialOf {
  return async (repoURL) => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const config = parsed(text, file);
    const { repoURL: full } = parseImageReference(repoURL);
    const host = full.slice(0, full.indexOf('/'));
    const server = host === 'docker.io' ? HUB : host;
    const helpers = objectAt(config, 'credHelpers');
    const helper = textAt(helpers, server) ?? textAt(helpers, host) ?? textAt(config, 'credsStore');
    const found = helper === undefined ? undefined : await ask(helper, server, env);
    return found ?? kept(config, file, repoURL);
  };
}

/** What stands in the file itself; a helper leaves entries there that are empty. */
function kept(
  config: Readonly<Record<string, unknown>>,
  file: string,
  repoURL: string,
): RegistryCredential | undefined {
  const auths = Object.entries(objectAt(config, 'auths')).filter(
    ([, entry]) => Object.keys(objectIn(entry) ?? {}).length > 0,
  );
  if (auths.length === 0) return undefined;
  const secret = JSON.stringify({ auths: Object.fromEntries(auths) });
  return pullSecretIn({ '.dockerconfigjson': secret }, file)(repoURL);
}

function ask(helper: string, server: string, env: Terminal['env']): Promise<RegistryCredential | undefined> {
  if (!/^[\w.-]+$/.test(helper)) throw new Error(`'${helper}' is no credential helper of docker`);
  return new Promise((resolve, reject) => {
    const program = `docker-credential-${helper}`;
    const asking = execFile(program, ['get'], { env, timeout: DEADLINE_MS }, (error, stdout) => {
      if (error?.code === 'ENOENT') {
        reject(new Error(`${program} is not on PATH, and docker's config names it for ${server}`));
        return;
      }
      // Helpers end with an error where they know of nothing.
      resolve(error === null ? credentialIn(stdout) : undefined);
    });
    // A helper may end before it has read the question.
    asking.stdin?.on('error', () => undefined);
    asking.stdin?.end(server);
  });
}

function credentialIn(answer: string): RegistryCredential | undefined {
  let said: unknown;
  try {
    said = JSON.parse(answer);
  } catch {
    return undefined;
  }
  const [username, secret] = [textIn(objectIn(said)?.['Username']), textIn(objectIn(said)?.['Secret'])];
  if (secret === undefined) return undefined;
  return username === '<token>' ? { identityToken: secret } : { username: username ?? '', password: secret };
}

function parsed(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = JSON.parse(text);
    if (isObject(config)) return config;
  } catch {
    // Said below.
  }
  throw new Error(`${file} is not JSON`);
}
