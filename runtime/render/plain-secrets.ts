import { isObject } from '../raw';
import { type Manifest, groupOf, nameOf } from './manifest';

/** What is put in where the manifest is applied: `<path:secret/data/db#password>`, `${PASSWORD}`, `ref+vault://...`. */
const PLACEHOLDER = /^(?:<[^<>]+>|\$\{[^{}]+\}|ref\+\w+:\/\/.+)$/s;

/** Secrets whose values anybody who reads the branch can read, as messages name them: neither encrypted nor left to others. */
export function plainSecrets(manifests: readonly Manifest[]): string[] {
  return manifests.filter(isPlain).map(nameOf);
}

function isPlain(manifest: Manifest): boolean {
  if (manifest.kind !== 'Secret' || groupOf(manifest) !== '' || 'sops' in manifest) return false;
  // A token that the cluster fills in, and a bootstrap of nothing, have no values here.
  const values = [
    ...valuesIn(manifest['stringData']),
    ...valuesIn(manifest['data']).map((value) => Buffer.from(value, 'base64').toString('utf8')),
  ];
  return values.some((value) => value !== '' && !PLACEHOLDER.test(value.trim()));
}

const valuesIn = (values: unknown): string[] =>
  isObject(values) ? Object.values(values).filter((value) => typeof value === 'string') : [];
