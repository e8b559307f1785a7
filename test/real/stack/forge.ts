/** Gitea: Git over HTTP with users, pull requests and webhooks. Nothing can be read without signing in. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { serverFile } from '../../../scripts/real-servers.cjs';
import { call } from './api';
import { environment } from './environment';
import type { Servers } from './servers';

export interface Forge {
  readonly url: string;
  /** An administrator. */
  readonly username: string;
  readonly password: string;
}

const USERNAME = 'transit';

export async function startForge(servers: Servers, folder: string, port: number): Promise<Forge> {
  const home = join(folder, 'forge');
  await mkdir(home, { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  const file = serverFile('gitea');
  const config = join(home, 'app.ini');
  await writeFile(config, settings(home, dirname(file), port, url));
  const env = environment(folder, { GITEA_WORK_DIR: home, USER: 'root' });
  await servers.start('forge', { file, args: ['web', '--config', config], env });
  await servers.ready('forge', async () => (await call({ url }, 'GET', '/api/healthz')).code === 200);
  const password = randomBytes(16).toString('hex');
  const account = ['--username', USERNAME, '--email', 'transit@example.com', '--must-change-password=false'];
  const { status, stdout, stderr } = spawnSync(
    file,
    ['admin', 'user', 'create', '--config', config, '--admin', ...account, '--password', password],
    { env, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The forge takes no administrator: ${stdout}${stderr}`);
  return { url, username: USERNAME, password };
}

/** @param assets folder with the forge's templates, options and pages */
function settings(home: string, assets: string, port: number, url: string): string {
  return `APP_NAME = forge
RUN_MODE = prod
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = ${process.getuid?.() === 0}
WORK_PATH = ${home}

[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = ${url}/
DISABLE_SSH = true
OFFLINE_MODE = true
STATIC_ROOT_PATH = ${assets}

[database]
DB_TYPE = sqlite3
PATH = ${join(home, 'forge.db')}

[repository]
ROOT = ${join(home, 'repositories')}
DEFAULT_BRANCH = main
ENABLE_PUSH_CREATE_USER = true

[service]
REQUIRE_SIGNIN_VIEW = true
DISABLE_REGISTRATION = true

[security]
INSTALL_LOCK = true
SECRET_KEY = ${randomBytes(32).toString('hex')}
INTERNAL_TOKEN = ${randomBytes(48).toString('hex')}

[oauth2]
ENABLED = false

[webhook]
ALLOWED_HOST_LIST = loopback

[cron]
ENABLED = false

[log]
LEVEL = warn
MODE = console
`;
}
