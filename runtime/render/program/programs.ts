/** Finds programs, knows their versions, and runs a few of them side by side, each in a folder of its own. */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { TransientError } from '../../errors';
import { Line } from '../../line';
import { type ProcessLimits, runProcess } from './process';

/** One render by a program, as an adapter describes it. */
export interface ProgramCall {
  /** `helm`, or the name of a declared command: for messages and records. */
  readonly name: string;
  /** Absolute path, or a name that is looked for on the PATH. */
  readonly program: string;
  /** How it tells its version; without, the digest of the file counts. */
  readonly version?: { readonly args: readonly string[]; readonly pattern: RegExp };
  /** Arguments of the render. Paths in them are from the private folder. */
  readonly args: readonly string[];
  /** What to do where it is missing. */
  readonly remedy: string;
}

export interface ProgramOptions extends ProcessLimits {
  /** Where it is looked for. @default - the PATH of this process */
  readonly path?: string | undefined;
  /** Where private folders are made. @default - the system's folder for temporary files */
  readonly folder?: string | undefined;
  /** Processes that run side by side. */
  readonly workers: number;
}

/** A program that is there. */
export interface Program {
  readonly file: string;
  readonly version: string;
}

type Files = readonly (readonly [path: string, content: Uint8Array])[];

const PREFIX = 'k8sta-render-';

export class Programs {
  private readonly versions = new Map<string, Promise<string>>();
  private readonly closing = new AbortController();
  private readonly running = new Set<Promise<unknown>>();
  private readonly line: Line;

  constructor(private readonly options: ProgramOptions) {
    this.line = new Line(options.workers);
  }

  /**
   * The program and its version, asked once for each file.
   *
   * @throws TransientError saying what is missing and how to get it: a person mends that without a new ticket
   */
  async find(call: ProgramCall, signal: AbortSignal): Promise<Program> {
    const file = await this.fileOf(call);
    const { mtimeMs, size } = await stat(file);
    const key = JSON.stringify([file, mtimeMs, size]);
    const known = this.versions.get(key) ?? this.ask(call, file, signal);
    this.versions.set(key, known);
    try {
      return { file, version: await known };
    } catch (error) {
      this.versions.delete(key);
      throw error;
    }
  }

  /**
   * What the program prints, started in a folder that holds the files and nothing else.
   *
   * @throws as {@link runProcess} does, and TransientError once this is closed
   */
  async run(file: string, args: readonly string[], files: Files, signal: AbortSignal): Promise<Buffer> {
    const ended = AbortSignal.any([signal, this.closing.signal]);
    ended.throwIfAborted();
    await this.line.enter(false, ended);
    const work = this.inPrivate(file, args, files, ended).finally(() => this.line.leave());
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
    }
  }

  /** Ends every process. What waits is refused as transient. */
  async close(): Promise<void> {
    this.closing.abort(new TransientError('The renderer is closed.'));
    await Promise.allSettled(this.running);
  }

  private async inPrivate(file: string, args: readonly string[], files: Files, signal: AbortSignal): Promise<Buffer> {
    const { folder: parent = tmpdir() } = this.options;
    await mkdir(parent, { recursive: true });
    const root = await mkdtemp(join(parent, PREFIX));
    try {
      const [folder, home] = [join(root, 'work'), join(root, 'home')];
      await Promise.all([mkdir(folder), mkdir(home)]);
      for (const path of new Set(files.map(([path]) => dirname(path))))
        await mkdir(join(folder, path), { recursive: true });
      await Promise.all(files.map(([path, content]) => writeFile(join(folder, path), content, { flag: 'wx' })));
      const environment = { PATH: this.path, HOME: home };
      return await runProcess({ program: file, args, folder, environment }, this.options, signal);
    } finally {
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  private get path(): string {
    return this.options.path ?? process.env.PATH ?? '';
  }

  private async fileOf({ name, program, remedy }: ProgramCall): Promise<string> {
    const candidates = isAbsolute(program)
      ? [program]
      : this.path
          .split(delimiter)
          .filter(isAbsolute)
          .map((folder) => join(folder, program));
    for (const candidate of candidates) {
      try {
        await access(candidate, constants.X_OK);
        if ((await stat(candidate)).isFile()) return candidate;
      } catch {
        // Not here.
      }
    }
    const where = isAbsolute(program) ? `at ${program}` : 'on the PATH';
    throw new TransientError(
      `${name} is needed and not to be had: there is no program ${where} of the runtime. ${remedy}`,
    );
  }

  private async ask({ name, version }: ProgramCall, file: string, signal: AbortSignal): Promise<string> {
    if (version === undefined) {
      return createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
        .slice(0, 16);
    }
    const said = (await this.run(file, version.args, [], signal)).toString();
    const found = version.pattern.exec(said)?.[0];
    if (found !== undefined) return found;
    throw new TransientError(`${file} does not tell a version as ${name} does: ${JSON.stringify(said.slice(0, 100))}`);
  }
}
