/** The processes of the machine by their command lines, to see what a test has started and left. */

import { readdirSync, readFileSync } from 'node:fs';

/** Empty where the process is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Command lines of all processes that hold this text. */
export const commandsWith = (mark: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => commandOf(Number(name)))
    .filter((line) => line.includes(mark));
