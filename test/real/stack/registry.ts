/** distribution: the reference image registry. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serverFile } from '../../../scripts/real-servers.cjs';
import { call } from './api';
import { environment } from './environment';
import type { Servers } from './servers';

/** Where the registry tells of what is pushed, to whoever listens. */
export interface Notified {
  /** Of the loopback interface. */
  readonly port: number;
  readonly path: string;
  /** Sent as a bearer token. */
  readonly secret: string;
}

/** @returns its URL */
export async function startRegistry(
  servers: Servers,
  folder: string,
  [port, debugPort]: readonly [number, number],
  notified: Notified,
): Promise<string> {
  const home = join(folder, 'registry');
  await mkdir(home, { recursive: true });
  const config = join(home, 'config.json');
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'warn', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(home, 'images') }, delete: { enabled: true } },
      notifications: {
        endpoints: [
          {
            name: 'k8sta',
            url: `http://127.0.0.1:${notified.port}${notified.path}`,
            headers: { Authorization: [`Bearer ${notified.secret}`] },
            timeout: '2s',
            threshold: 1_000,
            backoff: '1s',
          },
        ],
      },
      http: { addr: `127.0.0.1:${port}`, debug: { addr: `127.0.0.1:${debugPort}` } },
    }),
  );
  await servers.start('registry', {
    file: serverFile('registry'),
    args: ['serve', config],
    env: environment(folder, { OTEL_TRACES_EXPORTER: 'none' }),
  });
  const url = `http://127.0.0.1:${port}`;
  await servers.ready('registry', async () => (await call({ url }, 'GET', '/v2/')).code === 200);
  return url;
}
