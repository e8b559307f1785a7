/** `k8sta run` in a process of its own, one of several that stand for a lease: paused, killed and asked to end by a test. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '../../waiting';

const ROOT = join(__dirname, '..', '..', '..');
const BOOT_MS = 80_000;

/** One line of its log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string };

export interface CandidateOptions {
  /** @default 3 */
  readonly leaseSeconds?: number;
  /** Further words of the command line. */
  readonly args?: readonly string[];
}

/** Where it runs, and on what. */
export interface Place {
  /** Its caches are below. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** Answers for `ghcr.io`. */
  readonly registryURL: string;
}

export class Candidate {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private text = '';

  constructor(
    { folder, kubeconfig, registryURL }: Place,
    name: string,
    { leaseSeconds = 3, args = [] }: CandidateOptions = {},
  ) {
    const options = {
      kubeconfig,
      folder: join(folder, name),
      'registry-mirror': `ghcr.io=${registryURL}`,
      'credentials-namespace': 'k8sta',
      'lease-namespace': 'default',
      'lease-duration': String(leaseSeconds),
      settle: '0',
    };
    const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
    const main = [join(ROOT, 'scripts', 'typescript.cjs'), join(ROOT, 'runtime', 'cli', 'main.ts')];
    this.child = spawn(
      process.execPath,
      [...process.execArgv, '-r', ...main, 'run', '--leader-elect', ...words, ...args],
      {
        stdio: ['ignore', 'inherit', 'pipe'],
        detached: true,
      },
    );
    this.ended = once(this.child, 'exit');
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.text += text));
  }

  /** Whole lines of its log so far. */
  log(): LogLine[] {
    const lines = this.text.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** Resolves when it has said this, so many times. */
  async said(message: string, times = 1, deadlineMs = BOOT_MS): Promise<LogLine> {
    return eventually(
      `it says "${message}"`,
      () => {
        if (this.child.exitCode !== null) throw new Error(`It has ended: ${this.text.slice(-2_000)}`);
        const lines = this.log().filter((line) => line.message === message);
        if (lines.length < times) throw new Error(`It has said: ${this.text.slice(-2_000)}`);
        return lines[times - 1];
      },
      deadlineMs,
    );
  }

  /** Whether it leads, by what it has said. */
  get leads(): boolean {
    const ended = this.log().filter(({ message }) => message === 'This process does not lead any more').length;
    return this.terms > ended;
  }

  /** How many times it has begun to lead. */
  get terms(): number {
    return this.log().filter(({ message }) => message === 'This process leads').length;
  }

  /** To it and its Git processes. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
  }

  /** Asks it to end, as a cluster does; to it alone. @returns its exit code */
  async terminate(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.ended;
    return this.child.exitCode;
  }

  /** Ends it, whatever it is at. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}
