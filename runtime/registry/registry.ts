/** Tags, digests and build times of image repositories. */

import { createHash } from 'node:crypto';
import { TransientError } from '../errors';
import { addressOf, type Address } from './address';
import { Connection, readBody, readJson, type CredentialOf, type RegistryCredential } from './connection';

export type { RegistryCredential } from './connection';

export interface RegistryOptions {
  /** Base URLs to ask instead of a host: `ghcr.io` may be served by `http://127.0.0.1:5000`. @default - none */
  readonly mirrors?: ReadonlyMap<string, string>;
  /** The operator's credential for a host. @default - none */
  readonly credentials?: CredentialOf;
}

export interface Registry {
  /**
   * All tags of a repository, page by page.
   *
   * @param credential wins over the operator's
   * @throws TransientError when the registry cannot be asked, or does not have the repository
   */
  tags(repoURL: string, options?: LookOptions): Promise<string[]>;
  /** The digest that a tag points to, `sha256:...`; `undefined` where the tag is gone. */
  digest(repoURL: string, tag: string, options?: LookOptions): Promise<string | undefined>;
  /** When the image was built, by its config; `undefined` where it does not say. */
  created(repoURL: string, reference: string, options?: LookOptions): Promise<Date | undefined>;
}

export interface LookOptions {
  readonly credential?: RegistryCredential;
  /** `os/architecture` of the image inside an index. @default linux/amd64 */
  readonly platform?: string;
  readonly signal?: AbortSignal;
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const MOST_PAGES = 1_000;
/** What the distribution API allows as a tag; anything else cannot be asked for. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;

export function createRegistry({
  mirrors = new Map(),
  credentials = async () => undefined,
}: RegistryOptions = {}): Registry {
  const operators = new Connection(credentials);
  const connectionFor = (options: LookOptions): Connection => {
    const own = options.credential;
    return own === undefined ? operators : new Connection(async () => own);
  };
  const request = (options: LookOptions): { accept: string; signal?: AbortSignal } => ({
    accept: MANIFESTS,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });

  return {
    async tags(repoURL, options = {}) {
      const address = addressOf(repoURL, mirrors);
      const connection = connectionFor(options);
      const tags: string[] = [];
      let path: string | undefined = '/tags/list?n=1000';
      for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
        const reply: Response = await connection.ask(address, path, {
          ...request(options),
          accept: 'application/json',
        });
        if (reply.status === 404)
          throw new TransientError(`registry ${address.host} has no repository ${repoURL}`, 60_000);
        tags.push(...tagsIn(await readJson(address.host, reply), repoURL));
        path = nextPage(address, reply.headers.get('link'));
      }
      if (path !== undefined) {
        throw new TransientError(`registry ${address.host} lists ${repoURL} on more than ${MOST_PAGES} pages`, 600_000);
      }
      return tags;
    },

    async digest(repoURL, tag, options = {}) {
      const address = addressOf(repoURL, mirrors);
      const connection = connectionFor(options);
      const path = `/manifests/${encodeURIComponent(tag)}`;
      const head = await connection.ask(address, path, { ...request(options), method: 'HEAD' });
      if (head.status === 404) return undefined;
      const digest = head.headers.get('docker-content-digest') ?? '';
      if (SHA256.test(digest)) return digest;
      // The header may be left out: the digest is that of the manifest's bytes.
      const manifest = await connection.ask(address, path, request(options));
      if (manifest.status === 404) return undefined;
      const bytes = await readBody(address.host, manifest);
      return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    },

    async created(repoURL, reference, options = {}) {
      const address = addressOf(repoURL, mirrors);
      const connection = connectionFor(options);
      const manifest = async (name: string): Promise<Manifest | undefined> => {
        const reply = await connection.ask(address, `/manifests/${encodeURIComponent(name)}`, request(options));
        return reply.status === 404 ? undefined : ((await readJson(address.host, reply)) as Manifest);
      };
      let found = await manifest(reference);
      const annotated = dateIn(found?.annotations?.['org.opencontainers.image.created']);
      if (annotated) return annotated;
      if (found?.manifests) {
        const [os, architecture] = (options.platform ?? 'linux/amd64').split('/');
        const child = found.manifests.find(
          (one) => one.platform?.os === os && one.platform?.architecture === architecture,
        );
        found = child?.digest === undefined ? undefined : await manifest(child.digest);
      }
      if (found?.config?.digest === undefined) return undefined;
      const reply = await connection.ask(address, `/blobs/${found.config.digest}`, request(options));
      if (reply.status === 404) return undefined;
      return dateIn(((await readJson(address.host, reply)) as { created?: unknown }).created);
    },
  };
}

/** The parts of manifests and indexes that are read; anything may be missing in what a registry sends. */
interface Manifest {
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly config?: { readonly digest?: string };
  readonly manifests?: readonly {
    readonly digest?: string;
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
}

function tagsIn(body: unknown, repoURL: string): string[] {
  const tags: unknown = typeof body === 'object' && body !== null && 'tags' in body ? body.tags : undefined;
  if (tags === null || tags === undefined) return [];
  if (!Array.isArray(tags)) throw new TransientError(`the tag list of ${repoURL} is malformed`);
  return tags.filter((tag): tag is string => typeof tag === 'string' && TAG.test(tag));
}

/** The next page of a list, from `Link: </v2/...?last=x>; rel="next"`. */
function nextPage(address: Address, link: string | null): string | undefined {
  const target = link === null ? undefined : /<([^>]+)>\s*;\s*rel="?next"?/i.exec(link)?.[1];
  return target === undefined ? undefined : new URL(target, address.base).href;
}

function dateIn(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
