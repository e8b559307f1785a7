import { request } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program to run, with everything that it is told. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** @default the folder of the stack */
  readonly cwd?: string;
}

/** What is known of a process. */
export interface Process {
  readonly pid: number;
  readonly running: boolean;
  /** Exit code, or why it could not be started; null while it runs and after a signal. */
  readonly code: number | string | null;
  readonly signal: string | null;
  /** Memory that it holds, its children's left out. */
  readonly rssBytes: number;
}

const READY_MS = 120_000;
const PAUSE_MS = 50;
const LOG_TAIL = 3_000;

/**
 * The processes of a stack, by name: servers and runtimes alike. They belong to a keeper that ends with the test run, so
 * nothing that is started here survives it.
 */
export class Servers {
  constructor(private readonly folder: string) {}

  /** Starts a process; without a command the way it was started last. */
  async start(name: string, command?: Command): Promise<void> {
    await this.ask('POST', `/${name}/start`, command ?? {});
  }

  /** Ends a process, and then its children, and waits until it is gone. @default SIGKILL */
  stop(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<Process> {
    return this.ask('POST', `/${name}/stop`, { signal });
  }

  signal(name: string, signal: NodeJS.Signals): Promise<Process> {
    return this.ask('POST', `/${name}/signal`, { signal });
  }

  look(name: string): Promise<Process> {
    return this.ask('GET', `/${name}`);
  }

  /** Everything that a process has printed, over all its starts. */
  log(name: string): Promise<string> {
    return readFile(join(this.folder, 'logs', `${name}.log`), 'utf8');
  }

  /**
   * Waits until a process that runs is ready.
   *
   * @throws Error with the end of its log when it dies, or is not ready in two minutes
   */
  async ready(name: string, isReady: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const { running, code, signal } = await this.look(name);
      if (!running) throw new Error(`${name} ended with ${code ?? signal}.\n${await this.tail(name)}`);
      if (await isReady().catch(() => false)) return;
      if (Date.now() > deadline)
        throw new Error(`${name} is not ready after ${READY_MS} ms.\n${await this.tail(name)}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private async tail(name: string): Promise<string> {
    return (await this.log(name).catch(() => '')).slice(-LOG_TAIL);
  }

  private ask(method: string, path: string, body?: object): Promise<Process> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: join(this.folder, 'keeper.sock'), method, path }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => {
          // The keeper's own words.
          const answer = JSON.parse(text) as Process & { readonly error?: string };
          if (answer.error === undefined) resolve(answer);
          else reject(new Error(answer.error));
        });
      });
      asked.once('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
