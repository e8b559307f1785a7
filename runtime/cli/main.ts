#!/usr/bin/env node
import { basename } from 'node:path';
import { nodeProblem } from './node-version';
import type * as Program from './program';
import type * as Readline from 'node:readline/promises';

/** kubectl finds its plugins, and what completes their command lines, by their names. */
const called = basename(process.argv[1] ?? '').replace(/\.\w+$/, '');
const typed = process.argv.slice(2);
const args = called === 'kubectl_complete-k8sta' ? ['__complete', '--for-kubectl', ...typed] : typed;
const problem = nodeProblem(process.versions.node, args);
if (problem === undefined) {
  start();
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

/** Binds the process to the program: its streams, its signals, its exit code. */
function start(): void {
  // Loaded only now: on an older Node the version must have been checked first.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { runProgram } = require('./program') as typeof Program;
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // The terminal was closed.
  process.on('SIGHUP', onSignal);
  // `k8sta crds | head`: a reader that has seen enough is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  void runProgram(args, {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    name: called === 'kubectl-k8sta' ? 'kubectl k8sta' : 'k8sta',
    stop: stop.signal,
    ...(process.stdin.isTTY && process.stdout.isTTY ? { ask: (question: string) => ask(question, stop.signal) } : {}),
  }).then((code) => {
    process.exitCode = code;
    // Nothing may keep a finished command alive; what is still to be written is written first.
    process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
  });
}

/** Asks the person at the terminal; nothing is an answer too, and so is the end of it. */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { createInterface } = require('node:readline/promises') as typeof Readline;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await Promise.race([
      lines.question(question, { signal }).catch(() => ''),
      new Promise<string>((resolve) => lines.once('close', () => resolve(''))),
    ]);
  } finally {
    lines.close();
  }
}
