/**
 * The runtime of the crowd in a process of its own: `crowd-runtime.ts <kubeconfig> <folder>`. Tells its parent when it has
 * started, and whenever it is asked what it has used.
 */
import { startRuntime } from '../runtime/dispatch';
import { connect } from '../runtime/kube';
import { silentLog } from '../runtime/log';

/** Told to the parent. */
export interface Usage {
  /** CPU time of the process so far, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory at its highest, in megabytes. */
  readonly peakMegabytes: number;
}

const usage = (): Usage => {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, peakMegabytes: process.resourceUsage().maxRSS / 1_024 };
};

async function run([kubeconfig = '', folder = '']: readonly string[]): Promise<void> {
  const runtime = await startRuntime({
    cluster: connect({ kubeconfig }),
    folder,
    settleMs: 0,
    credentialsNamespace: 'k8sta',
    log: silentLog,
  });
  process.on('message', () => process.send?.(usage()));
  process.on('disconnect', () => void runtime.stop().then(() => process.exit()));
  process.send?.(usage());
}

if (require.main === module) void run(process.argv.slice(2));
