/** A project that `k8sta init` has just begun, with a packed package, on the machine's own Node. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { k8sta } from '../runtime/cli/terminal';
import { execute } from './shell';
import { startTree } from './start-tree';

const root = resolve(__dirname, '../..');

export class NewProject {
  private readonly top = mkdtempSync(join(tmpdir(), 'k8sta-init-'));
  readonly folder = join(this.top, 'shop-delivery');

  /** Runs a command line in the project. */
  run(command: string): string {
    return execute(command, this.folder);
  }

  remove(): void {
    rmSync(this.top, { recursive: true, force: true });
  }

  async install(): Promise<void> {
    execute(`npm pack --pack-destination "${this.top}"`, root);
    const tarball = readdirSync(this.top).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack made no tarball');
    mkdirSync(this.folder);
    const { code, err } = await k8sta(['init', '--name', 'shop', '--package', `../${tarball}`], this.folder);
    if (code !== 0) throw new Error(err);
    startTree(join(root, 'node_modules'), join(this.folder, 'node_modules'), ['@swc/core', 'jest', '@types/jest']);
    this.run('npm install --prefer-offline --no-audit --no-fund --no-package-lock --loglevel=error');
  }
}
