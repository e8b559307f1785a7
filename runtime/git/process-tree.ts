/**
 * Ending a Git command with everything that it started. Git leaves its transport (`git-remote-https`, `ssh`) running
 * when it is ended itself, and that one would go on talking to a server for as long as the server likes.
 */

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

const GRACE_MS = 500;
const LOOK_MS = 10;

/** Ends the process and all below it: first asked, so that lock files go, then made to. Returns when they have ended. */
export async function endTree(root: number): Promise<void> {
  const tree = await halted(root);
  for (const pid of tree) send(pid, 'SIGTERM');
  for (const pid of tree) send(pid, 'SIGCONT');
  for (let waited = 0; waited < GRACE_MS && tree.some(lives); waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  for (const pid of tree.filter(lives)) {
    for (const late of await treeOf(pid)) send(late, 'SIGKILL');
  }
}

/** The process and all below it, none of which can start another now: what starts after a look would be overlooked. */
async function halted(root: number): Promise<number[]> {
  const halted = new Set<number>();
  for (;;) {
    const tree = await treeOf(root);
    const running = tree.filter((pid) => !halted.has(pid));
    if (running.length === 0) return tree;
    for (const pid of running) {
      send(pid, 'SIGSTOP');
      halted.add(pid);
    }
  }
}

/** The process and all its descendants that live now, parents first. */
export async function treeOf(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of await processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

const lives = (pid: number): boolean => send(pid, 0);

/** Every process with its parent. */
function processes(): Promise<(readonly [pid: number, parent: number])[]> {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

async function fromProc(): Promise<(readonly [number, number])[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
      // The command's name stands in parentheses and may hold anything; state and parent follow the last one.
      const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
      return parent === undefined ? undefined : ([Number(pid), Number(parent)] as const);
    }),
  );
  return rows.filter((row) => row !== undefined);
}

function fromPs(): Promise<(readonly [number, number])[]> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], (error, stdout) => {
      const lines = error ? [] : stdout.trim().split('\n');
      resolve(
        lines.map((line) => {
          const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
          return [pid, parent] as const;
        }),
      );
    });
  });
}
