/** What the processes that a process has started have cost, theirs included: Linux tells it in `/proc`. */

import { readdirSync, readFileSync } from 'node:fs';

/** Of a clock tick, as `/proc` counts: always a hundredth of a second for programs. */
const TICK_MS = 10;

interface Usage {
  readonly parent: number;
  /** Of the process itself. */
  readonly ownMs: number;
  /** Of its children that have ended, theirs included. */
  readonly endedMs: number;
}

/** @returns `undefined` where it has ended meanwhile */
function usageOf(pid: number): Usage | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name of the program, in brackets, may hold anything.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
  return { parent, ownMs: (user + system) * TICK_MS, endedMs: (endedUser + endedSystem) * TICK_MS };
}

/**
 * CPU time of all that a process has started so far, in milliseconds.
 *
 * @param except a child that is left out, with all that it has started
 * @returns `NaN` where there is no `/proc`
 */
export function childrenMs(pid: number, except?: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const all = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    const usage = /^\d+$/.test(name) ? usageOf(Number(name)) : undefined;
    if (usage !== undefined && Number(name) !== except) all.set(Number(name), usage);
  }
  const below = (parent: number): number =>
    [...all].reduce(
      (sum, [child, usage]) => (usage.parent === parent ? sum + usage.ownMs + usage.endedMs + below(child) : sum),
      0,
    );
  return (all.get(pid)?.endedMs ?? 0) + below(pid);
}
