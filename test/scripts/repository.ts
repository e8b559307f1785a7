/** A small repository of the same make as ours, in a temporary folder, to run the scripts on. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), 'k8sta-repository-'));

  /** @param files content by path, beside the scripts and the configuration of this repository */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const name of ['scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    for (const [file, content] of Object.entries(files)) this.write(file, content);
  }

  write(file: string, content: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), content);
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  mode(file: string): number {
    return statSync(join(this.folder, file)).mode & 0o777;
  }

  /** Gives it the installed packages of this repository. */
  borrowPackages(): this {
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
    return this;
  }

  /** Runs Node in the repository to its end. */
  node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    return { code: status, output: stdout + stderr };
  }

  /** Starts Node in the repository. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
    return new Started(spawn(process.execPath, args, { cwd: this.folder, env: { ...process.env, ...env } }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A process that runs. */
export class Started {
  output = '';
  readonly ended: Promise<Ended>;

  constructor(private readonly child: ChildProcess) {
    const listen = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    this.ended = new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', (code) => done({ code, output: this.output }));
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}
