/** Git as a person has it: the demo plays a developer, and looks at the outcome with other eyes than the runtime's. */

import { execFile } from 'node:child_process';

class GitError extends Error {
  override readonly name = 'GitError';
}

/** Neither the person's configuration nor hooks nor a question for a password may change what the demo does. */
const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Demo Developer',
  GIT_AUTHOR_EMAIL: 'developer@example.com',
  GIT_COMMITTER_NAME: 'Demo Developer',
  GIT_COMMITTER_EMAIL: 'developer@example.com',
  LC_ALL: 'C',
};

const DEADLINE_MS = 30_000;
const MOST_OUTPUT = 16 * 1024 * 1024;

/**
 * Runs git and returns what it printed.
 *
 * @throws GitError with git's own words
 */
export function git(folder: string, ...args: readonly string[]): Promise<string> {
  const options = {
    cwd: folder,
    env: { ...process.env, ...ENVIRONMENT },
    timeout: DEADLINE_MS,
    maxBuffer: MOST_OUTPUT,
  };
  return new Promise((resolve, reject) => {
    execFile('git', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT')
        reject(new GitError('git is not installed: the demo needs Git 2.30 or newer on PATH'));
      else reject(new GitError(`git ${args[0]} failed: ${stderr.trim() || error.message}`));
    });
  });
}
