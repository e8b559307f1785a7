/** The versions of one chart in the `index.yaml` of a chart repository. */

import { setImmediate as breath } from 'node:timers/promises';
import valid from 'semver/functions/valid';
import { parse } from 'yaml';
import { TransientError } from '../../errors';
import { isObject } from '../../raw';

export interface IndexEntry {
  /** Absolute, or from the address of the index. */
  readonly url: string;
  /** SHA-256 of the archive in hex, where the index has it. */
  readonly digest?: string;
}

type Entry = Readonly<Record<string, unknown>>;

const MAX_ALIASES = 100;
/** Entries that are read before everything else has its turn: some milliseconds. */
const ENTRIES_AT_ONCE = 10;

/** `v1.2.3` and `1.2.3` are one version. */
const normal = (version: unknown): string => (typeof version === 'string' ? (valid(version) ?? version) : '');

/**
 * Where the archive of a version is.
 *
 * @returns nothing where the index has no such version
 * @throws TransientError for an index that cannot be read
 */
export async function findInIndex(
  text: string,
  name: string,
  version: string,
  signal?: AbortSignal,
): Promise<IndexEntry | undefined> {
  const wanted = normal(version);
  for await (const entry of entriesOf(text, name, signal)) {
    if (normal(entry['version']) !== wanted) continue;
    const { urls, digest } = entry;
    const url: unknown = Array.isArray(urls) ? urls[0] : undefined;
    if (typeof url !== 'string') return undefined;
    return { url, ...(typeof digest === 'string' && { digest: digest.replace(/^sha256:/, '').toLowerCase() }) };
  }
  return undefined;
}

/**
 * All versions that an index has of a chart; those that it says were removed are none.
 *
 * @throws TransientError for an index that cannot be read: a part of a list is no list
 */
export async function versionsInIndex(text: string, name: string, signal?: AbortSignal): Promise<readonly string[]> {
  const versions: string[] = [];
  for await (const { version, removed } of entriesOf(text, name, signal)) {
    if (typeof version === 'string' && removed !== true) versions.push(version);
  }
  return versions;
}

/**
 * Indexes grow to tens of megabytes, and nobody else can work while one is parsed: only the lines of the chart are, entry
 * by entry.
 */
async function* entriesOf(text: string, name: string, signal: AbortSignal | undefined): AsyncGenerator<Entry> {
  if (/^\s*\{/.test(text)) return yield* entriesIn(whole(text, name));
  const lines = blockOf(text, name);
  if (lines === undefined) return;
  let read = 0;
  for (const part of partsOf(lines)) {
    yield* entriesIn(parsed(part, name));
    read += 1;
    if (read % ENTRIES_AT_ONCE === 0) await breath();
    signal?.throwIfAborted();
  }
}

const entriesIn = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The list of a chart in an index that is written as JSON. */
function whole(text: string, name: string): unknown {
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw unreadable(name, error);
  }
  const entries = isObject(index) ? index['entries'] : undefined;
  return isObject(entries) ? entries[name] : undefined;
}

function parsed(text: string, name: string): unknown {
  try {
    return parse(text, { maxAliasCount: MAX_ALIASES, uniqueKeys: false, logLevel: 'error' });
  } catch (error) {
    throw unreadable(name, error);
  }
}

const unreadable = (name: string, cause: unknown): TransientError =>
  new TransientError(`the index cannot be read where it lists chart ${name}`, undefined, { cause });

/** The lines of one chart below `entries:` without their heading: indented deeper, or items of its list. */
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
  return text.slice(heading.lastIndex, next.exec(text)?.index ?? text.length);
}

/** A list as one list for each of its items; one in which items refer to each other stays whole. */
function partsOf(lines: string): string[] {
  const indent = /^([ \t]*)-[ \t\r\n]/m.exec(lines)?.[1];
  // In a text of several lines a reference may be none; then nothing is lost but a few milliseconds.
  if (indent === undefined || /[:-][ \t]+[&*]\w/.test(lines)) return [lines];
  return lines.split(new RegExp(String.raw`^(?=${indent}-[ \t\r\n])`, 'm'));
}
