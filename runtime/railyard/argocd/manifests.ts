import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import type { Source } from './application';
import { canonical, isObject } from './merge';

/** One object that a branch wants in the cluster. */
export interface Manifest {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of its whole content. */
  readonly hash: string;
  readonly images: readonly string[];
}

/** Why a branch gives no manifests, in the words of Argo CD's repo server. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

const MANIFEST_FILE = /\.(?:yaml|yml|json)$/;
const HOOK = 'argocd.argoproj.io/hook';

/** Kinds whose objects take a while to become healthy. */
export const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Rollout',
  'Pod',
  'Job',
]);

/** Kinds of which Argo CD says whether they are healthy; all others never count. */
export const KINDS_WITH_HEALTH: ReadonlySet<string> = new Set([
  ...WORKLOADS,
  'APIService',
  'HorizontalPodAutoscaler',
  'Ingress',
  'PersistentVolumeClaim',
  'Service',
]);

/** What identifies an object in a cluster, whatever its version. */
export function identityOf(manifest: Pick<Manifest, 'group' | 'kind' | 'namespace' | 'name'>): string {
  return `${manifest.group}/${manifest.kind}/${manifest.namespace}/${manifest.name}`;
}

/**
 * Reads the manifests of one source as Argo CD reads a plain directory: the YAML and JSON files of the folder itself,
 * of its subfolders only with `recurse`; hooks are left out, as they are never compared.
 *
 * @param files content by path below the source's folder
 * @param namespace for objects that name none
 * @throws ManifestError for a file that looks like a manifest and is none, and for what only another tool can render
 */
export function readManifests(
  files: ReadonlyMap<string, Buffer>,
  source: Source,
  namespace: string,
): readonly Manifest[] {
  const tool = toolOf(files);
  if (tool !== undefined) {
    throw new ManifestError(`the folder is for ${tool}, and the railyard syncs rendered manifests only`);
  }
  if (source.directory?.include !== undefined || source.directory?.exclude !== undefined) {
    throw new ManifestError('the railyard does not know directory.include and directory.exclude');
  }
  const manifests: Manifest[] = [];
  for (const [path, content] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (!MANIFEST_FILE.test(path)) continue;
    if (path.includes('/') && source.directory?.recurse !== true) continue;
    for (const object of objectsIn(path, content.toString('utf8'))) {
      const manifest = manifestOf(path, object, namespace);
      if (manifest !== undefined) manifests.push(manifest);
    }
  }
  return manifests;
}

function toolOf(files: ReadonlyMap<string, Buffer>): string | undefined {
  if (['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) => files.has(name))) return 'kustomize';
  return files.has('Chart.yaml') ? 'Helm' : undefined;
}

/** YAML that does not parse is an error only where it looks like a manifest; other YAML is none of Argo CD's business. */
function objectsIn(path: string, text: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  const broken = documents.flatMap((document) => document.errors)[0];
  if (broken !== undefined) {
    if (!['apiVersion:', 'kind:', 'metadata:'].every((field) => text.includes(field))) return [];
    throw new ManifestError(
      `Failed to unmarshal "${path}": failed to unmarshal manifest: ${broken.message.split('\n')[0]}`,
    );
  }
  return documents.flatMap((document) => {
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return [];
    const isList = isObject(value) && typeof value['kind'] === 'string' && value['kind'].endsWith('List');
    return isList && Array.isArray(value['items']) ? (value['items'] as unknown[]) : [value];
  });
}

function manifestOf(path: string, object: unknown, namespace: string): Manifest | undefined {
  const missing = (field: string) =>
    new ManifestError(`Failed to unmarshal "${path}": failed to unmarshal manifest: Object '${field}' is missing`);
  if (!isObject(object)) return undefined;
  const { apiVersion, kind } = object;
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  if (typeof kind !== 'string') {
    if (typeof apiVersion !== 'string') return undefined;
    throw missing('Kind');
  }
  if (typeof apiVersion !== 'string') throw missing('apiVersion');
  if (typeof metadata['name'] !== 'string') throw missing('metadata.name');
  if (HOOK in annotations) return undefined;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion];
  return {
    group: group ?? '',
    version: version ?? '',
    kind,
    namespace: typeof metadata['namespace'] === 'string' ? metadata['namespace'] : namespace,
    name: metadata['name'],
    hash: createHash('sha256').update(canonical(object)).digest('hex'),
    images: imagesIn(object),
  };
}

/** The images of all containers, wherever a kind keeps its pod template. */
function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const isContainers = (field === 'containers' || field === 'initContainers') && Array.isArray(inner);
    if (!isContainers) return imagesIn(inner);
    return inner.flatMap((container: unknown) =>
      isObject(container) && typeof container['image'] === 'string' ? [container['image']] : [],
    );
  });
}
