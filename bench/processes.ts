/** Counts the processes that this one starts, and those that Git's small processes start for it. */

import childProcess from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Call it before anything is started. @returns how many were started so far */
export function countProcesses(): () => number {
  const folder = mkdtempSync(join(tmpdir(), 'k8sta-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'started');
  writeFileSync(file, '');
  let own = 0;
  channel('child_process').subscribe(() => (own += 1));
  const { fork } = childProcess;
  // They get an environment of their own, so that this is the only way in.
  childProcess.fork = ((script: string, args: readonly string[], options: childProcess.ForkOptions) =>
    fork(script, args, {
      ...options,
      env: { ...options.env, STARTED: file },
      execArgv: ['--require', require.resolve('./counted.cjs'), ...(options.execArgv ?? [])],
    })) as typeof fork;
  return () => own + statSync(file).size;
}
