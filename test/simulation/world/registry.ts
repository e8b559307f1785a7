/** Registries: tags of images, and versions of charts, in the order in which they were built. */

import { createHash } from 'node:crypto';
import type { Charts, Registry } from '../../../runtime/registry';
import { TerminalError } from '../../../runtime/errors';
import type { Process } from './process';

export class Registries {
  readonly #tags = new Map<string, Map<string, Date>>();

  publish(repoURL: string, tag: string, built: Date): void {
    const tags = this.#tags.get(repoURL) ?? new Map<string, Date>();
    this.#tags.set(repoURL, tags.set(tag, built));
  }

  remove(repoURL: string, tag: string): void {
    this.#tags.get(repoURL)?.delete(tag);
  }

  tags(repoURL: string): string[] {
    return [...(this.#tags.get(repoURL)?.keys() ?? [])];
  }

  /** The port of one process to charts; what renders there needs no archives. */
  chartsOf(process: Process): Charts {
    return {
      versions: ({ repoURL, name }) =>
        process.call(`look ${repoURL}/${name}`, () => this.tags(`${repoURL}/${name}`), { kind: 'read' }),
      pull: async ({ name }) => {
        throw new TerminalError(`chart ${name} has no archive here`);
      },
    };
  }

  /** The port of one process to images. */
  of(process: Process): Registry {
    const builtAt = (repoURL: string, tag: string): Date | undefined => this.#tags.get(repoURL)?.get(tag);
    const look = <T>(repoURL: string, answer: () => T): Promise<T> =>
      process.call(`look ${repoURL}`, answer, { kind: 'read' });
    return {
      tags: (repoURL) => look(repoURL, () => this.tags(repoURL)),
      digest: async (repoURL, tag) =>
        this.#tags.get(repoURL)?.has(tag)
          ? `sha256:${createHash('sha256').update(`${repoURL}:${tag}`).digest('hex')}`
          : undefined,
      offers: async () => true,
      builds: async (repoURL, tags) =>
        new Map(
          tags.flatMap((tag) => {
            const built = builtAt(repoURL, tag);
            return built === undefined ? [] : [[tag, built] as const];
          }),
        ),
    };
  }
}
