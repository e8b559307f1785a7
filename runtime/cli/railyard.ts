/** `k8sta railyard`: the embedded control plane alone, until it is asked to end. */

import { startRailyard, type Railyard } from '../railyard';
import { PortInUseError } from '../railyard/loopback';
import { messageOf } from '../errors';
import type { Log } from '../log';
import { logTo } from './log';
import { openFolder, type Folder } from './folder';
import { announce, withdraw } from './running';
import { EXIT, type ExitCode, print, stopped, type Terminal } from './terminal';

export interface RailyardOptions {
  readonly folder?: string;
  readonly kubernetesPort?: number;
  readonly gitPort?: number;
  readonly registryPort?: number;
  readonly latencyScale?: number;
}

export async function keepRailyard(terminal: Terminal, options: RailyardOptions): Promise<ExitCode> {
  const folder = await openFolder(terminal, options.folder, 'railyard');
  try {
    const railyard = await openRailyard(folder, options, logTo(terminal, 'warn'));
    print(
      terminal.out,
      `The railyard runs in ${folder.path}`,
      '',
      `  Kubernetes API  ${railyard.kubernetesURL}`,
      `  Git server      ${railyard.gitURL}`,
      `  image registry  ${railyard.registryURL}`,
      '',
      `  export KUBECONFIG=${railyard.kubeconfigPath}`,
      `  npx k8sta railyard publish ghcr.io/acme/guestbook:1.2.0 --registry ${railyard.registryURL}`,
      '',
      'Ctrl-C ends it.',
    );
    await stopped(terminal);
    await closeRailyard(folder, railyard);
    return EXIT.done;
  } finally {
    folder.release();
  }
}

/**
 * Starts a railyard and says in its folder where it is.
 *
 * @throws Error that names the port that is taken, and the option that chooses another
 */
export async function openRailyard(folder: Folder, options: RailyardOptions, log: Log): Promise<Railyard> {
  const { kubernetesPort, gitPort, registryPort, latencyScale } = options;
  try {
    const railyard = await startRailyard({
      folder: folder.path,
      ports: {
        ...(kubernetesPort === undefined ? {} : { kubernetes: kubernetesPort }),
        ...(gitPort === undefined ? {} : { git: gitPort }),
        ...(registryPort === undefined ? {} : { registry: registryPort }),
      },
      ...(latencyScale === undefined ? {} : { latencyScale }),
      onError: (error) => log.warn({ error: messageOf(error) }, "Argo CD's stand-in failed and tries again"),
    });
    const { kubernetesURL, gitURL, registryURL } = railyard;
    const running = { folder: folder.path, pid: process.pid, kubernetesURL, gitURL, registryURL };
    await announce(running).catch(async (error: unknown) => {
      await railyard.stop();
      throw error;
    });
    return railyard;
  } catch (error) {
    throw error instanceof PortInUseError ? new Error(withOption(error, options), { cause: error }) : error;
  }
}

export async function closeRailyard(folder: Folder, railyard: Railyard): Promise<void> {
  await railyard.stop();
  await withdraw(folder.path);
}

/** The option that asked for the port that is taken, and one that would do. */
function withOption(error: PortInUseError, options: RailyardOptions): string {
  const asked = [
    ['--kubernetes-port', options.kubernetesPort],
    ['--git-port', options.gitPort],
    ['--registry-port', options.registryPort],
  ] as const;
  const option = asked.find(([, port]) => port === error.port)?.[0];
  return option === undefined ? error.message : `${error.message} Say ${option} ${error.free}, or leave it out.`;
}
