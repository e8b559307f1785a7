/** Command lines in a project that is not this one. */

import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/**
 * The environment of the project's own scripts: its commands are on the path, and neither this repository's Node nor what
 * npm tells the scripts of this repository.
 */
function shell(cwd: string): NodeJS.ProcessEnv {
  const own = (name: string): boolean => !/^(npm_|NODE_OPTIONS$|JEST_|NODE_ENV$)/i.test(name);
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => own(name))),
    PATH: [join(cwd, 'node_modules', '.bin'), ...path].join(delimiter),
    CDK8S_CHECK_UPGRADE: 'false',
  };
}

/** @throws Error with what the command said, when it fails */
export function execute(command: string, cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, {
    cwd,
    shell: true,
    encoding: 'utf8',
    env: shell(cwd),
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ended with ${status ?? error?.message}:\n${stdout}\n${stderr}`);
}
