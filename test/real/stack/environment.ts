import { join } from 'node:path';

/** What a server of the stack sees of the machine: programs, and a home and a temporary folder of its own. */
export function environment(folder: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    ...more,
  };
}
