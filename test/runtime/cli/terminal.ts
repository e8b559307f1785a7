/** A terminal for tests: remembers what was written, and ends commands when told. */

import { runProgram } from '../../../runtime/cli/program';
import type { Terminal } from '../../../runtime/cli/terminal';

export interface TestTerminal extends Terminal {
  /** Everything written so far. */
  readonly written: { readonly out: string; readonly err: string };
  /** Ctrl-C. */
  interrupt(): void;
}

export function testTerminal(parts: Partial<Pick<Terminal, 'cwd' | 'env'>> = {}): TestTerminal {
  const texts = { out: '', err: '' };
  const stop = new AbortController();
  return {
    out: { write: (text) => void (texts.out += text) },
    err: { write: (text) => void (texts.err += text) },
    env: {},
    cwd: process.cwd(),
    ...parts,
    stop: stop.signal,
    written: texts,
    interrupt: () => stop.abort(),
  };
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line to its end. */
export async function k8sta(args: readonly string[], cwd?: string): Promise<Ended> {
  const terminal = testTerminal(cwd === undefined ? {} : { cwd });
  const code = await runProgram(args, terminal);
  return { code, ...terminal.written };
}
