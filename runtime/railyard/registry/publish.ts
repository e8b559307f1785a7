import { parseImageReference } from '../../../lib/network/image-reference';
import { digestOf } from './storage';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** An empty tar archive. Not compressed: a compressor's output may differ from version to version. */
const EMPTY_LAYER = Buffer.alloc(1_024);
const TIMEOUT_MS = 10_000;

/** What an image is made with. Equal options make equal digests. */
export interface PublishOptions {
  /** When it was built. @default 1970-01-01, so that the digest depends on nothing but the reference */
  readonly created?: Date;
  /** Any text: another one makes another digest for the same reference. @default '' */
  readonly seed?: string;
  /** `os/architecture` or `os/architecture/variant`; several make an index. @default ['linux/amd64'] */
  readonly platforms?: readonly string[];
  /** Labels of the image's config. @default none besides the version */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default none */
  readonly credentials?: { readonly username: string; readonly password: string };
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
}

interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/**
 * Makes a small image (an empty file system with a config that is told apart by tag, seed and date) and pushes it, by
 * the distribution API, to a registry that serves as a mirror for the reference's host.
 *
 * @param registryURL such as `http://127.0.0.1:5000`
 * @param reference with a tag, such as `ghcr.io/acme/guestbook:1.3.0`
 * @returns the digest that the tag now has
 * @throws Error naming the reference where it does not parse or has no tag, or the registry and what it answered
 */
export async function publishImage(
  registryURL: string,
  reference: string,
  options: PublishOptions = {},
): Promise<string> {
  const { repoURL, tag, digest } = parseImageReference(reference);
  if (tag === undefined || digest !== undefined) {
    throw new Error(`Image reference "${reference}" must name a tag and no digest: ghcr.io/acme/guestbook:1.3.0`);
  }
  const slash = repoURL.indexOf('/');
  const target = new Target(registryURL, repoURL.slice(0, slash), repoURL.slice(slash + 1), options.credentials);
  const platforms = (options.platforms ?? ['linux/amd64']).map(platformOf);

  const layer = await target.putBlob(LAYER, EMPTY_LAYER);
  const images: Descriptor[] = [];
  for (const platform of platforms) {
    const config = await target.putBlob(CONFIG, encode(configOf(platform, `${repoURL}:${tag}`, tag, options)));
    const manifest = encode({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
    const only = platforms.length === 1;
    images.push({ ...(await target.putManifest(MANIFEST, manifest, only ? tag : undefined)), platform });
  }
  const [first] = images;
  if (first === undefined) throw new Error(`Image "${reference}" needs at least one platform.`);
  if (images.length === 1) return first.digest;
  const index = encode({ schemaVersion: 2, mediaType: INDEX, manifests: images });
  return (await target.putManifest(INDEX, index, tag)).digest;
}

function configOf(platform: Platform, reference: string, version: string, options: PublishOptions): object {
  const created = (options.created ?? new Date(0)).toISOString();
  return {
    created,
    ...platform,
    config: {
      Labels: {
        'org.opencontainers.image.version': version,
        'io.k8sta.railyard.reference': reference,
        ...(options.seed === undefined ? {} : { 'io.k8sta.railyard.seed': options.seed }),
        ...options.labels,
      },
    },
    rootfs: { type: 'layers', diff_ids: [digestOf(EMPTY_LAYER)] },
    history: [{ created, created_by: 'railyard publish' }],
  };
}

function platformOf(text: string): Platform {
  const [os, architecture, variant, ...more] = text.split('/');
  if (!os || !architecture || more.length > 0) {
    throw new Error(`"${text}" is not a platform: write os/architecture, such as linux/amd64`);
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

function encode(value: object): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** One repository of one registry, to push to. */
class Target {
  private readonly headers: Record<string, string>;

  constructor(
    private readonly registryURL: string,
    private readonly host: string,
    private readonly name: string,
    credentials: PublishOptions['credentials'],
  ) {
    this.headers =
      credentials === undefined
        ? {}
        : {
            Authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`, 'utf8').toString('base64')}`,
          };
  }

  async putBlob(mediaType: string, body: Buffer): Promise<Descriptor> {
    const digest = digestOf(body);
    const opened = await this.send('POST', this.at('blobs/uploads/'));
    const location = new URL(opened.headers.get('location') ?? '', this.registryURL);
    location.searchParams.set('digest', digest);
    await this.send('PUT', location, 'application/octet-stream', body);
    return { mediaType, digest, size: body.length };
  }

  async putManifest(mediaType: string, body: Buffer, tag: string | undefined): Promise<Descriptor> {
    const digest = digestOf(body);
    await this.send('PUT', this.at(`manifests/${tag ?? digest}`), mediaType, body);
    return { mediaType, digest, size: body.length };
  }

  private at(path: string): URL {
    const url = new URL(`/v2/${this.name}/${path}`, this.registryURL);
    url.searchParams.set('ns', this.host);
    return url;
  }

  private async send(method: string, url: URL, mediaType?: string, body?: Buffer): Promise<Response> {
    const headers = mediaType === undefined ? this.headers : { ...this.headers, 'Content-Type': mediaType };
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers,
        body: body === undefined ? null : new Uint8Array(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new Error(`No registry answers at ${this.registryURL}: is the railyard running?`, { cause: error });
    }
    if (response.ok) return response;
    const words = (await response.text()).trim();
    throw new Error(
      `The registry at ${this.registryURL} refused ${method} ${url.pathname}: ${response.status} ${words}`,
    );
  }
}
