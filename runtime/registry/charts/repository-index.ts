/** One version of one chart in the `index.yaml` of a chart repository. Pure. */

import valid from 'semver/functions/valid';
import { parse } from 'yaml';

export interface IndexEntry {
  /** Absolute, or from the address of the index. */
  readonly url: string;
  /** SHA-256 of the archive in hex, where the index has it. */
  readonly digest?: string;
}

const MAX_ALIASES = 100;

/**
 * Indexes grow to tens of megabytes, and nobody else can work while one is parsed: only the lines of the chart are.
 *
 * @returns nothing where the index has no such version
 */
export function findInIndex(text: string, name: string, version: string): IndexEntry | undefined {
  const versions = versionsOf(text, name);
  const wanted = normal(version);
  const found = versions.find((one) => normal(one.version) === wanted);
  const url: unknown = Array.isArray(found?.urls) ? found.urls[0] : undefined;
  if (typeof url !== 'string') return undefined;
  const digest = typeof found?.digest === 'string' ? found.digest.replace(/^sha256:/, '').toLowerCase() : undefined;
  return { url, ...(digest !== undefined && { digest }) };
}

/** `v1.2.3` and `1.2.3` are one version. */
const normal = (version: unknown): string => (typeof version === 'string' ? (valid(version) ?? version) : '');

type Version = Readonly<Record<string, unknown>>;

function versionsOf(text: string, name: string): readonly Version[] {
  const lines = blockOf(text, name);
  if (lines === undefined) return [];
  try {
    const block: unknown = parse(lines, { maxAliasCount: MAX_ALIASES, uniqueKeys: false, logLevel: 'silent' });
    const versions: unknown = typeof block === 'object' && block !== null ? Object.values(block)[0] : undefined;
    return Array.isArray(versions)
      ? versions.filter((one): one is Version => typeof one === 'object' && one !== null)
      : [];
  } catch {
    return [];
  }
}

/** The lines of one chart below `entries:`, as far as they are indented deeper or are items of its list. */
function blockOf(text: string, name: string): string | undefined {
  const entries = /^entries:[ \t]*\r?$/m.exec(text);
  if (entries === null) return undefined;
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const heading = new RegExp(String.raw`^([ \t]+)(["']?)${quoted}\2:[ \t]*\r?$`, 'gm');
  heading.lastIndex = entries.index;
  const start = heading.exec(text);
  if (start === null) return undefined;
  const next = new RegExp(String.raw`^(?:[^\s#-]|${start[1] ?? ''}[^\s#-])`, 'gm');
  next.lastIndex = heading.lastIndex;
  return text.slice(start.index, next.exec(text)?.index ?? text.length);
}
