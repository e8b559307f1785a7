/** The images of one repository: what a digest stands for never changes, so it is asked for once. */

import { createHash } from 'node:crypto';
import { TransientError } from '../errors';
import type { Address } from './address';
import { jsonOf, type Connection } from './connection';
import { configIn, isDigest, manifestIn, MANIFESTS, serves, type Child, type Manifest } from './manifest';
import type { Answer } from './transport';

/** What an image is for one platform, or for whoever comes. */
interface Build {
  /** Whether it is for the platform that was asked for. */
  readonly offered: boolean;
  /** When it was built; absent where it does not say. */
  readonly created?: Date;
}

/** Builds kept for a repository. */
const MOST_BUILDS = 50_000;
/** Images of an index whose build times are compared; more of them say nothing new. */
const MOST_CHILDREN = 32;

export class Images {
  /** By platform and digest. */
  readonly #builds = new Map<string, Build>();
  readonly #offers = new Map<string, boolean>();

  constructor(
    private readonly address: Address,
    private readonly repoURL: string,
  ) {}

  /** The digest that a tag points to now, as the registry says or as the bytes have it; absent where the tag is gone. */
  async digest(connection: Connection, tag: string, signal?: AbortSignal): Promise<string | undefined> {
    const path = `/manifests/${encodeURIComponent(tag)}`;
    const asking = { accept: MANIFESTS, ...(signal === undefined ? {} : { signal }) };
    const head = await connection.ask(this.address, path, { ...asking, method: 'HEAD' });
    if (head.status === 404) return undefined;
    const said = head.headers['docker-content-digest'];
    if (isDigest(said)) return said;
    // The header may be left out: the digest is that of the manifest's bytes.
    const manifest = await connection.ask(this.address, path, asking);
    return manifest.status === 404 ? undefined : digestOf(manifest.body);
  }

  /**
   * Whether there is an image behind a digest, with the bytes that the digest says, for a platform.
   *
   * @param platform `os/architecture[/variant]`; absent for any
   * @throws TransientError when it is not there, or has other bytes
   */
  async offers(
    connection: Connection,
    digest: string,
    platform: string | undefined,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const key = `${platform ?? ''} ${digest}`;
    const known = this.#builds.get(key)?.offered ?? this.#offers.get(key);
    if (known !== undefined) return known;
    const manifest = await this.#manifest(connection, digest, signal);
    const offered = platform === undefined || (await this.#isFor(connection, manifest, platform, signal));
    if (this.#offers.size >= MOST_BUILDS) this.#offers.clear();
    this.#offers.set(key, offered);
    return offered;
  }

  async #isFor(
    connection: Connection,
    { children, config }: Manifest,
    platform: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (children?.some((child) => serves(child.platform, platform))) return true;
    for (const child of children?.filter((one) => one.platform === undefined).slice(0, MOST_CHILDREN) ?? []) {
      const manifest = await this.#manifest(connection, child.digest, signal);
      if (await this.#isFor(connection, { ...(manifest.config && { config: manifest.config }) }, platform, signal))
        return true;
    }
    if (config === undefined) return false;
    const reply = await this.#bytes(connection, `/blobs/${config}`, config, signal);
    return serves(configIn(jsonOf(this.address.host, reply)).platform, platform);
  }

  /**
   * What is behind a digest.
   *
   * @param platform `os/architecture[/variant]`; absent for any
   * @throws TransientError when it is not there, or has other bytes than its digest says
   */
  async build(
    connection: Connection,
    digest: string,
    platform: string | undefined,
    signal?: AbortSignal,
  ): Promise<Build> {
    const key = `${platform ?? ''} ${digest}`;
    const known = this.#builds.get(key);
    if (known !== undefined) return known;
    const build = await this.#read(connection, digest, platform, signal);
    if (this.#builds.size >= MOST_BUILDS) this.#builds.clear();
    this.#builds.set(key, build);
    return build;
  }

  async #read(
    connection: Connection,
    digest: string,
    platform: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Build> {
    const manifest = await this.#manifest(connection, digest, signal);
    if (manifest.children === undefined) return this.#single(connection, manifest, platform, undefined, signal);
    const offered: Build[] = [];
    const candidates = manifest.children.filter(
      (child) => platform === undefined || child.platform === undefined || serves(child.platform, platform),
    );
    if (manifest.created !== undefined && candidates.some((child) => child.platform !== undefined)) {
      return { offered: true, created: manifest.created };
    }
    for (const child of candidates.slice(0, MOST_CHILDREN)) {
      const build = await this.#child(connection, child, platform, signal);
      if (build.offered) offered.push(build);
    }
    if (offered.length === 0) return { offered: platform === undefined };
    const dates = offered.flatMap(({ created }) => (created === undefined ? [] : [created.getTime()]));
    const created = manifest.created ?? (dates.length === 0 ? undefined : new Date(Math.max(...dates)));
    return { offered: true, ...(created && { created }) };
  }

  async #child(
    connection: Connection,
    child: Child,
    platform: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Build> {
    if (child.created !== undefined && child.platform !== undefined) return { offered: true, created: child.created };
    return this.#single(connection, await this.#manifest(connection, child.digest, signal), platform, child, signal);
  }

  async #single(
    connection: Connection,
    manifest: Manifest,
    platform: string | undefined,
    child: Child | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Build> {
    const annotated = child?.created ?? manifest.created;
    const isKnown = platform === undefined || child?.platform !== undefined;
    if (annotated !== undefined && isKnown) return { offered: true, created: annotated };
    if (manifest.config === undefined) return { offered: isKnown, ...(annotated && { created: annotated }) };
    const reply = await this.#bytes(connection, `/blobs/${manifest.config}`, manifest.config, signal);
    const config = configIn(jsonOf(this.address.host, reply));
    const created = annotated ?? config.created;
    return { offered: isKnown || serves(config.platform, platform), ...(created && { created }) };
  }

  async #manifest(connection: Connection, digest: string, signal: AbortSignal | undefined): Promise<Manifest> {
    const reply = await this.#bytes(connection, `/manifests/${digest}`, digest, signal);
    return manifestIn(jsonOf(this.address.host, reply), `${this.repoURL}@${digest}`);
  }

  async #bytes(connection: Connection, path: string, digest: string, signal: AbortSignal | undefined): Promise<Answer> {
    const reply = await connection.ask(this.address, path, {
      accept: path.startsWith('/manifests/') ? MANIFESTS : '*/*',
      ...(signal === undefined ? {} : { signal }),
    });
    if (reply.status === 404) {
      throw new TransientError(
        `registry ${this.address.host} names ${digest} in ${this.repoURL}, and does not have it`,
      );
    }
    const found = digestOf(reply.body);
    if (found !== digest) {
      throw new TransientError(
        `registry ${this.address.host} answered for ${this.repoURL}@${digest} with something else, ${found}: it is not used`,
        60_000,
      );
    }
    return reply;
  }
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
