/** The demo as a person starts it: a process of its own, that can be killed. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../../../waiting';
import { k8sta } from '../terminal';

const REPOSITORY = resolve(__dirname, '../../../..');
const DEADLINE_MS = 100_000;
jest.setTimeout(2 * DEADLINE_MS);

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-demo-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function demo(...args: string[]) {
  const child = spawn(
    process.execPath,
    [...process.execArgv, '-r', './scripts/typescript.cjs', 'runtime/cli/main.ts', 'demo', ...args],
    {
      cwd: REPOSITORY,
      // ts-node, which runs the sources here and not where people start the demo, would keep compiled code in TMPDIR.
      env: { ...process.env, TMPDIR: folder, DISABLE_V8_COMPILE_CACHE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  const run = { child, out: '', ended: undefined as undefined | { code: number | null } };
  child.stdout.on('data', (chunk: Buffer) => (run.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (run.out += chunk.toString()));
  child.on('close', (code) => (run.ended = { code }));
  return run;
}

const says = (run: { out: string }, words: string) =>
  eventually(`the demo says "${words}"; it said:\n${run.out}`, () => run.out.includes(words), DEADLINE_MS);

describe('k8sta demo', () => {
  test('killed in the middle of a ride and started on its folder, it goes on: one commit for each application', async () => {
    const yard = join(folder, 'yard');
    const first = demo('--folder', yard);
    await says(first, 'main-1 arrives at stage');
    first.child.kill('SIGKILL');
    await eventually('it is dead', () => first.ended, DEADLINE_MS);

    // That each branch holds exactly the commit that the ticket records is what `--once` ends with.
    const second = demo('--folder', yard, '--once', '--timeout', '90');
    const { code } = await eventually('it ends', () => second.ended, DEADLINE_MS);
    expect(second.out).toContain('The first change has arrived, and Git tells how.');
    expect(code).toBe(0);
    // One for the image and one for the source commit, whichever is looked at first.
    expect(second.out).not.toContain('main-3');
  });

  test('on Ctrl-C it stops cleanly and leaves no temporary folder', async () => {
    const run = demo();
    await says(run, 'main-1 boarded main');
    run.child.kill('SIGINT');
    const { code } = await eventually('it ends', () => run.ended, DEADLINE_MS);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a ride that does not end in time fails, and says what it waits for', async () => {
    const run = demo('--once', '--timeout', '12', '--latency-scale', '100');
    const { code } = await eventually('it ends', () => run.ended, DEADLINE_MS);
    expect(run.out).toMatch(/k8sta demo: the first ticket has not completed in time\nk8sta demo: /);
    expect(code).toBe(1);
  });

  test('a port in use is named, with the option that chooses another', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await k8sta(['demo', '--once', '--kubernetes-port', String(port)], folder);
    expect(err).toMatch(new RegExp(`Port ${port} .* is in use .* Say --kubernetes-port \\d+, or leave it out`));
    expect(code).toBe(1);
    other.close();
  });
});
