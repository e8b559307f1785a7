/**
 * The real stack: etcd, kube-apiserver, Argo CD, Argo Rollouts, a forge and an image registry, each the real program built
 * from its source, on free loopback ports in a private folder. Here lives what starts them and what tests need to reach
 * them; what a test does with them lives beside the test. Nothing here imports the runtime.
 *
 * A test file in `test/real` calls `realStack()`. It runs by `npm run test:real -- test/real/<name>.test.ts`; the stack is
 * started once for all files, so each test takes a namespace, a repository and Application names of its own. Where
 * there is no test runner, as in `bench`, `startRealStack()` starts one.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startArgoCD } from './argocd';
import { startForge, type Forge } from './forge';
import { startKubernetes, type Kubernetes } from './kubernetes';
import { freePorts } from './ports';
import { type Notified, startRegistry } from './registry';
import { startRollouts } from './rollouts';
import { Servers } from './servers';

export { call, open, type Access } from './api';
export { kubeconfigOf } from './kubernetes';
export { environment } from './environment';
export { installRollouts } from './rollouts';

interface Addresses {
  /** Everything that the stack keeps; gone when it ends. */
  readonly folder: string;
  readonly kubernetes: Kubernetes;
  readonly forge: Forge;
  readonly registryURL: string;
  /** Where the registry tells of what is pushed. */
  readonly notified: Notified;
}

/** A running stack. */
export interface RealStack extends Addresses {
  /** The servers, by name: etcd, kube-apiserver, redis, argocd-repo-server, argocd-application-controller, forge, registry, rollouts. */
  readonly servers: Servers;
}

/** Names the file with the addresses of the running stack to the processes of a test run. */
const VARIABLE = 'K8STA_REAL_STACK';

/**
 * Starts a stack. It ends with `stop`, and in any case with this process.
 *
 * @throws Error naming the server that did not start, with the end of its log
 */
export async function startRealStack(): Promise<RealStack & { stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'k8sta-real-'));
  const keeper = fork(join(__dirname, 'keeper.cjs'), [folder], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    // Whoever waits for its end must not end before it: what comes after would be left out, and a failure with it.
    keeper.ref();
    if (keeper.connected) keeper.disconnect();
    return ended;
  };
  try {
    await Promise.race([
      new Promise((resolve) => keeper.once('message', resolve)),
      ended.then(() => Promise.reject(new Error('the keeper of the servers ended'))),
    ]);
    await Promise.all(['home', 'tmp'].map((name) => mkdir(join(folder, name))));
    const servers = new Servers(folder);
    const addresses = { folder, ...(await startServers(servers, folder)) };
    await writeFile(join(folder, 'stack.json'), JSON.stringify(addresses));
    process.env[VARIABLE] = join(folder, 'stack.json');
    // Only the test runner that started it waits for it.
    keeper.unref();
    keeper.channel?.unref();
    return { ...addresses, servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServers(servers: Servers, folder: string): Promise<Omit<Addresses, 'folder'>> {
  const ports = await freePorts(13);
  const port = (index: number): number => ports[index] ?? 0;
  const notified = { port: port(12), path: '/webhooks/registry', secret: randomBytes(16).toString('hex') };
  const [kubernetes, forge, registryURL] = await Promise.all([
    startKubernetes(servers, folder, [port(0), port(1), port(2)]),
    startForge(servers, folder, port(3)),
    startRegistry(servers, folder, [port(4), port(5)], notified),
  ]);
  await Promise.all([
    startArgoCD(servers, folder, { kubernetes, forge }, [port(6), port(7), port(8), port(9)]),
    startRollouts(servers, folder, kubernetes, [port(10), port(11)]),
  ]);
  return { kubernetes, forge, registryURL, notified };
}

/** The stack of this test run. @throws Error where none was started */
export function realStack(): RealStack {
  const file = process.env[VARIABLE];
  if (file === undefined) throw new Error('There is no real stack: run this file with npm run test:real.');
  // Written by startRealStack.
  const addresses = JSON.parse(readFileSync(file, 'utf8')) as Addresses;
  return { ...addresses, servers: new Servers(addresses.folder) };
}
