/**
 * The mirrors of one process: who works with which, which go because nobody names their repository any more, and which go
 * so that the work goes on where the disk is full. Any of them can be filled again.
 */

import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log';
import { DiskFull } from './disk';
import { BROKEN, type Mirror } from './mirror';

const MIRROR = /^([0-9a-f]{32})\.git$/;
/** A mirror that was used as lately as this is not taken for one that nobody needs, in milliseconds. */
const REST_MS = 60 * 60_000;

interface Kept {
  readonly mirror: Mirror;
  users: number;
  /** When it was last let go of. */
  usedAt: number;
}

export interface MirrorsOptions {
  readonly folder: string;
  readonly make: (key: string) => Mirror;
  /** The mirror is gone, with all that was known of it. */
  readonly forget: (key: string) => void;
  readonly now: () => Date;
  readonly log: Log;
}

export class Mirrors {
  private readonly kept = new Map<string, Kept>();
  private making: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: MirrorsOptions) {}

  /** The mirror of a repository, for work that `using` surrounds. */
  at(key: string): Mirror {
    return this.entry(key).mirror;
  }

  /**
   * Does something with a mirror, which stays meanwhile. Where the disk is full, room is made of the other mirrors and at
   * last of this one, and it is done again.
   *
   * @throws DiskFull where that was not enough
   */
  async using<T>(key: string, work: () => Promise<T>): Promise<T> {
    for (let last = false; ;) {
      const entry = this.entry(key);
      entry.users += 1;
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DiskFull) || last) throw error;
        last = !(await this.roomBeside(key));
        if (last && entry.users > 1) throw error;
      } finally {
        entry.users -= 1;
        entry.usedAt = this.options.now().getTime();
      }
      // Nothing else is left to give.
      if (last) await this.remove([key]);
    }
  }

  /**
   * Removes the mirrors of all other repositories, also what an earlier process left; but none that is in use, or was
   * within the last hour.
   *
   * @returns how many
   */
  async retain(keys: ReadonlySet<string>): Promise<number> {
    const rested = this.options.now().getTime() - REST_MS;
    const gone = [...new Set([...this.onDisk(), ...this.kept.keys()])].filter((key) => {
      const entry = this.kept.get(key);
      return !keys.has(key) && (entry === undefined || (entry.users === 0 && entry.usedAt <= rested));
    });
    if (gone.length === 0) return 0;
    await this.remove(gone);
    this.options.log.info({ mirrors: gone.length }, 'Git mirrors of repositories that nothing names any more are gone');
    return gone.length;
  }

  close(): void {
    for (const { mirror } of this.kept.values()) mirror.close();
  }

  private entry(key: string): Kept {
    const known = this.kept.get(key);
    if (known) return known;
    const made = { mirror: this.options.make(key), users: 0, usedAt: this.options.now().getTime() };
    this.kept.set(key, made);
    return made;
  }

  /**
   * Removes the half of the other mirrors that was used least lately and is not in use. One who fails after another made
   * room finds it made.
   *
   * @returns whether there were any
   */
  private roomBeside(key: string): Promise<boolean> {
    const turn = this.making.then(async () => {
      const idle = this.onDisk().filter((one) => one !== key && (this.kept.get(one)?.users ?? 0) === 0);
      idle.sort((one, other) => this.usedAt(one) - this.usedAt(other));
      const gone = idle.slice(0, Math.ceil(idle.length / 2));
      if (gone.length === 0) return false;
      await this.remove(gone);
      this.options.log.warn(
        { mirrors: gone.length },
        'The disk of the Git mirrors is full: those that were used least lately have been removed. Give it more room',
      );
      return true;
    });
    this.making = turn.catch(() => undefined);
    return turn;
  }

  /** Keys of the mirrors that have files, also of an earlier process. */
  private onDisk(): string[] {
    return readdirSync(this.options.folder).flatMap((name) => MIRROR.exec(name)?.[1] ?? []);
  }

  private readonly usedAt = (key: string): number => this.kept.get(key)?.usedAt ?? 0;

  /** Whoever comes while the files go has a mirror of his own already. */
  private async remove(keys: readonly string[]): Promise<void> {
    const { folder, forget } = this.options;
    const aside = keys.flatMap((key) => {
      this.kept.get(key)?.mirror.close();
      this.kept.delete(key);
      forget(key);
      const broken = join(folder, `${BROKEN}${randomUUID()}`);
      try {
        renameSync(join(folder, `${key}.git`), broken);
        return [broken];
      } catch {
        return [];
      }
    });
    await Promise.all(aside.map((path) => rm(path, { recursive: true, force: true })));
  }
}
