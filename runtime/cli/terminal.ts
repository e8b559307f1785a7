/** What a command knows of the outside: handed in by `main`, so that tests can hand in something else. */

/** Where text goes. */
export interface Output {
  write(text: string): unknown;
  /** Whether a person looks at it. */
  readonly isTTY?: boolean;
  /** Width of that person's terminal. */
  readonly columns?: number;
}

export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How people call the program. @default `k8sta` */
  readonly name?: string;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Asks the person and gives back what they answer; absent where nobody is there to answer. */
  readonly ask?: (question: string) => Promise<string>;
  /** Aborted when the person or the system asks the command to end: Ctrl-C, SIGTERM. */
  readonly stop: AbortSignal;
}

/** How a command ends. Documented in `k8sta --help`. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** What was waited for cannot come any more. */
  otherwise: 3,
  /** It has not come in time. */
  late: 4,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The words of a command line that make no sense: said on stderr, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const print = (output: Output, ...lines: readonly string[]): void => {
  for (const line of lines) output.write(`${line}\n`);
};

/** Words of others, in lines, without what steers a terminal. */
export const harmless = (text: string): string => text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');

/** Whether colours are welcome: a terminal, and nobody said `NO_COLOR` (https://no-color.org) or has a dumb one. */
export function wantsColours(terminal: Terminal, output: Output): boolean {
  return output.isTTY === true && !terminal.env.NO_COLOR && terminal.env.TERM !== 'dumb';
}

/** Resolves when the command is asked to end; at once where it was before. */
export function stopped({ stop }: Terminal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
}
