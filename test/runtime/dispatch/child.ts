/** The runtime in a process of its own, so that a test can kill it: `child.ts <kubeconfig> <folder> <registry>`. */

import { startRuntime } from '../../../runtime/dispatch';
import { connect } from '../../../runtime/kube';
import { silentLog } from '../../../runtime/log';

async function main([kubeconfig = '', folder = '', registry = '']: readonly string[]): Promise<void> {
  await startRuntime({
    cluster: connect({ kubeconfig }),
    folder,
    registryMirrors: new Map([['ghcr.io', registry]]),
    settleMs: 0,
    credentialsNamespace: 'k8sta',
    log: silentLog,
  });
  process.stdout.write('started\n');
}

void main(process.argv.slice(2));
