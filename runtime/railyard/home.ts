import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RailyardError } from './errors';

/** Ports of the railyard's servers. */
export interface Ports {
  readonly kubernetes: number;
  readonly git: number;
  readonly registry: number;
}

/** The folder of one railyard: which process has it, and which ports it had last. */
export class Home {
  private constructor(
    readonly folder: string,
    private readonly isTemporary: boolean,
  ) {}

  /**
   * Takes a folder, so that no second railyard writes to it.
   *
   * @param folder made when missing; `undefined` for a temporary one
   * @throws Error naming the process that has it
   */
  static async open(folder: string | undefined): Promise<Home> {
    if (folder === undefined) return new Home(await mkdtemp(join(tmpdir(), 'railyard-')), true);
    const home = new Home(resolve(folder), false);
    await mkdir(home.folder, { recursive: true });
    await home.lock();
    return home;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** The ports of the last run on this folder; none where it is new. */
  async lastPorts(): Promise<Partial<Ports>> {
    const text = await readFile(this.path('ports.json'), 'utf8').catch(() => '{}');
    try {
      const read: unknown = JSON.parse(text);
      const known = Object.entries(read ?? {}).filter(([, port]) => Number.isInteger(port));
      return Object.fromEntries(known);
    } catch {
      return {};
    }
  }

  async rememberPorts(ports: Ports): Promise<void> {
    await this.write('ports.json', `${JSON.stringify(ports)}\n`);
  }

  /** Writes a file that only its owner may read, whole or not at all. @returns its path */
  async write(name: string, content: string): Promise<string> {
    const path = this.path(name);
    await writeFile(`${path}.new`, content, { mode: 0o600 });
    await rename(`${path}.new`, path);
    return path;
  }

  /** Gives the folder back; a temporary one is removed. */
  async close(): Promise<void> {
    if (this.isTemporary) await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    else await rm(this.path('lock'), { force: true });
  }

  private async lock(): Promise<void> {
    const path = this.path('lock');
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    // A process that was killed leaves its lock behind.
    if (holder !== process.pid && holder > 0 && isAlive(holder)) {
      throw new RailyardError(
        `A railyard already runs on ${this.folder} (process ${holder}): stop it, or name another folder.`,
      );
    }
    await writeFile(path, String(process.pid));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}
