/** Build times of many tags: only of those that are new, or have moved. */

import type { Connection } from './connection';
import type { Images } from './images';

interface Known {
  readonly digest: string;
  /** Count of the look that last read where it points. */
  checked: number;
  /** Whether it has pointed elsewhere before: such a tag is read each time. */
  moves: boolean;
}

/**
 * Tags that do not seem to move are read again in turn, so many at each look: one that moves for the first time is
 * noticed at once in a small repository, and in a large one after some looks.
 */
const READ_AGAIN = 20;
const AT_ONCE = 8;

export class Builds {
  readonly #known = new Map<string, Known>();
  #looks = 0;

  /**
   * When the tags were built; those that do not say, are not for the platform or went away meanwhile are left out. What
   * was learned before a failure is kept, and the next attempt goes on from there.
   */
  async of(
    connection: Connection,
    images: Images,
    tags: readonly string[],
    platform: string | undefined,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, Date>> {
    this.#looks += 1;
    this.#forgetAllBut(tags);
    await eachOf(this.#toRead(tags), async (tag) => {
      const digest = await images.digest(connection, tag, signal);
      const before = this.#known.get(tag);
      if (digest === undefined) this.#known.delete(tag);
      else {
        const moves = before !== undefined && (before.moves || before.digest !== digest);
        this.#known.set(tag, { digest, checked: this.#looks, moves });
      }
    });
    const built = new Map<string, Date>();
    await eachOf(tags, async (tag) => {
      const known = this.#known.get(tag);
      if (known === undefined) return;
      const { offered, created } = await images.build(connection, known.digest, platform, signal);
      if (offered && created !== undefined) built.set(tag, created);
    });
    return built;
  }

  #toRead(tags: readonly string[]): string[] {
    const fresh: string[] = [];
    const old: [string, Known][] = [];
    for (const tag of tags) {
      const known = this.#known.get(tag);
      if (known === undefined || known.moves) fresh.push(tag);
      else old.push([tag, known]);
    }
    old.sort(([, one], [, other]) => one.checked - other.checked);
    return [...fresh, ...old.slice(0, READ_AGAIN).map(([tag]) => tag)];
  }

  #forgetAllBut(tags: readonly string[]): void {
    const present = new Set(tags);
    for (const tag of this.#known.keys()) if (!present.has(tag)) this.#known.delete(tag);
  }
}

/** Some at once, until all are done or one has failed. */
async function eachOf(all: readonly string[], work: (one: string) => Promise<void>): Promise<void> {
  const rest = all.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const one of rest) {
      if (failed) return;
      try {
        await work(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
