import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startRealStack } from './stack';

const SCRIPTS = join(__dirname, '..', '..', 'scripts');

/** Builds what a run needs: the servers where they are missing, and the command as users run it. */
export function prepare(): void {
  for (const args of [['real-servers.cjs'], ['build.cjs', '--javascript']]) {
    const [script = '', ...options] = args;
    const { status } = spawnSync(process.execPath, [join(SCRIPTS, script), ...options], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${args.join(' ')} failed`);
  }
}

/** Brings up what all files of a run share. */
export default async function setup(): Promise<void> {
  prepare();
  const start = Date.now();
  const stack = await startRealStack();
  process.stderr.write(`real stack: up in ${((Date.now() - start) / 1_000).toFixed(1)} s\n`);
  running.stop = () => stack.stop();
}

/** Handed to the end of the run, which is in the same process. */
export const running: { stop?: () => Promise<void> } = {};
