/** Published charts: which versions there are, and one of them as an archive, from the cache or from where it is. */

import { createHash } from 'node:crypto';
import { TerminalError } from '../../errors';
import { addressOf } from '../address';
import { Connections, type ConnectionOptions } from '../connections';
import type { LookOptions } from '../registry';
import { ArchiveCache } from './archive-cache';
import { askIndex, placeOfChart } from './place';
import { findInIndex } from './repository-index';
import { Versions } from './versions';

export interface PublishedChart {
  /** `oci://registry/path`, or the `https://` address of an index; without the name of the chart. */
  readonly repoURL: string;
  readonly name: string;
  /** Exact. */
  readonly version: string;
}

export interface ChartOptions extends ConnectionOptions {
  /** Where archives are kept. Lost without harm. */
  readonly folder: string;
}

export interface Charts {
  /**
   * The archive of a chart. A version that was fetched once is not asked for again: published versions do not change.
   *
   * @throws TerminalError (`RenderFailed`) where there is no such version, or it is not what its digest says
   * @throws TransientError when it cannot be asked for now
   */
  pull(chart: PublishedChart, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * All versions that are published now, in no order.
   *
   * @throws TransientError when it cannot be asked for now, does not have the chart, or lists a part of it only
   */
  versions(chart: Pick<PublishedChart, 'repoURL' | 'name'>, look?: LookOptions): Promise<readonly string[]>;
}

const ARCHIVE_BYTES = 32 * 2 ** 20;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** The present media type of an archive, and the one before. */
const LAYERS = ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'application/tar+gzip'];

/** @param connections over which registries are asked: whoever shares them shares the budget of each registry */
export function createCharts({ folder, ...options }: ChartOptions, connections = new Connections(options)): Charts {
  const versions = new Versions(connections);
  const cache = new ArchiveCache(folder);
  return {
    async pull(chart, signal) {
      const key = JSON.stringify([chart.repoURL, chart.name, chart.version]);
      const kept = await cache.read(key);
      if (kept !== undefined) return kept;
      const bytes = chart.repoURL.startsWith('oci://')
        ? await fromRegistry(connections, chart, signal)
        : await fromIndex(connections, chart, signal);
      await cache.write(key, bytes);
      return bytes;
    },
    versions: (chart, look = {}) => versions.of(chart, look),
  };
}

async function fromRegistry(connections: Connections, chart: PublishedChart, signal: AbortSignal): Promise<Buffer> {
  const repoURL = placeOfChart(chart);
  const address = addressOf(repoURL, connections.mirrors);
  const { connection } = await connections.to(address, repoURL);
  // A tag cannot hold the `+` of a version; Helm writes `_` instead.
  const tag = chart.version.replaceAll('+', '_');
  const reply = await connection.ask(address, `/manifests/${encodeURIComponent(tag)}`, { accept: MANIFEST, signal });
  if (reply.status === 404) throw missing(chart);
  const digest = layerIn(reply.body, chart);
  const blob = await connection.ask(address, `/blobs/${digest}`, { accept: '*/*', limit: ARCHIVE_BYTES, signal });
  if (blob.status === 404) throw missing(chart);
  return checked(blob.body, digest.slice('sha256:'.length), chart);
}

/** The digest of the archive in a manifest. */
function layerIn(manifest: Buffer, chart: PublishedChart): string {
  let layers: unknown;
  try {
    layers = (JSON.parse(manifest.toString()) as { readonly layers?: unknown } | null)?.layers;
  } catch {
    layers = undefined;
  }
  const found = (Array.isArray(layers) ? layers : []).find(
    (layer: { mediaType?: unknown } | null) => typeof layer?.mediaType === 'string' && LAYERS.includes(layer.mediaType),
  ) as { readonly digest?: unknown } | undefined;
  if (typeof found?.digest === 'string' && /^sha256:[a-f\d]{64}$/.test(found.digest)) return found.digest;
  throw failed(chart, 'is no Helm chart: its manifest has no layer with one');
}

async function fromIndex(connections: Connections, chart: PublishedChart, signal: AbortSignal): Promise<Buffer> {
  const base = chart.repoURL.replace(/\/+$/, '');
  const reply = await askIndex(connections, base, '/index.yaml', { signal });
  if (reply.status === 404) throw failed(chart, 'is not to be had: there is no index.yaml');
  const entry = await findInIndex(reply.body.toString(), chart.name, chart.version, signal);
  if (entry === undefined) throw missing(chart);
  const url = URL.canParse(entry.url, `${base}/`) ? new URL(entry.url, `${base}/`) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw failed(chart, 'has an address in the index that is none');
  const archive = await askIndex(connections, url.href, '', { limit: ARCHIVE_BYTES, signal });
  if (archive.status === 404) throw missing(chart);
  return checked(archive.body, entry.digest, chart);
}

/** @param digest SHA-256 in hex; absent where the index does not say */
function checked(bytes: Buffer, digest: string | undefined, chart: PublishedChart): Buffer {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (digest === undefined || digest === found) return bytes;
  throw failed(chart, `is not what was published: its digest is ${found}, and should be ${digest}`);
}

const missing = (chart: PublishedChart): TerminalError => failed(chart, 'does not exist');

function failed({ repoURL, name, version }: PublishedChart, what: string): TerminalError {
  return new TerminalError(`Version ${version} of chart ${name} at ${repoURL} ${what}.`, 'RenderFailed');
}
