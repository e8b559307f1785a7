/** Runs `cdk8s synth` on an example, as a team's CI would. */

import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

export interface Synth {
  /** Folder of the example: the one with its `cdk8s.yaml`. */
  readonly example: string;
  readonly output: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Words of the synthesis kept for an error. */
const MOST_WORDS = 4_000;

/**
 * @throws Error with what the synthesis printed, when it fails
 */
export async function synthesise({ example, output, env }: Synth, stop: AbortSignal): Promise<void> {
  const program = join(
    dirname(createRequire(join(example, 'cdk8s.yaml')).resolve('cdk8s-cli/package.json')),
    'bin',
    'cdk8s',
  );
  await mkdir(output, { recursive: true });
  const child = spawn(process.execPath, [program, 'synth', '--output', output], {
    cwd: example,
    env: {
      ...process.env,
      ...env,
      // The example runs on the Node that runs this, whatever the person's own is.
      PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
      // It must not wait for a look at the package registry for a newer cdk8s.
      CDK8S_CHECK_UPGRADE: 'false',
      // ts-node keeps compiled code beside its output instead of in the machine's temporary folder, which is left as it was.
      V8_COMPILE_CACHE_CACHE_DIR: `${output}-cache`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stop,
  });
  let words = '';
  const listen = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-MOST_WORDS);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`cdk8s synth in ${example} ended with ${code}:\n${words.trim()}`));
    });
  });
}
