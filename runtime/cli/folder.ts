/** Folders that a command works in: named by the person and kept, or temporary and removed. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Terminal } from './terminal';

export interface Folder {
  readonly path: string;
  readonly temporary: boolean;
  /** Removes it when it is temporary. */
  readonly release: () => void;
}

/** What temporary folders of ours begin with; `k8sta railyard publish` finds a running railyard by it. */
export const TEMPORARY_PREFIX = 'k8sta-';

/** The folder that the person named, made when missing, or a temporary one that only this user can read. */
export async function openFolder(terminal: Terminal, named: string | undefined, purpose: string): Promise<Folder> {
  if (named !== undefined) {
    const path = resolve(terminal.cwd, named);
    await mkdir(path, { recursive: true });
    return { path, temporary: false, release: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), `${TEMPORARY_PREFIX}${purpose}-`));
  return { path, temporary: true, release: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The folder that this package's `package.json` is in, whether it runs as sources or built. */
export function packageFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no package.json above ${__dirname}: install k8sta anew`);
    folder = above;
  }
  return folder;
}

/** This package's version. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  return 'unknown';
}
