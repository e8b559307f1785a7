/**
 * The environment of a Git process: nothing of the operator's but path, proxies and certificates, no configuration of
 * user or machine, no prompt, and the credential where no process list shows it.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WireCredential } from './contract';
import { authorizationOf } from './credential';
import { diskError } from './disk';
import { Secret } from './secret';
import type { RepositoryURL } from './url';

export type Environment = Readonly<Record<string, string | Secret>>;

/** An environment for one contact with a server. */
export interface ContactEnvironment {
  readonly variables: Environment;
  /** What has to be kept out of messages. */
  readonly secrets: readonly string[];
  /** Removes what had to be put on disk. */
  dispose(): Promise<void>;
}

const PASSED_ON = [
  'PATH',
  'TMPDIR',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
] as const;

/** For commands that read and write a mirror and contact nobody. */
export function localEnvironment(
  ambient: Readonly<Record<string, string | undefined>>,
  mirror: string,
  home: string,
): Environment {
  const passed = PASSED_ON.flatMap((name) => {
    const value = ambient[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    HOME: home,
    XDG_CONFIG_HOME: home,
    LC_ALL: 'C',
    GIT_DIR: mirror,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_ALLOW_PROTOCOL: '',
  };
}

/**
 * For commands that contact the repository. The URL travels as configuration too, so that one mirror serves every
 * spelling of it.
 *
 * @param partial fetch without contents of files (a mirror that has them all passes `false`)
 */
export async function contactEnvironment(
  local: Environment,
  repository: RepositoryURL,
  credential: WireCredential | undefined,
  options: {
    readonly protocols: readonly string[];
    readonly partial: boolean;
    readonly silenceMs: number;
    readonly folder: string;
  },
): Promise<ContactEnvironment> {
  const silence = Math.max(1, Math.ceil(options.silenceMs / 1000));
  const configuration: [string, string | Secret][] = [
    ['remote.origin.url', repository.url],
    ['http.lowSpeedLimit', '10'],
    ['http.lowSpeedTime', String(silence)],
  ];
  if (options.partial) {
    configuration.push(['remote.origin.promisor', 'true'], ['remote.origin.partialclonefilter', 'blob:none']);
  }
  const { header, secrets } = authorizationOf(credential);
  if (header !== undefined) {
    configuration.push([`http.${repository.url}.extraHeader`, new Secret(`Authorization: ${header}`)]);
  }
  const key = await keyFiles(credential, options.folder);
  return {
    variables: {
      ...local,
      ...configurationVariables(configuration),
      GIT_ALLOW_PROTOCOL: options.protocols.join(':'),
      GIT_SSH_COMMAND: sshCommand(key?.folder, silence),
    },
    secrets,
    dispose: async () => key?.remove(),
  };
}

function configurationVariables(entries: readonly (readonly [string, string | Secret])[]): Environment {
  const variables: Record<string, string | Secret> = { GIT_CONFIG_COUNT: String(entries.length) };
  entries.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return variables;
}

/** ssh takes keys from files only: they live in a folder of ours that nobody else may read, for one command. */
async function keyFiles(credential: WireCredential | undefined, folder: string) {
  if (!credential || !('sshPrivateKey' in credential)) return undefined;
  const place = await mkdtemp(join(folder, 'key-')).catch((error: unknown) => {
    throw diskError(error);
  });
  const remove = (): Promise<void> => rm(place, { recursive: true, force: true });
  try {
    await writeFile(join(place, 'key'), `${credential.sshPrivateKey.trimEnd()}\n`, { mode: 0o600 });
    await writeFile(join(place, 'known_hosts'), `${credential.knownHosts.trimEnd()}\n`, { mode: 0o600 });
  } catch (error) {
    await remove();
    throw diskError(error);
  }
  return { folder: place, remove };
}

/** Git hands this to a shell, so file names are quoted. Without a key of ours no key is tried. */
function sshCommand(keys: string | undefined, silence: number): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'GlobalKnownHostsFile=/dev/null',
    'IdentityAgent=none',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    `ConnectTimeout=${silence}`,
    `ServerAliveInterval=${silence}`,
    'ServerAliveCountMax=1',
    'IdentitiesOnly=yes',
    // ssh reads a quoted file name as one; a bare one would end at a space
    `UserKnownHostsFile=${keys === undefined ? '/dev/null' : `"${join(keys, 'known_hosts')}"`}`,
    ...(keys === undefined ? ['IdentityFile=none'] : []),
  ];
  const identity = keys === undefined ? '' : ` -i ${quoted(join(keys, 'key'))}`;
  return `ssh -F /dev/null${identity} ${options.map((option) => `-o ${quoted(option)}`).join(' ')}`;
}
