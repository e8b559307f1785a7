/** The Git credentials of the person at the terminal, as their own Git has them. */

import { execFile } from 'node:child_process';
import type { GitCredential } from '../git';
import type { Terminal } from './terminal';

const DEADLINE_MS = 20_000;

/**
 * Asks Git's credential helpers, and never the terminal.
 *
 * @returns nothing where they know none: then the repository is read as anybody may
 */
export function ownCredential({ env }: Terminal, repoURL: string): Promise<GitCredential | undefined> {
  if (!/^https?:/.test(repoURL)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const options = { env: { ...env, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', LC_ALL: 'C' }, timeout: DEADLINE_MS };
    const asking = execFile('git', ['credential', 'fill'], options, (error, stdout) => {
      const said = new Map(
        stdout.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
      );
      const [username, password] = [said.get('username'), said.get('password')];
      resolve(error !== null || !password ? undefined : { password, ...(username ? { username } : {}) });
    });
    // Git may end before it has read the question; its answer, or the lack of one, says enough.
    asking.stdin?.on('error', () => undefined);
    asking.stdin?.end(`url=${repoURL}\n\n`);
  });
}
