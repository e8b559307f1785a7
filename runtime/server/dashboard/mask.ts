/** What a Secret holds is shown to nobody: a diff says that it changes. */

import { createHmac } from 'node:crypto';
import { isMap, isPair, isScalar, parseAllDocuments, type Document, visit, type YAMLMap } from 'yaml';

const MAY_BE_SECRET = /kind["']?\s*:\s*["']?Secret/;
const HIDDEN = 'hidden';

/** Nothing to be shown; the two sides of a file that is not understood. */
const UNREADABLE = (mark: string): string => `# ${HIDDEN}: it speaks of a Secret and cannot be read (${mark})\n`;

/**
 * A manifest with each value of a Secret replaced by a mark. Equal values have equal marks under one key, and nobody can
 * tell from a mark what it stands for, not even by guessing.
 *
 * @param key secret, and another for each answer
 */
export function maskSecrets(text: string, key: Uint8Array): string {
  if (!MAY_BE_SECRET.test(text)) return text;
  const mark = (value: string): string => createHmac('sha256', key).update(value).digest('hex').slice(0, 8);
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return UNREADABLE(mark(text));
  for (const document of documents) maskDocument(document, mark);
  return documents.map((document) => document.toString()).join('');
}

function maskDocument(document: Document, mark: (value: string) => string): void {
  const isList = isMap(document.contents) && document.contents.get('kind') === 'SecretList';
  visit(document, {
    Map(_key, map) {
      if (map.get('kind') !== 'Secret' && !isList) return;
      for (const field of ['data', 'stringData']) {
        const values = map.get(field);
        if (isMap(values)) hide(values, mark);
        else if (map.has(field)) map.set(field, `${HIDDEN} (${mark(String(values))})`);
      }
      // What kubectl has applied is there a second time.
      const metadata = map.get('metadata');
      const annotations = isMap(metadata) ? metadata.get('annotations') : undefined;
      if (isMap(annotations)) hide(annotations, mark);
    },
  });
}

function hide(values: YAMLMap, mark: (value: string) => string): void {
  for (const pair of values.items) {
    if (!isPair(pair)) continue;
    const value = isScalar(pair.value) ? String(pair.value.value) : String(pair.value);
    values.set(pair.key, `${HIDDEN} (${mark(value)})`);
  }
}
