/** A runtime in a process of its own, killed by SIGKILL at a moment that the test chooses, and started again. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Yard } from './yard';

const ROOT = join(__dirname, '..', '..', '..');

export class Victim {
  private child: ChildProcess | undefined;
  private dead: Promise<unknown> = Promise.resolve();

  constructor(private readonly yard: Yard) {}

  /** Resolves when its caches are filled. */
  async start(): Promise<void> {
    const { railyard, folder } = this.yard;
    const child = spawn(
      process.execPath,
      [
        ...process.execArgv,
        '-r',
        join(ROOT, 'scripts', 'typescript.cjs'),
        join(__dirname, 'child.ts'),
        railyard.kubeconfigPath,
        join(folder, 'caches'),
        railyard.registryURL,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    );
    this.child = child;
    this.dead = once(child, 'exit');
    await Promise.race([
      once(child.stdout, 'data'),
      this.dead.then(() => Promise.reject(new Error('the runtime died before it had started'))),
    ]);
  }

  /** Kills it and its Git processes, without a word. */
  kill(): void {
    const { pid } = this.child ?? {};
    if (pid === undefined || this.child?.exitCode !== null || this.child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has died by itself, which whoever waits for its end will see.
    }
  }

  /** Resolves when it is dead. */
  async died(): Promise<void> {
    await this.dead;
  }
}
