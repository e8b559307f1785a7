import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceStatus, SyncStatus } from './application';
import { identityOf, WORKLOADS, type Manifest } from './manifests';

/** What one Application has put into the cluster. */
export interface Live {
  readonly manifests: readonly Manifest[];
  /** When a sync last changed a workload, in milliseconds since 1970. 0 where none ever did. */
  readonly rolledOutAt: number;
}

const NOTHING: Live = { manifests: [], rolledOutAt: 0 };

/**
 * The cluster that Applications sync to. It runs nothing: an object is live once it was applied, and stays as it was
 * applied. It is kept in a folder, one file for each Application, so that a restart finds it as it was.
 */
export class Cluster {
  /** Read once: whoever asks while the file is read, and whoever applies, goes on from what is here. */
  private readonly known = new Map<string, Promise<Live>>();

  constructor(private readonly folder: string) {}

  of(key: string): Promise<Live> {
    const live = this.known.get(key) ?? this.read(key);
    this.known.set(key, live);
    return live;
  }

  /** Applies what a branch wants; objects that it no longer wants go only with `prune`. */
  async apply(key: string, wanted: readonly Manifest[], prune: boolean, now: Date): Promise<void> {
    const before = await this.of(key);
    const names = new Set(wanted.map(identityOf));
    const kept = prune ? [] : before.manifests.filter((manifest) => !names.has(identityOf(manifest)));
    const hashes = new Map(before.manifests.map((manifest) => [identityOf(manifest), manifest.hash]));
    const rolls = wanted.some(
      (manifest) => WORKLOADS.has(manifest.kind) && hashes.get(identityOf(manifest)) !== manifest.hash,
    );
    await this.save(key, { manifests: [...wanted, ...kept], rolledOutAt: rolls ? now.getTime() : before.rolledOutAt });
  }

  async remove(key: string): Promise<void> {
    this.known.set(key, Promise.resolve(NOTHING));
    await rm(this.pathOf(key), { force: true });
  }

  private async read(key: string): Promise<Live> {
    const text = await readFile(this.pathOf(key), 'utf8').catch(() => undefined);
    // The file is our own, moved into place whole.
    return text === undefined ? NOTHING : (JSON.parse(text) as Live);
  }

  private async save(key: string, live: Live): Promise<void> {
    this.known.set(key, Promise.resolve(live));
    await mkdir(this.folder, { recursive: true });
    const path = this.pathOf(key);
    await writeFile(`${path}.new`, JSON.stringify(live));
    await rename(`${path}.new`, path);
  }

  private pathOf(key: string): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  }
}

/** How branch and cluster compare, object by object. */
export function compare(wanted: readonly Manifest[], live: Live): { status: SyncStatus; resources: ResourceStatus[] } {
  const present = new Map(live.manifests.map((manifest) => [identityOf(manifest), manifest]));
  const resources = wanted.map((manifest) => {
    const same = present.get(identityOf(manifest))?.hash === manifest.hash;
    present.delete(identityOf(manifest));
    return describe(manifest, same ? 'Synced' : 'OutOfSync');
  });
  for (const extra of present.values()) resources.push({ ...describe(extra, 'OutOfSync'), requiresPruning: true });
  return { status: resources.every((resource) => resource.status === 'Synced') ? 'Synced' : 'OutOfSync', resources };
}

function describe({ group, version, kind, namespace, name }: Manifest, status: SyncStatus): ResourceStatus {
  return { ...(group === '' ? {} : { group }), version, kind, namespace, name, status };
}
