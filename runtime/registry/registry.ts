/** Tags, digests and build times of image repositories. */

import { addressOf, type Address } from './address';
import { Builds } from './builds';
import type { Connection } from './connection';
import { Connections, remember, type ConnectionOptions } from './connections';
import type { CredentialOf } from './credential';
import { Images } from './images';
import { Shared } from './shared';
import { TagList } from './tag-list';

export type { ConnectionOptions as RegistryOptions } from './connections';

export interface Registry {
  /**
   * All tags of a repository; the same array as before where nothing has changed.
   *
   * @throws TransientError when the registry cannot be asked, does not have the repository, or lists a part of it only
   */
  tags(repoURL: string, options?: LookOptions): Promise<readonly string[]>;
  /** The digest that a tag points to, `sha256:...`; `undefined` where the tag is gone. */
  digest(repoURL: string, tag: string, options?: LookOptions): Promise<string | undefined>;
  /**
   * Whether there is an image behind a digest, for the platform of the options.
   *
   * @throws TransientError when it is not there, or has other bytes than its digest says
   */
  offers(repoURL: string, digest: string, options?: LookOptions): Promise<boolean>;
  /** When tags were built; those that do not say, or are not for the platform, are left out. */
  builds(repoURL: string, tags: readonly string[], options?: LookOptions): Promise<ReadonlyMap<string, Date>>;
}

export interface LookOptions {
  /** Wins over the operator's where it gives one. */
  readonly credentials?: CredentialOf;
  /** `os/architecture[/variant]` of the image. @default - any */
  readonly platform?: string;
  /**
   * How old an answer may be that somebody else got, in milliseconds since it was asked for. Who was told of something new
   * takes none.
   *
   * @default 0
   */
  readonly maxAgeMs?: number;
  readonly signal?: AbortSignal;
}

/** Repositories of which something is remembered; whoever was not asked about for longest is forgotten first. */
const MOST_REPOSITORIES = 2_000;

/** What is known of a repository, with one credential. */
interface Repository {
  readonly key: string;
  readonly address: Address;
  readonly images: Images;
  readonly tags: TagList;
  /** By platform. */
  readonly builds: Map<string, Builds>;
}

/** @param connections over which registries are asked: whoever shares them shares the budget of each registry */
export function createRegistry(options: ConnectionOptions = {}, connections = new Connections(options)): Registry {
  const { clock, mirrors } = connections;
  const repositories = new Map<string, Repository>();
  const lists = new Shared<readonly string[]>(clock, MOST_REPOSITORIES);
  const digests = new Shared<string | undefined>(clock, MOST_REPOSITORIES);

  async function repositoryOf(repoURL: string, look: LookOptions): Promise<Repository & { connection: Connection }> {
    const address = addressOf(repoURL, mirrors);
    const { connection, reader } = await connections.to(address, repoURL, look.credentials);
    const key = `${reader} ${address.base} ${address.mirrorOf ?? ''}`;
    const made = (): Repository => {
      const images = new Images(address, repoURL);
      return { key, address, images, tags: new TagList(), builds: new Map() };
    };
    const repository = repositories.get(key) ?? made();
    remember(repositories, key, repository, MOST_REPOSITORIES);
    return { ...repository, connection };
  }

  return {
    async tags(repoURL, look = {}) {
      const { key, address, connection, tags } = await repositoryOf(repoURL, look);
      return lists.get(key, look.maxAgeMs ?? 0, look.signal, (signal) =>
        tags.ask(connection, address, repoURL, signal),
      );
    },

    async digest(repoURL, tag, look = {}) {
      const { key, connection, images } = await repositoryOf(repoURL, look);
      return digests.get(`${key} ${tag}`, look.maxAgeMs ?? 0, look.signal, (signal) =>
        images.digest(connection, tag, signal),
      );
    },

    async offers(repoURL, digest, look = {}) {
      const { connection, images } = await repositoryOf(repoURL, look);
      return images.offers(connection, digest, look.platform, look.signal);
    },

    async builds(repoURL, tags, look = {}) {
      const { connection, images, builds } = await repositoryOf(repoURL, look);
      const known = builds.get(look.platform ?? '') ?? new Builds();
      builds.set(look.platform ?? '', known);
      return known.of(connection, images, tags, look.platform, look.signal);
    },
  };
}
