/** What most files of tests need around them: a runtime that runs, and a cluster whose workloads roll out. */

import { installK8sTA, RuntimeProcess, type RuntimeProcessOptions } from './line';
import { Workloads } from './workloads';

/** Starts both before the tests of a file, and ends them after the last. */
export function driven(options?: RuntimeProcessOptions): {
  readonly runtime: RuntimeProcess;
  readonly workloads: Workloads;
} {
  const runtime = new RuntimeProcess(options);
  const workloads = new Workloads();
  beforeAll(async () => {
    await installK8sTA();
    await runtime.start();
  }, 120_000);
  afterAll(async () => {
    await runtime.stop();
    await workloads.stop();
  });
  return { runtime, workloads };
}
