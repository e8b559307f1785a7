/** Which versions of a chart are published: the tags of an OCI repository, or the entries of an index. */

import { TransientError } from '../../errors';
import { remember, type Connections } from '../connections';
import { createRegistry, type LookOptions, type Registry } from '../registry';
import { Shared } from '../shared';
import { askIndex, isRegistry, placeOfChart } from './place';
import { versionsInIndex } from './repository-index';

interface Chart {
  readonly repoURL: string;
  readonly name: string;
}

/** What an index last said of a chart; an index that has not changed is not sent again. */
interface Known {
  readonly etag: string;
  readonly versions: readonly string[];
}

/** Charts of which something is remembered; whoever was not asked about for longest is forgotten first. */
const MOST_CHARTS = 2_000;
const MISSING_RETRY_MS = 60_000;

export class Versions {
  readonly #registry: Registry;
  readonly #shared: Shared<readonly string[]>;
  readonly #known = new Map<string, Known>();

  constructor(private readonly connections: Connections) {
    this.#registry = createRegistry({}, connections);
    this.#shared = new Shared(connections.clock, MOST_CHARTS);
  }

  async of(chart: Chart, look: LookOptions): Promise<readonly string[]> {
    if (isRegistry(chart)) {
      const tags = await this.#registry.tags(placeOfChart(chart), look);
      // A tag cannot hold the `+` of a version; Helm writes `_` instead.
      return tags.map((tag) => tag.replaceAll('_', '+'));
    }
    const base = chart.repoURL.replace(/\/+$/, '');
    const key = `${await this.#reader(chart, base, look)} ${base} ${chart.name}`;
    return this.#shared.get(key, look.maxAgeMs ?? 0, look.signal, (signal) =>
      this.#ask(key, base, chart, { ...look, signal }),
    );
  }

  /** What is learned with one credential is not shown to another. */
  async #reader(chart: Chart, base: string, { credentials }: LookOptions): Promise<string> {
    const { host } = new URL(base);
    return (await this.connections.to({ host, base }, placeOfChart(chart), credentials)).reader;
  }

  async #ask(
    key: string,
    base: string,
    chart: Chart,
    { credentials, signal }: LookOptions & { readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    const known = this.#known.get(key);
    const reply = await askIndex(this.connections, base, '/index.yaml', {
      signal,
      ...(known && { ifNoneMatch: known.etag }),
      ...(credentials && { own: credentials }),
    });
    if (reply.status === 304 && known !== undefined) return known.versions;
    if (reply.status === 404) throw new TransientError(`${base} has no index.yaml`, MISSING_RETRY_MS);
    const versions = await versionsInIndex(reply.body.toString(), chart.name, signal);
    if (versions.length === 0)
      throw new TransientError(`the index of ${base} has no chart ${chart.name}`, MISSING_RETRY_MS);
    const { etag } = reply.headers;
    if (etag === undefined) this.#known.delete(key);
    else remember(this.#known, key, { etag, versions }, MOST_CHARTS);
    return versions;
  }
}
